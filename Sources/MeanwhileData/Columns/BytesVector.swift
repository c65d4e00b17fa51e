/// A run of byte strings: offsets into one run of bytes. Slices share memory.
public struct BytesVector: Sendable {
  /// `count + 1` offsets into ``bytes``, ascending.
  public let offsets: Vector<UInt32>
  public let bytes: Vector<UInt8>

  @inlinable
  public init(offsets: Vector<UInt32>, bytes: Vector<UInt8>) {
    self.offsets = offsets
    self.bytes = bytes
  }

  public static let empty = BytesVector(offsets: Vector([0]), bytes: .empty)

  @inlinable
  public var count: Int { offsets.count - 1 }

  /// Unchecked; the buffer is valid while this vector is.
  @inlinable
  public subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    @inline(__always) get {
      let start = Int(offsets[index])
      return UnsafeBufferPointer(start: bytes.base + start, count: Int(offsets[index + 1]) - start)
    }
  }

  @inlinable
  public func slice(_ range: Range<Int>) -> BytesVector {
    BytesVector(offsets: offsets.slice(range.lowerBound..<range.upperBound + 1), bytes: bytes)
  }

  /// A value as text; for the control plane and results.
  public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }
}

/// Grows a ``BytesVector``; holds at most 4 GiB, which its users must see to by cutting batches.
public final class BytesVectorBuilder {
  public let offsets: VectorBuilder<UInt32>
  public let bytes: VectorBuilder<UInt8>

  public init(capacity: Int = 64) {
    offsets = VectorBuilder(capacity: capacity + 1)
    bytes = VectorBuilder(capacity: capacity * 8)
    offsets.append(0)
  }

  @inlinable
  public var count: Int { offsets.count - 1 }

  @inlinable
  public func append(_ value: UnsafeBufferPointer<UInt8>) {
    bytes.append(contentsOf: value)
    offsets.append(UInt32(truncatingIfNeeded: bytes.count))
  }

  public func append(_ value: some Collection<UInt8>) {
    if value.withContiguousStorageIfAvailable({ append($0) }) != nil { return }
    for byte in value { bytes.append(byte) }
    endValue()
  }

  public func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// Ends a value whose bytes were appended to ``bytes`` one by one.
  @inlinable
  public func endValue() { offsets.append(UInt32(truncatingIfNeeded: bytes.count)) }

  public var byteCount: Int { offsets.byteCount + bytes.byteCount }

  public func finish() -> BytesVector {
    let result = BytesVector(offsets: offsets.finish(), bytes: bytes.finish())
    offsets.append(0)
    return result
  }
}
