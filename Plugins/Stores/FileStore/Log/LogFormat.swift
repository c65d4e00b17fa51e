import Meanwhile
import MeanwhileData

/// The bytes of a log: what a segment's file begins with, and the blocks that follow.
///
///     segment  magic 8 | version 4 | checksum 4 | number 8 | first sequence 8 | salt 8 | reserved 8 | block …
///     block    magic 4 | entries 4 | sequence 8 | bytes 4 | checksum 4 | (length 4, checksum 4) for each entry | entry …
///
/// A block is what one sync made durable: it is whole or, at the end of the last segment, torn. Blocks are numbered without gaps through all segments,
/// and block *n+1* is written only after *n* was synced, so a block that is unreadable before a readable one is damage, never a torn write.
/// The salt goes into the checksum of a block's head, so that no entry can contain what looks like a block of its own segment.
enum LogFormat {
  static let version: UInt32 = 1
  static let segmentMagic: UInt64 = 0x474F_4C57_4E41_454D  // "MEANWLOG"
  static let blockMagic: UInt32 = 0x4B4C_424D  // "MBLK"
  static let segmentHeadBytes = 48
  static let blockHeadBytes = 24
  static let tableEntryBytes = 8

  struct SegmentHead: Sendable, Hashable {
    var number: UInt64
    var firstSequence: UInt64
    var salt: UInt64
  }

  enum SegmentHeadResult: Hashable {
    case head(SegmentHead)
    case newerVersion(UInt32)
    case unreadable
  }

  static func encode(_ head: SegmentHead) -> [UInt8] {
    var body = ByteWriter()
    body.append(head.number)
    body.append(head.firstSequence)
    body.append(head.salt)
    body.append(UInt64(0))
    var front = ByteWriter()
    front.append(segmentMagic)
    front.append(version)
    let checksum = CRC32C.checksum(body.bytes, continuing: CRC32C.checksum(front.bytes))
    front.append(checksum)
    return front.bytes + body.bytes
  }

  static func decodeSegmentHead(_ bytes: UnsafeRawBufferPointer) -> SegmentHeadResult {
    guard bytes.count >= segmentHeadBytes, bytes.number(at: 0, UInt64.self) == segmentMagic else { return .unreadable }
    let body = UnsafeRawBufferPointer(rebasing: bytes[16..<segmentHeadBytes])
    let checksum = CRC32C.checksum(body, continuing: CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[0..<12])))
    guard checksum == bytes.number(at: 12, UInt32.self) else { return .unreadable }
    let version = bytes.number(at: 8, UInt32.self)
    guard version == Self.version else { return .newerVersion(version) }
    return .head(
      SegmentHead(
        number: bytes.number(at: 16, UInt64.self), firstSequence: bytes.number(at: 24, UInt64.self), salt: bytes.number(at: 32, UInt64.self)
      ))
  }

  /// A block of entries, and where in it each begins.
  static func encodeBlock(_ entries: [[UInt8]], sequence: UInt64, salt: UInt64) -> (bytes: [UInt8], offsets: [Int]) {
    let byteCount = entries.reduce(0) { $0 + $1.count }
    let headCount = blockHeadBytes + entries.count * tableEntryBytes
    var table = ByteWriter(capacity: entries.count * tableEntryBytes)
    for entry in entries {
      table.append(UInt32(entry.count))
      table.append(CRC32C.checksum(entry))
    }
    var block = ByteWriter(capacity: headCount + byteCount)
    block.append(blockMagic)
    block.append(UInt32(entries.count))
    block.append(sequence)
    block.append(UInt32(byteCount))
    block.append(CRC32C.checksum(table.bytes, continuing: CRC32C.checksum(block.bytes, continuing: seed(salt))))
    block.append(contentsOf: table.bytes)
    var offsets: [Int] = []
    offsets.reserveCapacity(entries.count)
    for entry in entries {
      offsets.append(block.bytes.count)
      block.append(contentsOf: entry)
    }
    return (block.bytes, offsets)
  }

  /// A block whose head is readable.
  struct Block {
    var sequence: UInt64
    var start: Int
    var end: Int
    var entries: [Range<Int>]
    /// Whether every entry has its checksum.
    var isWhole: Bool
  }

  /// The block at an offset; nil where none begins, or its head is unreadable.
  static func decodeBlock(_ bytes: UnsafeRawBufferPointer, at start: Int, salt: UInt64) -> Block? {
    guard bytes.count - start >= blockHeadBytes, bytes.number(at: start, UInt32.self) == blockMagic else { return nil }
    let count = Int(bytes.number(at: start + 4, UInt32.self))
    let tableStart = start + blockHeadBytes
    guard count <= (bytes.count - tableStart) / tableEntryBytes else { return nil }
    let tableEnd = tableStart + count * tableEntryBytes
    let front = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[start..<start + 20]), continuing: seed(salt))
    let checksum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[tableStart..<tableEnd]), continuing: front)
    guard checksum == bytes.number(at: start + 20, UInt32.self) else { return nil }
    var block = Block(
      sequence: bytes.number(at: start + 8, UInt64.self), start: start, end: tableEnd, entries: [], isWhole: true)
    block.entries.reserveCapacity(count)
    for index in 0..<count {
      let length = Int(bytes.number(at: tableStart + index * tableEntryBytes, UInt32.self))
      let range = block.end..<block.end + length
      block.end = range.upperBound
      block.entries.append(range)
      guard range.upperBound <= bytes.count else {
        block.isWhole = false
        continue
      }
      let sum = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[range]))
      if sum != bytes.number(at: tableStart + index * tableEntryBytes + 4, UInt32.self) { block.isWhole = false }
    }
    return block
  }

  /// The first block with a readable head from an offset on whose sequence number is above another.
  static func findBlock(_ bytes: UnsafeRawBufferPointer, from start: Int, salt: UInt64, above sequence: UInt64) -> Block? {
    var at = start
    while at + blockHeadBytes <= bytes.count {
      if bytes.number(at: at, UInt32.self) == blockMagic, let block = decodeBlock(bytes, at: at, salt: salt), block.sequence > sequence {
        return block
      }
      at += 1
    }
    return nil
  }

  private static func seed(_ salt: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: salt ^ (salt >> 32)) }
}

extension UnsafeRawBufferPointer {
  /// A little-endian number at an offset that was checked.
  func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, _ type: Number.Type) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
