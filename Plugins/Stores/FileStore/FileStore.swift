import Meanwhile

/// A store in a directory: what it acknowledged is there after a crash, a loss of power or `kill -9`.
///
/// Its halves: `FileStore+TaskStore.swift` keeps tasks and results, `FileStore+IndexStore.swift` keeps indices. Each has a write-ahead log whose syncs
/// are shared by all who write at the same time; see ``GroupCommit`` and ``WriteAheadLog``. One process uses a directory at a time.
public final class FileStore: Sendable {
  let directory: DataDirectory
  let tasks: TaskJournal

  /// Opens a directory, which becomes a data directory if it is empty or not there, and recovers what it holds.
  ///
  /// - Parameters:
  ///   - path: of the directory.
  ///   - fileSystem: where the directory is.
  ///   - random: names files and salts checksums.
  /// - Throws: ``APIError`` when the directory is in use by another process (its reason names `--server`), is not a data directory, was written by a
  ///   newer version, or cannot be read.
  public init(
    opening path: String, options: FileStoreOptions = FileStoreOptions(), fileSystem: any FileSystem = SystemFileSystem(),
    random: any RandomSource = SystemRandomSource()
  ) async throws {
    let work = BlockingWork(options.execution)
    do {
      (directory, tasks) = try await work.run {
        let directory = try DataDirectory(opening: path, fileSystem: fileSystem)
        do {
          let tasks = try TaskJournal(
            directory.tasks, quarantine: directory.quarantine, options: options, fileSystem: fileSystem, random: random)
          try fileSystem.syncDirectory(directory.path)
          return (directory, tasks)
        } catch {
          directory.lock.release()
          throw error
        }
      }
    } catch let error as FileSystemError {
      throw error.apiError
    }
  }

  /// What was found damaged since the store was opened, each naming file and offset. The rest of the store answers; damaged files are in `quarantine/`.
  public var damages: [APIError] { tasks.state.foundDamages }

  /// Ends use: later calls fail, and another process may open the directory.
  public func close() async {
    await tasks.close()
    directory.lock.release()
  }
}
