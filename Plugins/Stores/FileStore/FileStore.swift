import Meanwhile

/// A store in a directory: what it acknowledged is there after a crash, a loss of power or `kill -9`.
///
/// Its parts: `FileStore+TaskStore.swift` keeps tasks and results, `FileStore+IndexStore.swift` keeps indices, `FileStore+SettingsStore.swift` keeps
/// settings. Each of the first two has a write-ahead log whose syncs
/// are shared by all who write at the same time; see ``GroupCommit`` and ``WriteAheadLog``. One process uses a directory at a time.
public final class FileStore: Sendable {
  let directory: DataDirectory
  let tasks: TaskJournal
  let indexJournal: IndexJournal
  let settings: SettingsFile

  /// Opens a directory, which becomes a data directory if it is empty or not there, and recovers what it holds.
  ///
  /// - Parameters:
  ///   - path: of the directory.
  ///   - fileSystem: where the directory is.
  ///   - time: decides when documents become visible by themselves.
  ///   - random: names files and salts checksums.
  /// - Throws: ``APIError`` when the directory is in use by another process (its reason names `--server`), is not a data directory, was written by a
  ///   newer version, or cannot be read.
  public init(
    opening path: String, options: FileStoreOptions = FileStoreOptions(), fileSystem: any FileSystem = SystemFileSystem(),
    time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource()
  ) async throws {
    let work = BlockingWork(options.execution)
    do {
      (directory, tasks, indexJournal) = try await work.run {
        let directory = try DataDirectory(opening: path, fileSystem: fileSystem, random: random)
        do {
          let tasks = try TaskJournal(
            directory.tasks, quarantine: directory.quarantine, options: options, fileSystem: fileSystem, random: random)
          let indices = try IndexJournal(
            directory.indices, quarantine: directory.quarantine, options: options, fileSystem: fileSystem, time: time, random: random)
          try fileSystem.syncDirectory(directory.path)
          return (directory, tasks, indices)
        } catch {
          directory.lock.release()
          throw error
        }
      }
    } catch let error as FileSystemError {
      throw error.apiError
    }
    settings = SettingsFile(directory: directory.path, fileSystem: fileSystem, work: work)
  }

  /// The directory that was opened.
  public var path: String { directory.path }

  /// 22 characters that name the node whose data this is, the same at each start; for ``ServiceConfiguration/nodeID``.
  public var nodeID: String { directory.identity.nodeID }

  /// 22 characters that name the cluster whose data this is, the same at each start; for ``ServiceConfiguration/clusterUUID``.
  public var clusterUUID: String { directory.identity.clusterUUID }

  /// What was found damaged since the store was opened, each naming file and offset. The rest of the store answers; damaged files are in `quarantine/`.
  public var damages: [APIError] { tasks.state.foundDamages + indexJournal.foundDamages }

  /// Writes all documents that are only in memory and in the log to segment files; the next start is faster then. Happens by itself, too.
  public func flush() async throws {
    try await indexJournal.flush()
  }

  /// Ends use: later calls fail, and another process may open the directory.
  public func close() async {
    await indexJournal.close()
    await tasks.close()
    directory.lock.release()
  }
}
