import Meanwhile
import MeanwhileData
import Synchronization

/// The files of segments: written once, mapped, never changed.
final class SegmentFiles: Sendable {
  let fileSystem: any FileSystem
  let directory: String
  private let random: any RandomSource
  /// Files that a reader found damaged, since somebody last asked. A reader may hold its index, so it only leaves a note.
  private let suspects = Mutex<[UInt64]>([])

  private static let bufferBytes = 1 << 20

  init(_ directory: String, fileSystem: any FileSystem, random: any RandomSource) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.random = random
  }

  func path(of id: UInt64) -> String { directory + "/" + Self.name(of: id) }

  static func name(of id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + ".segment"
  }

  /// The ids of the files that are there.
  func ids() throws(FileSystemError) -> [UInt64] {
    try fileSystem.list(directory).compactMap { name in
      guard name.hasSuffix(".segment"), name.utf8.count == 24 else { return nil }
      return UInt64(name.dropLast(8), radix: 16)
    }
  }

  /// Writes a segment as a new file and syncs it; its name is durable once the directory is synced too.
  ///
  /// - Parameter analyzers: of the fields that get an inverted index.
  func write(_ segment: Segment, analyzers: [String: Analyzer]) throws -> UInt64 {
    let id = random.next()
    let file = try fileSystem.open(path(of: id), .create)
    defer { file.close() }
    do {
      var buffer: [UInt8] = []
      var offset: Int64 = 0
      try SegmentCodec.encode(segment, analyzers: analyzers) { bytes in
        buffer.append(contentsOf: bytes)
        guard buffer.count >= Self.bufferBytes else { return }
        try file.write(buffer, at: offset)
        offset += Int64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
      }
      if !buffer.isEmpty { try file.write(buffer, at: offset) }
      try file.sync()
    } catch {
      try? fileSystem.remove(path(of: id))
      throw error
    }
    return id
  }

  /// Maps a segment's file.
  ///
  /// - Throws: ``APIError`` (500) that names file and offset where it is no segment, or ``FileSystemError``.
  func open(_ id: UInt64) throws -> Segment {
    let path = path(of: id)
    let file = try fileSystem.open(path, .read)
    defer { file.close() }
    let mapping = try file.map()
    guard let base = mapping.bytes.baseAddress else { throw Self.damage(path, CorruptData("it is empty", offset: 0)) }
    // The closure holds the mapping for as long as the storage lives.
    let storage = Storage(base: base, byteCount: mapping.bytes.count) { _, _ in withExtendedLifetime(mapping) {} }
    do throws(CorruptData) {
      return try SegmentCodec.open(storage, name: path) { [weak self] _ in
        self?.suspects.withLock { if !$0.contains(id) { $0.append(id) } }
      }
    } catch {
      throw Self.damage(path, error)
    }
  }

  /// The files found damaged since this was last called.
  func takeSuspects() -> [UInt64] {
    suspects.withLock { suspects in
      defer { suspects = [] }
      return suspects
    }
  }

  /// Moves a damaged file aside; whoever has it mapped keeps it.
  func quarantine(_ id: UInt64, to quarantine: String) throws(FileSystemError) {
    try fileSystem.makeDirectory(quarantine)
    try fileSystem.rename(path(of: id), to: quarantine + "/" + Self.name(of: id))
    try fileSystem.syncDirectory(quarantine)
    try fileSystem.syncDirectory(directory)
  }

  private static func damage(_ path: String, _ what: CorruptData) -> APIError {
    APIError(
      type: "corrupt_index_exception", reason: "file [\(path)] is damaged at offset [\(what.offset ?? 0)]: \(what.reason)", status: 500)
  }
}
