import Meanwhile
import Synchronization

/// Counts the syncs of files.
final class SyncCountingFileSystem: FileSystem {
  private let base: any FileSystem
  private let count = Mutex(0)

  init(_ base: any FileSystem) { self.base = base }

  var syncCount: Int { count.withLock { $0 } }

  func open(_ path: String, _ mode: FileMode) throws(FileSystemError) -> any OpenFile {
    SyncCountingFile(try base.open(path, mode)) { self.count.withLock { $0 += 1 } }
  }

  func syncDirectory(_ path: String) throws(FileSystemError) { try base.syncDirectory(path) }
  func makeDirectory(_ path: String) throws(FileSystemError) { try base.makeDirectory(path) }
  func list(_ directory: String) throws(FileSystemError) -> [String] { try base.list(directory) }
  func rename(_ path: String, to newPath: String) throws(FileSystemError) { try base.rename(path, to: newPath) }
  func remove(_ path: String) throws(FileSystemError) { try base.remove(path) }
  func lock(_ path: String) throws(FileSystemError) -> FileLock { try base.lock(path) }
}

private final class SyncCountingFile: OpenFile {
  private let base: any OpenFile
  private let onSync: @Sendable () -> Void

  init(_ base: any OpenFile, onSync: @escaping @Sendable () -> Void) {
    self.base = base
    self.onSync = onSync
  }

  var path: String { base.path }
  func size() throws(FileSystemError) -> Int64 { try base.size() }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
    try base.read(into: buffer, at: offset)
  }
  func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) { try base.write(buffer, at: offset) }
  func truncate(to byteCount: Int64) throws(FileSystemError) { try base.truncate(to: byteCount) }
  func map() throws(FileSystemError) -> FileMapping { try base.map() }
  func close() { base.close() }

  func sync() throws(FileSystemError) {
    onSync()
    try base.sync()
  }
}
