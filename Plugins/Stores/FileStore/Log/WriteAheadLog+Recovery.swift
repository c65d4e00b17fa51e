import Meanwhile

extension WriteAheadLog {
  /// Receives an entry and where it lies; the bytes are valid during the call.
  typealias Visitor = (LogPosition, UnsafeRawBufferPointer) throws -> Void

  /// Reads the log that is there, visits every entry in order, and makes it ready to be appended to.
  ///
  /// A torn end is cut. What is unreadable elsewhere is passed over and told.
  ///
  /// - Returns: the damages, each naming file and offset.
  /// - Throws: when the log was written by a newer version, a file cannot be read, or a visitor throws.
  mutating func recover(_ visit: Visitor) throws -> [APIError] {
    var numbers = try fileSystem.list(directory).compactMap(Self.segmentNumber).sorted()
    var heads: [UInt64: LogFormat.SegmentHead] = [:]
    var damages: [APIError] = []
    for number in numbers {
      let bytes = try open(number)
      switch LogFormat.decodeSegmentHead(bytes.bytes) {
      case .head(let head) where head.number == number: heads[number] = head
      case .newerVersion(let version):
        throw APIError(
          type: "illegal_state_exception",
          reason: "[\(path(of: number))] was written by a newer version of Meanwhile (format \(version); this one knows "
            + "\(LogFormat.version))",
          status: 500)
      case .head, .unreadable:
        if number == numbers.last, bytes.bytes.dropFirst(LogFormat.segmentHeadBytes).allSatisfy({ $0 == 0 }) {
          // It was being made when the machine stopped: no block can have been in it.
          files[number] = nil
          try fileSystem.remove(path(of: number))
          try fileSystem.syncDirectory(directory)
        } else {
          damages.append(damage(number, at: 0, "its head is unreadable, so its entries are left out"))
        }
      }
    }
    numbers.removeAll { files[$0] == nil }

    for (index, number) in numbers.enumerated() {
      let next = numbers[(index + 1)...].lazy.compactMap { heads[$0] }.first
      if index > 0, number != numbers[index - 1] + 1 {
        damages.append(damage(numbers[index - 1] + 1, at: 0, "the file is missing"))
      }
      guard let head = heads[number] else {
        segments.append(Segment(number: number, byteCount: try files[number]?.size() ?? 0, isDamaged: true))
        continue
      }
      try replay(head, next: next, isLast: number == numbers.last, damages: &damages, visit)
    }
    // A segment whose head is lost cannot be written on.
    if let last = numbers.last, heads[last] == nil { try startSegment() }
    return damages
  }

  private mutating func replay(
    _ head: LogFormat.SegmentHead, next: LogFormat.SegmentHead?, isLast: Bool, damages: inout [APIError], _ visit: Visitor
  ) throws {
    let mapping = try open(head.number)
    let bytes = mapping.bytes
    var segment = Segment(number: head.number, byteCount: Int64(bytes.count))
    var at = LogFormat.segmentHeadBytes
    var expected = head.firstSequence
    var tail = 0..<at
    while true {
      let block = LogFormat.decodeBlock(bytes, at: at, salt: head.salt)
      if let block, block.isWhole, block.sequence == expected {
        for range in block.entries {
          let position = LogPosition(segment: head.number, offset: Int64(range.lowerBound), length: range.count)
          try visit(position, UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        tail = block.start..<block.end
        at = block.end
        expected += 1
        continue
      }
      if let later = LogFormat.findBlock(bytes, from: at + 1, salt: head.salt, above: expected) {
        damages.append(damage(head.number, at: at, "\(later.start - at) bytes fail their checksum; the entries in them are lost"))
        segment.isDamaged = true
        at = later.start
        expected = later.sequence
        continue
      }
      break
    }
    if let next, next.firstSequence != expected {
      damages.append(damage(head.number, at: at, "the rest of the file fails its checksum; the entries in it are lost"))
      segment.isDamaged = true
    }
    if isLast {
      // What lies behind was never acknowledged. The last block is written again: its sync may have failed, and then only the cache has it.
      try cut(head.number, to: at, rewriting: tail, of: bytes)
      segment.byteCount = Int64(at)
      salt = head.salt
    }
    nextSequence = max(nextSequence, expected)
    segments.append(segment)
  }

  private func cut(_ number: UInt64, to end: Int, rewriting tail: Range<Int>, of bytes: UnsafeRawBufferPointer) throws {
    guard let file = files[number] else { return }
    let last = [UInt8](bytes[tail])
    if bytes.count > end { try file.truncate(to: Int64(end)) }
    try file.write(last, at: Int64(tail.lowerBound))
    try file.sync()
    try fileSystem.syncDirectory(directory)
  }

  /// Visits the entries of a segment that can be read.
  func visitEntries(of number: UInt64, _ visit: Visitor) throws {
    guard let mapping = try files[number]?.map() else { return }
    guard case .head(let head) = LogFormat.decodeSegmentHead(mapping.bytes) else { return }
    var at = LogFormat.segmentHeadBytes
    var expected = head.firstSequence
    while let block = LogFormat.decodeBlock(mapping.bytes, at: at, salt: head.salt)
      ?? LogFormat.findBlock(mapping.bytes, from: at, salt: head.salt, above: expected)
    {
      at = block.end
      expected = block.sequence
      guard block.isWhole else { continue }
      for range in block.entries {
        let position = LogPosition(segment: number, offset: Int64(range.lowerBound), length: range.count)
        try visit(position, UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
      }
    }
  }

  private func open(_ number: UInt64) throws -> FileMapping {
    let file = try files[number] ?? fileSystem.open(path(of: number), .update)
    files[number] = file
    return try file.map()
  }

  private func damage(_ number: UInt64, at offset: Int, _ what: String) -> APIError {
    APIError(type: "translog_corrupted_exception", reason: "[\(path(of: number))] is damaged at offset \(offset): \(what)", status: 500)
  }
}
