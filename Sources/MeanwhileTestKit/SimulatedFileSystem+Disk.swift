import Meanwhile

/// The state behind a ``SimulatedFileSystem``: for each file and directory what a program sees, what is durable, and what lies between.
struct SimulatedDisk: Sendable {
  typealias Call = SimulatedFileSystem.Call

  struct Rule: Sendable {
    var operation: Call.Operation
    var suffix: String
    var kind: FileSystemError.Kind
  }

  /// A change of a file's bytes since the last sync.
  private enum Change: Sendable {
    case write(offset: Int, bytes: [UInt8])
    case truncate(Int)
  }

  /// A change of a directory's names since the last sync.
  private enum NameChange: Sendable {
    case link(String, Int)
    case unlink(String)
    case move(from: String, to: String, Int)
  }

  private struct File: Sendable {
    var seen: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [Change] = []
    var openCount = 0
  }

  private struct Directory: Sendable {
    var seen: [String: Int] = [:]
    var durable: [String: Int] = [:]
    var pending: [NameChange] = []
  }

  private static let root = 0
  private static let sectorBytes = 512

  private var files: [Int: File] = [:]
  private var directories: [Int: Directory] = [root: Directory()]
  private var nextInode = 1
  private var random: SeededRandom

  var bytesMax: Int
  var boot = 0
  var isOff = false
  var lastCall: Int?
  var calls: [Call] = []
  var failures: [Int: FileSystemError.Kind] = [:]
  var rules: [Rule] = []
  var ignored: [(operation: Call.Operation, suffix: String)] = []
  var locks: Set<String> = []
  var faultCounts: [String: Int] = [:]

  init(random: SeededRandom, bytesMax: Int) {
    self.random = random
    self.bytesMax = bytesMax
  }

  // MARK: - Faults

  /// Counts a call and throws if it is to fail outright.
  mutating func begin(_ operation: Call.Operation, _ path: String, byteCount: Int, boot: Int?) throws(FileSystemError) {
    switch try fate(of: operation, path, byteCount: byteCount, boot: boot) {
    case .works: return
    case .fails(let kind): throw FileSystemError(kind, operation: operation.rawValue, path: path)
    case .isLast:
      isOff = true
      throw FileSystemError(.io, operation: operation.rawValue, path: path)
    }
  }

  private enum Fate {
    case works
    case fails(FileSystemError.Kind)
    case isLast
  }

  private mutating func fate(of operation: Call.Operation, _ path: String, byteCount: Int, boot: Int?) throws(FileSystemError) -> Fate {
    guard !isOff, boot ?? self.boot == self.boot else { throw FileSystemError(.io, operation: operation.rawValue, path: path) }
    let index = calls.count
    calls.append(Call(operation: operation, path: path, byteCount: byteCount))
    if let lastCall, index >= lastCall {
      count("power lost at \(operation.rawValue)")
      return .isLast
    }
    if let kind = failures.removeValue(forKey: index) {
      count("failed \(operation.rawValue)")
      return .fails(kind)
    }
    if let at = rules.firstIndex(where: { $0.operation == operation && path.hasSuffix($0.suffix) }) {
      count("failed \(operation.rawValue)")
      return .fails(rules.remove(at: at).kind)
    }
    return .works
  }

  private mutating func count(_ fault: String) { faultCounts[fault, default: 0] += 1 }

  mutating func restart(_ survival: SimulatedFileSystem.Survival?) {
    let survival = survival ?? SimulatedFileSystem.Survival.allCases.randomElement(using: &random) ?? .something
    let probability: Double =
      switch survival {
      case .nothing: 0
      case .something: Double.random(in: 0.05..<0.95, using: &random)
      case .everything: 1
      }
    // In the order of their inodes, so that the same seed gives the same disk.
    for inode in directories.keys.sorted() { crashDirectory(inode, keeping: probability) }
    for inode in files.keys.sorted() { crashFile(inode, keeping: probability) }
    dropUnreachable()
    boot += 1
    isOff = false
    forgetFaults()
    locks = []
  }

  mutating func heal() {
    bytesMax = .max
    forgetFaults()
  }

  private mutating func forgetFaults() {
    lastCall = nil
    failures = [:]
    rules = []
  }

  private func ignores(_ operation: Call.Operation, _ path: String) -> Bool {
    ignored.contains { $0.operation == operation && path.hasSuffix($0.suffix) }
  }

  private mutating func crashDirectory(_ inode: Int, keeping probability: Double) {
    guard var directory = directories[inode] else { return }
    for change in directory.pending {
      guard random.chance(probability) else {
        count("name change lost")
        continue
      }
      Self.apply(change, to: &directory.durable)
    }
    directory.pending = []
    directory.seen = directory.durable
    directories[inode] = directory
  }

  private mutating func crashFile(_ inode: Int, keeping probability: Double) {
    guard var file = files[inode] else { return }
    for change in file.pending { tear(change, into: &file.durable, keeping: probability) }
    file.pending = []
    file.seen = file.durable
    file.openCount = 0
    files[inode] = file
  }

