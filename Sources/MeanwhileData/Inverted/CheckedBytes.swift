import Meanwhile
import Synchronization

/// A run of bytes in blocks, each verified against its checksum when it is first touched: for what is too large to verify whole for the sake of a small part.
public struct CheckedBytes: Sendable {
  let bytes: Vector<UInt8>
  /// Of each block; empty for bytes that were made in this process.
  let checksums: Vector<UInt32>
  private let verified: VerifiedBlocks?

  static let blockByteCount = 64 << 10

  /// Bytes that need no verifying.
  init(_ bytes: Vector<UInt8>) {
    self.bytes = bytes
    checksums = .empty
    verified = nil
  }

  /// - Throws: ``CorruptData`` where there are not as many checksums as blocks.
  init(_ bytes: Vector<UInt8>, checksums: Vector<UInt32>) throws(CorruptData) {
    let blockCount = (bytes.count + Self.blockByteCount - 1) / Self.blockByteCount
    guard checksums.count == blockCount else { throw CorruptData("checksums of blocks do not fit the bytes") }
    self.bytes = bytes
    self.checksums = checksums
    verified = VerifiedBlocks(count: blockCount)
  }

  /// The checksums to keep beside the bytes.
  func makeChecksums() -> Vector<UInt32> {
    let blocks = stride(from: 0, to: bytes.count, by: Self.blockByteCount)
    return Vector(blocks.map { Self.checksum(bytes, from: $0) })
  }

  private static func checksum(_ bytes: Vector<UInt8>, from start: Int) -> UInt32 {
    let end = min(bytes.count, start + blockByteCount)
    return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes.buffer)[start..<end]))
  }

  /// A part; valid while this value is.
  ///
  /// - Throws: ``CorruptData`` where a block is damaged, or the part is none.
  func slice(_ range: Range<Int>) throws(CorruptData) -> UnsafeBufferPointer<UInt8> {
    guard range.upperBound <= bytes.count else { throw CorruptData("a part beyond the bytes") }
    if let verified, !range.isEmpty {
      for block in range.lowerBound / Self.blockByteCount...(range.upperBound - 1) / Self.blockByteCount where !verified.contains(block) {
        guard Self.checksum(bytes, from: block * Self.blockByteCount) == checksums[block] else {
          throw CorruptData("the checksum of a block is wrong", offset: block * Self.blockByteCount)
        }
        verified.insert(block)
      }
    }
    return UnsafeBufferPointer(rebasing: bytes.buffer[range])
  }
}

/// Which blocks were verified.
private final class VerifiedBlocks: Sendable {
  private let bits: Mutex<[UInt64]>

  init(count: Int) {
    bits = Mutex([UInt64](repeating: 0, count: (count + 63) / 64))
  }

  func contains(_ block: Int) -> Bool { bits.withLock { $0[block >> 6] & (1 << UInt64(block & 63)) != 0 } }

  func insert(_ block: Int) { bits.withLock { $0[block >> 6] |= 1 << UInt64(block & 63) } }
}
