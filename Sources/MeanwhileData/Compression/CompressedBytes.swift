/// Any run of bytes in blocks of ``BlockCodec``: eight bytes with its length, the end of each block as four bytes, and the blocks.
public enum CompressedBytes {
  /// - Parameter head: what to put before them.
  public static func encode(_ bytes: [UInt8], after head: [UInt8] = []) -> [UInt8] {
    let out = VectorBuilder<UInt8>(capacity: head.count + bytes.count / 2)
    head.withUnsafeBufferPointer { out.append(contentsOf: $0) }
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { out.append(contentsOf: $0.bindMemory(to: UInt8.self)) }
    bytes.withUnsafeBufferPointer { SectionEncoding.compress($0, to: out) }
    return Array(out.buffer)
  }

  /// - Throws: ``CorruptData`` where the bytes are not what ``encode(_:)`` makes.
  public static func decode(_ bytes: ArraySlice<UInt8>) throws(CorruptData) -> [UInt8] {
    var reader = ByteReader(bytes)
    guard let count = Int(exactly: try reader.number(UInt64.self)), SectionEncoding.blocks.allows(count, from: bytes.count - 8) else {
      throw CorruptData("compressed bytes that would become too long", offset: 0)
    }
    var damage: CorruptData?
    let decoded = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
      let part = UnsafeMutableBufferPointer(rebasing: target[0..<count])
      bytes.dropFirst(8).withUnsafeBytes { source in
        do throws(CorruptData) {
          try SectionEncoding.decompress(source, into: part)
          filled = count
        } catch { damage = error }
      }
    }
    if let damage { throw damage }
    return decoded
  }
}