  /// Applies some sectors of a change.
  private mutating func tear(_ change: Change, into bytes: inout [UInt8], keeping probability: Double) {
    guard case .write(let offset, let written) = change else {
      if random.chance(probability) { Self.apply(change, to: &bytes) }
      return
    }
    var start = 0
    var lost = 0
    while start < written.count {
      // Sectors lie on the disk, not in the write.
      let end = min(written.count, start + Self.sectorBytes - (offset + start) % Self.sectorBytes)
      if random.chance(probability) {
        Self.apply(.write(offset: offset + start, bytes: Array(written[start..<end])), to: &bytes)
      } else {
        lost += 1
      }
      start = end
    }
    if lost > 0 { count(lost == (written.count + Self.sectorBytes - 1) / Self.sectorBytes ? "write lost" : "write torn") }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let offset, let written):
      if bytes.count < offset + written.count {
        bytes.append(contentsOf: repeatElement(0, count: offset + written.count - bytes.count))
      }
      bytes.replaceSubrange(offset..<offset + written.count, with: written)
    case .truncate(let count):
      if bytes.count > count {
        bytes.removeLast(bytes.count - count)
      } else {
        bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
      }
    }
  }

  private static func apply(_ change: NameChange, to names: inout [String: Int]) {
    switch change {
    case .link(let name, let inode): names[name] = inode
    case .unlink(let name): names[name] = nil
    case .move(let from, let to, let inode):
      names[from] = nil
      names[to] = inode
    }
  }

  private mutating func dropUnreachable() {
    var reachable: Set<Int> = []
    var open = [Self.root]
    while let inode = open.popLast() {
      guard reachable.insert(inode).inserted, let directory = directories[inode] else { continue }
      open.append(contentsOf: directory.seen.values)
    }
    files = files.filter { reachable.contains($0.key) }
    directories = directories.filter { reachable.contains($0.key) }
  }

  mutating func flipBit(of path: String, at offset: Int) {
    guard let inode = try? find(path, "flip"), var file = files[inode], offset < file.seen.count else { return }
    file.seen[offset] ^= 0x10
    if offset < file.durable.count { file.durable[offset] ^= 0x10 }
    files[inode] = file
    count("bit flipped")
  }

  var unsynced: [String] {
    var found: [String] = []
    func visit(_ inode: Int, _ path: String) {
      if let file = files[inode], !file.pending.isEmpty { found.append(path) }
      guard let directory = directories[inode] else { return }
      if !directory.pending.isEmpty { found.append(path) }
      for (name, child) in directory.seen { visit(child, path == "/" ? "/" + name : path + "/" + name) }
    }
    visit(Self.root, "/")
    return found.sorted()
  }

  // MARK: - Files

  func size(of inode: Int) -> Int { files[inode]?.seen.count ?? 0 }

  func contents(of inode: Int) -> [UInt8] { files[inode]?.seen ?? [] }

  func read(_ inode: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    guard let file = files[inode], offset < file.seen.count else { return 0 }
    let count = min(buffer.count, file.seen.count - offset)
    file.seen.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    return count
  }

  mutating func write(_ inode: Int, _ bytes: [UInt8], at offset: Int, path: String, boot: Int) throws(FileSystemError) {
    let fate = try fate(of: .write, path, byteCount: bytes.count, boot: boot)
    let room = bytesMax - usedBytes(without: inode) - offset
    var written = bytes
    var failure: FileSystemError.Kind?
    switch fate {
    case .works: break
    case .isLast:
      isOff = true
      failure = .io
    case .fails(let kind):
      written = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
      failure = kind
    }
    if written.count > room, offset + written.count > size(of: inode) {
      written = Array(written.prefix(max(0, room)))
      failure = failure ?? .noSpace
      count("disk full")
    }
    if !written.isEmpty { change(inode, .write(offset: offset, bytes: written)) }
    if let failure { throw FileSystemError(failure, operation: "write", path: path) }
  }

  mutating func truncate(_ inode: Int, to byteCount: Int) { change(inode, .truncate(byteCount)) }

  mutating func sync(_ inode: Int, path: String, boot: Int) throws(FileSystemError) {
    let fate = try fate(of: .sync, path, byteCount: 0, boot: boot)
    guard var file = files[inode] else { return }
    switch fate {
    case .works:
      guard !ignores(.sync, path) else { return }
      for change in file.pending { Self.apply(change, to: &file.durable) }
      file.pending = []
      files[inode] = file
    case .isLast:
      isOff = true
      throw FileSystemError(.io, operation: "sync", path: path)
    case .fails(let kind):
      // What the disk refused is forgotten: a later sync succeeds without it.
      for change in file.pending { tear(change, into: &file.durable, keeping: 0.5) }
      file.pending = []
      files[inode] = file
      throw FileSystemError(kind, operation: "sync", path: path)
    }
  }

  mutating func close(_ inode: Int, boot: Int) {
    guard boot == self.boot else { return }
    files[inode]?.openCount -= 1
    dropIfForgotten(inode)
  }

  private mutating func change(_ inode: Int, _ change: Change) {
    guard files[inode] != nil else { return }
    Self.apply(change, to: &files[inode, default: File()].seen)
    files[inode]?.pending.append(change)
  }

  var bytesUsed: Int { files.values.reduce(0) { $0 + $1.seen.count } }

  private func usedBytes(without inode: Int) -> Int {
    files.reduce(0) { $0 + ($1.key == inode ? 0 : $1.value.seen.count) }
  }

  /// A file without a name, seen or durable, goes when the last one closes it.
  private mutating func dropIfForgotten(_ inode: Int) {
    guard let file = files[inode], file.openCount == 0 else { return }
    for directory in directories.values {
      if directory.seen.values.contains(inode) || directory.durable.values.contains(inode) { return }
      for case .link(_, inode) in directory.pending { return }
    }
    files[inode] = nil
  }

  // MARK: - Names

  mutating func open(_ path: String, _ mode: FileMode) throws(FileSystemError) -> Int {
    let inode: Int
    if mode == .create {
      let (parent, name) = try parent(of: path, "open")
      guard directories[parent]?.seen[name] == nil else { throw FileSystemError(.alreadyExists, operation: "open", path: path) }
      inode = makeInode()
      files[inode] = File()
      change(parent, .link(name, inode))
    } else {
      inode = try find(path, "open")
      guard files[inode] != nil else { throw FileSystemError(.io, operation: "open", path: path) }
    }
    files[inode]?.openCount += 1
    return inode
  }

  mutating func makeDirectory(_ path: String) throws(FileSystemError) {
    let (parent, name) = try parent(of: path, "mkdir")
    if let existing = directories[parent]?.seen[name] {
      guard directories[existing] != nil else { throw FileSystemError(.alreadyExists, operation: "mkdir", path: path) }
      return
    }
    let inode = makeInode()
    directories[inode] = Directory()
    change(parent, .link(name, inode))
  }

  func list(_ path: String) throws(FileSystemError) -> [String] {
    let inode = try find(path, "list")
    guard let directory = directories[inode] else { throw FileSystemError(.notADirectory, operation: "list", path: path) }
    return directory.seen.keys.sorted()
  }

  mutating func rename(_ path: String, to newPath: String) throws(FileSystemError) {
    let inode = try find(path, "rename")
    let (from, name) = try parent(of: path, "rename")
    let (to, newName) = try parent(of: newPath, "rename")
    if from == to {
      change(from, .move(from: name, to: newName, inode))
    } else {
      change(to, .link(newName, inode))
      change(from, .unlink(name))
    }
  }

  mutating func remove(_ path: String) throws(FileSystemError) {
    let inode = try find(path, "remove")
    guard files[inode] != nil else { throw FileSystemError(.denied, operation: "remove", path: path) }
    let (parent, name) = try parent(of: path, "remove")
    change(parent, .unlink(name))
    dropIfForgotten(inode)
  }

  mutating func syncDirectory(_ path: String) throws(FileSystemError) {
    let inode = try find(path, "sync directory")
    guard var directory = directories[inode] else { throw FileSystemError(.notADirectory, operation: "sync directory", path: path) }
    guard !ignores(.syncDirectory, path) else { return }
    for change in directory.pending { Self.apply(change, to: &directory.durable) }
    directory.pending = []
    directories[inode] = directory
  }

  mutating func lock(_ path: String) throws(FileSystemError) {
    guard locks.insert(path).inserted else { throw FileSystemError(.locked, operation: "lock", path: path) }
  }

  private mutating func makeInode() -> Int {
    defer { nextInode += 1 }
    return nextInode
  }

  private mutating func change(_ directory: Int, _ change: NameChange) {
    guard directories[directory] != nil else { return }
    Self.apply(change, to: &directories[directory, default: Directory()].seen)
    directories[directory]?.pending.append(change)
  }

  private func find(_ path: String, _ operation: String) throws(FileSystemError) -> Int {
    var inode = Self.root
    for name in path.split(separator: "/") {
      guard let directory = directories[inode] else { throw FileSystemError(.notADirectory, operation: operation, path: path) }
      guard let child = directory.seen[String(name)] else { throw FileSystemError(.notFound, operation: operation, path: path) }
      inode = child
    }
    return inode
  }

  private func parent(of path: String, _ operation: String) throws(FileSystemError) -> (Int, String) {
    let names = path.split(separator: "/")
    guard let name = names.last else { throw FileSystemError(.denied, operation: operation, path: path) }
    let inode = try find(names.dropLast().joined(separator: "/"), operation)
    guard directories[inode] != nil else { throw FileSystemError(.notADirectory, operation: operation, path: path) }
    return (inode, String(name))
  }
}
