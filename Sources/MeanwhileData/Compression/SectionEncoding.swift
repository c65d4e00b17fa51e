/// How the values of a section lie in a segment's file.
enum SectionEncoding: UInt8 {
  /// As in memory.
  case plain = 0
  /// ``PackedIntegers``.
  case integers = 1
  /// ``PackedDoubles``.
  case doubles = 2
  /// Blocks of ``BlockCodec``: the end of each as four bytes, then the blocks. One that would not become shorter is as it is.
  case blocks = 3

  /// Shorter sections are left as they are.
  private static let byteCountMin = 256

  /// Encodes values as it suits their type.
  ///
  /// - Returns: nil where that would save next to nothing.
  static func encode<Element>(_ values: Vector<Element>) -> (encoding: SectionEncoding, bytes: VectorBuilder<UInt8>)? {
    guard values.byteCount >= byteCountMin else { return nil }
    let out = VectorBuilder<UInt8>(capacity: values.byteCount / 4)
    let encoding: SectionEncoding
    switch values {
    case let values as Vector<Int64>:
      encoding = .integers
      PackedIntegers.encode(values.count, to: out) { values[$0] }
    case let values as Vector<UInt32>:
      encoding = .integers
      PackedIntegers.encode(values.count, to: out) { Int64(values[$0]) }
    case let values as Vector<Double>:
      encoding = .doubles
      PackedDoubles.encode(values, to: out)
    case let values as Vector<UInt8>:
      encoding = .blocks
      compress(values.buffer, to: out)
    default: return nil
    }
    return out.count < values.byteCount - values.byteCount / 16 ? (encoding, out) : nil
  }

  /// Appends bytes as ``blocks``.
  static func compress(_ bytes: UnsafeBufferPointer<UInt8>, to out: VectorBuilder<UInt8>) {
    let start = out.count
    let size = BlockCodec.blockByteCountMax
    let scratch = BlockCodec.Scratch()
    let blocks = (bytes.count + size - 1) / size
    out.append(repeating: 0, count: blocks * 4)
    for block in 0..<blocks {
      let plain = UnsafeBufferPointer(rebasing: bytes[block * size..<min(bytes.count, (block + 1) * size)])
      let compressed = BlockCodec.compress(plain, scratch)
      out.append(contentsOf: compressed.count < plain.count ? compressed : plain)
      let end = UInt32(truncatingIfNeeded: out.count - start)
      for index in 0..<4 { out[start + block * 4 + index] = UInt8(truncatingIfNeeded: end >> UInt32(index * 8)) }
    }
  }

  /// Whether so many bytes can come out of so many: what a damaged directory says must not fill the memory.
  func allows(_ decodedByteCount: Int, from byteCount: Int) -> Bool {
    switch self {
    case .plain: decodedByteCount == byteCount
    case .integers, .doubles: decodedByteCount / (8 * PackedIntegers.blockCount) <= byteCount / 9
    case .blocks: decodedByteCount / 256 <= byteCount
    }
  }

  /// - Parameter count: elements that there should be.
  /// - Throws: ``CorruptData`` where there are not as many, or the encoding is not one of such elements.
  func decode<Element>(_ bytes: UnsafeRawBufferPointer, as type: Element.Type, count: Int) throws(CorruptData) -> Vector<Element> {
    let decoded: Any
    switch (self, Element.self) {
    case (.integers, is Int64.Type):
      decoded = try Vector<Int64>.filled(count) { (target) throws(CorruptData) in
        try PackedIntegers.decode(bytes, count: count) { target[$0] = $1 }
      }
    case (.integers, is UInt32.Type):
      decoded = try Vector<UInt32>.filled(count) { (target) throws(CorruptData) in
        try PackedIntegers.decode(bytes, count: count) { target[$0] = UInt32(truncatingIfNeeded: $1) }
      }
    case (.doubles, is Double.Type):
      decoded = try Vector<Double>.filled(count) { (target) throws(CorruptData) in try PackedDoubles.decode(bytes, into: target) }
    case (.blocks, is UInt8.Type):
      decoded = try Vector<UInt8>.filled(count) { (target) throws(CorruptData) in try Self.decompress(bytes, into: target) }
    default: throw CorruptData("an encoding that such values do not have")
    }
    guard let values = decoded as? Vector<Element> else { throw CorruptData("an encoding that such values do not have") }
    return values
  }

  static func decompress(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CorruptData) {
    let size = BlockCodec.blockByteCountMax
    let blocks = (target.count + size - 1) / size
    guard blocks * 4 <= bytes.count else { throw CorruptData("blocks are cut off", offset: 0) }
    var start = blocks * 4
    for block in 0..<blocks {
      let end = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 4, as: UInt32.self)))
      guard end >= start, end <= bytes.count else { throw CorruptData("blocks out of order", offset: block * 4) }
      let part = UnsafeMutableBufferPointer(rebasing: target[block * size..<min(target.count, (block + 1) * size)])
      let source = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if source.count == part.count {
        UnsafeMutableRawBufferPointer(part).copyMemory(from: source)
      } else {
        try BlockCodec.decompress(source.bindMemory(to: UInt8.self), into: part)
      }
      start = end
    }
    guard start == bytes.count else { throw CorruptData("bytes behind the blocks", offset: start) }
  }
}

extension Vector {
  /// A vector filled by code that finds damage; all elements must be filled where it finds none.
  fileprivate static func filled(
    _ count: Int, _ fill: (UnsafeMutableBufferPointer<Element>) throws(CorruptData) -> Void
  ) throws(CorruptData) -> Vector {
    var damage: CorruptData?
    let vector = Vector(count: count) { target in
      let buffer = UnsafeMutableBufferPointer(start: target, count: count)
      do throws(CorruptData) { try fill(buffer) } catch {
        damage = error
        // What is thrown away must not be uninitialised either.
        UnsafeMutableRawBufferPointer(buffer).initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    if let damage { throw damage }
    return vector
  }
}
