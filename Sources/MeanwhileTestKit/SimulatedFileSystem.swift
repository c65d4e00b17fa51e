import Meanwhile
import Synchronization

/// Files in memory that behave as badly as the contract of ``FileSystem`` allows, from a seed that reproduces.
///
/// What a program sees is the page cache: every write at once. What survives ``restart()`` is what was synced, and of the rest any part: writes are torn
/// into sectors of which some are kept, and names that were created, renamed or removed without a sync of their directory may be as before.
///
/// ```swift
/// let files = SimulatedFileSystem(seed: 7)
/// files.losePower(atCall: 12)          // the twelfth call from now on ends the machine's life
/// try? await work(on: files)           // every later call fails
/// files.restart()                      // what was synced is there, of the rest some
/// ```
public final class SimulatedFileSystem: FileSystem {
  /// A call that was made, or a note that a test put between them.
  public struct Call: Sendable, Hashable {
    public enum Operation: String, Sendable, Hashable, CaseIterable {
      case open, create, makeDirectory, list, rename, remove, syncDirectory, lock, size, read, write, truncate, sync, map, note
    }

    public var operation: Operation
    public var path: String
    /// Bytes read or written.
    public var byteCount: Int
  }

  /// How much of what was not synced is there after a loss of power.
  public enum Survival: Sendable, Hashable, CaseIterable {
    case nothing, something, everything
  }

  let state: Mutex<SimulatedDisk>

  /// - Parameters:
  ///   - seed: decides what a loss of power keeps and how a failing call fails.
  ///   - bytesMax: the size of the disk; a write beyond is torn off there, with `noSpace`.
  public init(seed: UInt64, bytesMax: Int = .max) {
    state = Mutex(SimulatedDisk(random: SeededRandom(seed: seed), bytesMax: bytesMax))
  }

  // MARK: - Faults

  /// From now on, the call of that index (0 is the next) is the last: it is begun, and it and all after it fail until ``restart()``.
  public func losePower(atCall index: Int) {
    state.withLock { $0.lastCall = $0.calls.count + index }
  }

  /// Every call fails from now on, until ``restart()``.
  public func losePower() {
    state.withLock { $0.isOff = true }
  }

  /// The machine comes up again with what it had kept; files that were open and locks that were held are so no longer.
  ///
  /// - Parameter survival: how much of what was not synced is there; by default the seed decides.
  public func restart(keeping survival: Survival? = nil) {
    state.withLock { $0.restart(survival) }
  }

  /// The call of that index (0 is the next) fails. A write that fails has written a part; a sync that fails has lost a part for good.
  public func fail(call index: Int, _ kind: FileSystemError.Kind = .io) {
    state.withLock { $0.failures[$0.calls.count + index] = kind }
  }

  /// The next call of that operation on a path with that ending fails.
  public func fail(next operation: Call.Operation, onPathEnding suffix: String = "", _ kind: FileSystemError.Kind = .io) {
    state.withLock { $0.rules.append(SimulatedDisk.Rule(operation: operation, suffix: suffix, kind: kind)) }
  }

  /// A bug to plant: syncs of files (`sync`) or directories (`syncDirectory`) whose path has that ending say from now on that they are done, and
  /// do nothing. Stays through ``restart(keeping:)`` and ``heal()``.
  public func ignore(_ operation: Call.Operation, onPathEnding suffix: String = "") {
    state.withLock { $0.ignored.append((operation, suffix)) }
  }

  /// Calls that were to fail do not, and the disk has room again. What is lost stays lost.
  public func heal() {
    state.withLock { $0.heal() }
  }

  /// Changes the size of the disk.
  public func setBytesMax(_ bytesMax: Int) {
    state.withLock { $0.bytesMax = bytesMax }
  }

  /// Inverts a bit of a file, as a failing disk does; for good.
  public func flipBit(of path: String, at offset: Int) {
    state.withLock { $0.flipBit(of: path, at: offset) }
  }

  // MARK: - What happened

  /// All calls so far, notes among them.
  public var calls: [Call] { state.withLock { $0.calls } }

  public var callCount: Int { state.withLock { $0.calls.count } }

  public var hasLostPower: Bool { state.withLock { $0.isOff } }

  /// Puts a note among the calls, such as that something was acknowledged. Does not count as a call that may fail.
  public func note(_ text: String) {
    state.withLock { $0.calls.append(Call(operation: .note, path: text, byteCount: 0)) }
  }

  /// Paths of files with bytes, and of directories with names, that a loss of power might lose.
  public var unsynced: [String] { state.withLock { $0.unsynced } }

  /// Bytes in all files.
  public var bytesUsed: Int { state.withLock { $0.bytesUsed } }

  /// How often each kind of fault has happened.
  public var faultCounts: [String: Int] { state.withLock { $0.faultCounts } }

