import Meanwhile

/// A log of entries in numbered segment files: what ``append(_:)`` returned for is there after a crash, in order and whole.
///
/// One thread at a time: ``GroupCommit`` sees to it. The bytes are ``LogFormat``'s.
///
/// A write that failed is undone, and the log goes on. A sync that failed cannot be: what the disk kept is unknown, and a second sync could succeed
/// without it. The log then refuses everything until it is opened again; see ``LogHealth``.
struct WriteAheadLog: Sendable {
  struct Segment: Sendable {
    var number: UInt64
    var byteCount: Int64
    /// Something in it could not be read: it is moved aside rather than removed.
    var isDamaged = false
  }

  let fileSystem: any FileSystem
  let directory: String
  let random: any RandomSource
  /// A segment that is longer takes no further block.
  let segmentBytesMax: Int64
  let files = LogFiles()
  let health = LogHealth()
  /// Whether one failed block makes all that follow fail until ``acceptAgain(after:)``: for entries that make no sense without those before them.
  let stopsAtFailure: Bool
  /// Gives the first entry of each new segment, if it should have one.
  let preamble: @Sendable () -> [UInt8]?

  /// Oldest first; the last is written to.
  var segments: [Segment] = []
  var salt: UInt64 = 0
  var nextSequence: UInt64 = 1

  /// - Parameter directory: must exist.
  init(
    fileSystem: any FileSystem, directory: String, random: any RandomSource, segmentBytesMax: Int,
    stopsAtFailure: Bool = false, preamble: @escaping @Sendable () -> [UInt8]? = { nil }
  ) {
    self.fileSystem = fileSystem
    self.directory = directory
    self.random = random
    self.segmentBytesMax = Int64(segmentBytesMax)
    self.stopsAtFailure = stopsAtFailure
    self.preamble = preamble
  }

  /// Bytes of all segments.
  var byteCount: Int64 { segments.reduce(0) { $0 + $1.byteCount } }

  /// Writes entries as one block and syncs it: all of them are durable when this returns, and none is there when it throws and the log is opened
  /// again, unless the log has failed for good: then they may be.
  mutating func append(_ entries: [[UInt8]]) throws(APIError) -> [LogPosition] {
    try health.requireAccepting()
    do {
      return try write(entries)
    } catch {
      let failure = (error as? FileSystemError)?.apiError ?? error as? APIError ?? .internalFailure("\(error)")
      if stopsAtFailure { health.refuse(failure) }
      throw failure
    }
  }

  private mutating func write(_ entries: [[UInt8]]) throws -> [LogPosition] {
    if segments.last.map({ $0.byteCount >= segmentBytesMax }) ?? true { try startSegment() }
    let segment = segments[segments.count - 1]
    let isFirstBlock = segment.byteCount == LogFormat.segmentHeadBytes
    let first = isFirstBlock ? preamble().map { [$0] } ?? [] : []
    guard let file = files[segment.number] else {
      throw FileSystemError(.closed, operation: "write", path: path(of: segment.number))
    }
    let block = LogFormat.encodeBlock(first + entries, sequence: nextSequence, salt: salt)
    do {
      try file.write(block.bytes, at: segment.byteCount)
    } catch {
      // What it left may be a whole block, which the next start would take for one.
      do {
        try file.truncate(to: segment.byteCount)
        try file.sync()
      } catch let second {
        throw health.poison(second)
      }
      throw error
    }
    do {
      try file.sync()
    } catch {
      throw health.poison(error)
    }
    segments[segments.count - 1].byteCount += Int64(block.bytes.count)
    nextSequence += 1
    return zip(entries, block.offsets.dropFirst(first.count)).map { entry, offset in
      LogPosition(segment: segment.number, offset: segment.byteCount + Int64(offset), length: entry.count)
    }
  }

  /// Ends the current segment, unless it is empty: what is appended from now on is in segments with the returned number or above.
  mutating func roll() throws -> UInt64 {
    try health.requireSound()
    if segments.last.map({ $0.byteCount > LogFormat.segmentHeadBytes }) ?? true { try startSegment() }
    return segments.last?.number ?? 0
  }

  /// Makes the next segment's file, and its name durable, before any block goes into it.
  mutating func startSegment() throws {
    let number = (segments.last?.number ?? 0) + 1
    let path = path(of: number)
    let head = LogFormat.SegmentHead(number: number, firstSequence: nextSequence, salt: random.next())
    let file: any OpenFile
    do {
      file = try fileSystem.open(path, .create)
    } catch {
      // An attempt that failed half-way left it; nothing in it was acknowledged.
      guard error.kind == .alreadyExists else { throw error }
      try fileSystem.remove(path)
      file = try fileSystem.open(path, .create)
    }
    try file.write(LogFormat.encode(head), at: 0)
    try file.sync()
    try fileSystem.syncDirectory(directory)
    salt = head.salt
    segments.append(Segment(number: number, byteCount: Int64(LogFormat.segmentHeadBytes)))
    files[number] = file
  }

  /// Removes the oldest segment, once its entries are not needed any more; a damaged one is moved to another directory.
  ///
  /// One after another, each durably: so a removed segment can never come back while a later one, which may have revoked its entries, stays away.
  mutating func removeOldestSegment(quarantine: String) throws(FileSystemError) {
    guard segments.count > 1, let oldest = segments.first else { return }
    let path = path(of: oldest.number)
    if oldest.isDamaged {
      try fileSystem.makeDirectory(quarantine)
      let name = (directory.split(separator: "/").last.map(String.init) ?? "log") + "-" + Self.fileName(of: oldest.number)
      try fileSystem.rename(path, to: quarantine + "/" + name)
      try fileSystem.syncDirectory(quarantine)
    } else {
      try fileSystem.remove(path)
    }
    try fileSystem.syncDirectory(directory)
    segments.removeFirst()
    files[oldest.number] = nil
  }

  /// Ends the log with an empty block, which proves at the next start that nothing before it was torn off, and closes it.
  mutating func close() {
    if !segments.isEmpty { _ = try? append([]) }
    health.close()
    files.removeAll()
  }

  func path(of segment: UInt64) -> String { directory + "/" + Self.fileName(of: segment) }

  static func fileName(of segment: UInt64) -> String {
    let digits = String(segment)
    return String(repeating: "0", count: max(0, 20 - digits.count)) + digits + ".log"
  }

  /// The number in a segment's file name; nil for another file.
  static func segmentNumber(_ name: String) -> UInt64? {
    guard name.hasSuffix(".log"), name.utf8.count == 24 else { return nil }
    return UInt64(name.dropLast(4))
  }
}
