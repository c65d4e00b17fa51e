/// Where files come from: the operating system, or a simulation that loses, tears and refuses what a machine may lose, tear and refuse.
///
/// Contract. Calls block, so they belong on a thread that may wait. They may come at the same time from several threads; those on one
/// ``OpenFile``'s same bytes are ordered by the caller. What is promised after a loss of power is only this:
///
/// - Bytes written to a file are there once ``OpenFile/sync()`` has returned after the write. Before, any part of them may be, in pieces, in any order.
/// - A file that was created, renamed or removed stays so once ``syncDirectory(_:)`` of its directory has returned. Before, either may be.
/// - After a failed sync, the bytes that it was to keep may never be kept, even when a later sync succeeds: write them again, or give up.
///
/// Paths are absolute or relative to the process, with `/` between names.
///
/// Shipped implementations: ``SystemFileSystem``, and `SimulatedFileSystem` in MeanwhileTestKit.
public protocol FileSystem: Sendable {
  /// Opens a file.
  ///
  /// - Throws: `notFound` for one that should exist, `alreadyExists` for one that should not.
  func open(_ path: String, _ mode: FileMode) throws(FileSystemError) -> any OpenFile

  /// Makes a directory in one that exists. One that is there already is fine.
  func makeDirectory(_ path: String) throws(FileSystemError)

  /// The names in a directory, sorted, without `.` and `..`.
  ///
  /// - Throws: `notFound`, or `notADirectory`.
  func list(_ directory: String) throws(FileSystemError) -> [String]

  /// Gives a file another name in the same or another directory, in one step; a file of that name is replaced.
  func rename(_ path: String, to newPath: String) throws(FileSystemError)

  /// Removes a file. Whoever has it open or mapped keeps reading it.
  ///
  /// - Throws: `notFound` when it is not there.
  func remove(_ path: String) throws(FileSystemError)

  /// Makes durable which names a directory has, and what they name.
  func syncDirectory(_ path: String) throws(FileSystemError)

  /// Takes the exclusive lock of a file, which is created if need be, for as long as the lock object lives. Ends with the process, too.
  ///
  /// - Throws: `locked` at once when another holds it.
  func lock(_ path: String) throws(FileSystemError) -> FileLock
}

/// What to open a file for.
public enum FileMode: Sendable, Hashable {
  /// Reading one that exists.
  case read
  /// Reading and writing one that exists.
  case update
  /// Reading and writing a new one.
  case create
}

extension FileSystem {
  /// Whether a file is there that can be opened.
  public func exists(_ path: String) throws(FileSystemError) -> Bool {
    do {
      try open(path, .read).close()
      return true
    } catch {
      guard error.kind == .notFound else { throw error }
      return false
    }
  }

  /// The whole of a small file.
  public func contents(of path: String) throws(FileSystemError) -> [UInt8] {
    let file = try open(path, .read)
    defer { file.close() }
    return try file.read(at: 0, count: Int(try file.size()))
  }

  /// Replaces a small file in one step that survives a crash: after this, the new bytes are there; before, the old ones or none.
  public func replace(_ name: String, in directory: String, with bytes: [UInt8]) throws(FileSystemError) {
    let temporary = directory + "/" + name + ".new"
    do { try remove(temporary) } catch { guard error.kind == .notFound else { throw error } }
    let file = try open(temporary, .create)
    defer { file.close() }
    try file.write(bytes, at: 0)
    try file.sync()
    try rename(temporary, to: directory + "/" + name)
    try syncDirectory(directory)
  }
}