  // MARK: - FileSystem

  public func open(_ path: String, _ mode: FileMode) throws(FileSystemError) -> any OpenFile {
    let (inode, boot) = try act(mode == .create ? .create : .open, path) { disk throws(FileSystemError) in
      (try disk.open(path, mode), disk.boot)
    }
    return SimulatedFile(self, path: path, inode: inode, boot: boot, isWritable: mode != .read)
  }

  public func makeDirectory(_ path: String) throws(FileSystemError) {
    try act(.makeDirectory, path) { disk throws(FileSystemError) in try disk.makeDirectory(path) }
  }

  public func list(_ directory: String) throws(FileSystemError) -> [String] {
    try act(.list, directory) { disk throws(FileSystemError) in try disk.list(directory) }
  }

  public func rename(_ path: String, to newPath: String) throws(FileSystemError) {
    try act(.rename, path) { disk throws(FileSystemError) in try disk.rename(path, to: newPath) }
  }

  public func remove(_ path: String) throws(FileSystemError) {
    try act(.remove, path) { disk throws(FileSystemError) in try disk.remove(path) }
  }

  public func syncDirectory(_ path: String) throws(FileSystemError) {
    try act(.syncDirectory, path) { disk throws(FileSystemError) in try disk.syncDirectory(path) }
  }

  public func lock(_ path: String) throws(FileSystemError) -> FileLock {
    let boot = try act(.lock, path) { disk throws(FileSystemError) in
      try disk.lock(path)
      return disk.boot
    }
    return FileLock { [self] in
      state.withLock { if $0.boot == boot { $0.locks.remove(path) } }
    }
  }

  /// Counts a call, lets it fail if it should, and does it.
  func act<Result>(
    _ operation: Call.Operation, _ path: String, byteCount: Int = 0, boot: Int? = nil,
    _ body: (inout SimulatedDisk) throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    try state.withLock { disk throws(FileSystemError) in
      try disk.begin(operation, path, byteCount: byteCount, boot: boot)
      return try body(&disk)
    }
  }
}

/// A file of a ``SimulatedFileSystem`` that is open.
final class SimulatedFile: OpenFile {
  private let files: SimulatedFileSystem
  let path: String
  private let inode: Int
  private let boot: Int
  private let isWritable: Bool
  private let isOpen = Mutex(true)

  init(_ files: SimulatedFileSystem, path: String, inode: Int, boot: Int, isWritable: Bool) {
    self.files = files
    self.path = path
    self.inode = inode
    self.boot = boot
    self.isWritable = isWritable
  }

  deinit { close() }

  func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { files.state.withLock { $0.close(inode, boot: boot) } }
  }

  func size() throws(FileSystemError) -> Int64 {
    try act(.size) { disk throws(FileSystemError) in Int64(disk.size(of: inode)) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
    try act(.read, byteCount: buffer.count) { disk throws(FileSystemError) in disk.read(inode, into: buffer, at: Int(offset)) }
  }

  func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) {
    try requireWritable("write")
    // The disk does what can be done of a write that fails, so it is told of the bytes before it decides.
    try open("write")
    try files.state.withLock { disk throws(FileSystemError) in
      try disk.write(inode, [UInt8](buffer), at: Int(offset), path: path, boot: boot)
    }
  }

  func truncate(to byteCount: Int64) throws(FileSystemError) {
    try requireWritable("truncate")
    try act(.truncate) { disk throws(FileSystemError) in disk.truncate(inode, to: Int(byteCount)) }
  }

  func sync() throws(FileSystemError) {
    try open("sync")
    try files.state.withLock { disk throws(FileSystemError) in try disk.sync(inode, path: path, boot: boot) }
  }

  func map() throws(FileSystemError) -> FileMapping {
    let bytes = try act(.map) { disk throws(FileSystemError) in disk.contents(of: inode) }
    // One byte more, so that an empty file has an address too.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + 1, alignment: 4_096)
    copy.copyBytes(from: bytes)
    return FileMapping(bytes: UnsafeRawBufferPointer(rebasing: copy[..<bytes.count])) { $0.deallocate() }
  }

  private func act<Result>(
    _ operation: SimulatedFileSystem.Call.Operation, byteCount: Int = 0,
    _ body: (inout SimulatedDisk) throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    try open(operation.rawValue)
    return try files.act(operation, path, byteCount: byteCount, boot: boot, body)
  }

  private func open(_ operation: String) throws(FileSystemError) {
    guard isOpen.withLock({ $0 }) else { throw FileSystemError(.closed, operation: operation, path: path) }
  }

  private func requireWritable(_ operation: String) throws(FileSystemError) {
    guard isWritable else { throw FileSystemError(.denied, operation: operation, path: path) }
  }
}
