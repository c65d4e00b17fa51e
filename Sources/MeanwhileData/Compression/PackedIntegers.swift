/// Whole numbers in as few bits as each block of them needs.
///
/// A block has ``blockCount`` numbers, the last one fewer:
///
/// ```
/// flags   1 byte: the width in bits, 0 ... 64; 128 more where differences are packed
/// base    8 bytes: the least number, or the least difference between a number and the one before it
/// first   8 bytes, only with differences: the first number
/// bits    number - base, or difference - base, each in `width` bits, low ones first, up to a whole byte
/// ```
///
/// Behind the last block there are ``paddingByteCount`` zeroes, so that a reader may always look at eight bytes. All arithmetic wraps, so damaged bytes make other numbers and
/// no fault.
enum PackedIntegers {
  static let blockCount = 1_024
  static let paddingByteCount = 8
  private static let differenceFlag: UInt8 = 128
  /// Wider numbers are not worth shifting, and would not fit into one look at eight bytes.
  private static let widthMax = 56

  // MARK: Writing

  static func encode(_ count: Int, to out: VectorBuilder<UInt8>, _ value: (Int) -> Int64) {
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: blockCount) { block in
      for start in stride(from: 0, to: count, by: blockCount) {
        let size = min(blockCount, count - start)
        for index in 0..<size { block[index] = value(start + index) }
        append(UnsafeMutableBufferPointer(rebasing: block[0..<size]), to: out)
      }
    }
    out.append(repeating: 0, count: paddingByteCount)
  }

  /// Appends one block; its numbers are overwritten.
  static func append(_ block: UnsafeMutableBufferPointer<Int64>, to out: VectorBuilder<UInt8>) {
    guard let first = block.first else { return }
    var (least, greatest) = (first, first)
    var (leastStep, greatestStep) = (Int64.max, Int64.min)
    for index in 1..<max(1, block.count) {
      least = min(least, block[index])
      greatest = max(greatest, block[index])
      let step = block[index] &- block[index - 1]
      leastStep = min(leastStep, step)
      greatestStep = max(greatestStep, step)
    }
    let plainWidth = width(UInt64(bitPattern: greatest &- least))
    // A difference that wrapped around still comes back, since adding it wraps around too.
    let stepWidth = block.count > 1 ? width(UInt64(bitPattern: greatestStep &- leastStep)) : 64
    let usesSteps = stepWidth < plainWidth && block.count > 64
    out.append(UInt8(truncatingIfNeeded: usesSteps ? stepWidth : plainWidth) | (usesSteps ? differenceFlag : 0))
    append(usesSteps ? leastStep : least, to: out)
    if usesSteps {
      append(first, to: out)
      for index in stride(from: block.count - 1, to: 0, by: -1) { block[index] = block[index] &- block[index - 1] &- leastStep }
      block[0] = 0
    } else {
      for index in 0..<block.count { block[index] = block[index] &- least }
    }
    pack(block, width: usesSteps ? stepWidth : plainWidth, to: out)
  }

  private static func width(_ range: UInt64) -> Int {
    let bits = UInt64.bitWidth - range.leadingZeroBitCount
    return bits > widthMax ? 64 : bits
  }

  private static func append(_ value: Int64, to out: VectorBuilder<UInt8>) {
    withUnsafeBytes(of: value.littleEndian) { out.append(contentsOf: $0.bindMemory(to: UInt8.self)) }
  }

  private static func pack(_ block: UnsafeMutableBufferPointer<Int64>, width: Int, to out: VectorBuilder<UInt8>) {
    guard width > 0 else { return }
    let byteCount = (block.count * width + 7) / 8
    var gathered: UInt64 = 0
    var bits = 0
    let end = out.count + byteCount
    for value in block {
      let value = UInt64(bitPattern: value)
      gathered |= value << UInt64(bits)
      bits += width
      guard bits >= 64 else { continue }
      append(Int64(bitPattern: gathered), to: out)
      bits -= 64
      gathered = bits == 0 ? 0 : value >> UInt64(width - bits)
    }
    if bits > 0 { append(Int64(bitPattern: gathered), to: out) }
    out.truncate(to: end)
  }

  // MARK: Reading

  /// - Throws: ``CorruptData`` where there are not as many numbers.
  @inline(__always)
  static func decode(_ bytes: UnsafeRawBufferPointer, count: Int, _ store: (Int, Int64) -> Void) throws(CorruptData) {
    var at = 0
    for start in stride(from: 0, to: count, by: blockCount) {
      try decodeBlock(bytes, &at, size: min(blockCount, count - start)) { store(start + $0, $1) }
    }
    guard at + paddingByteCount == bytes.count else { throw CorruptData("packed numbers of another count", offset: at) }
  }

  @inline(__always)
  static func decodeBlock(
    _ bytes: UnsafeRawBufferPointer, _ at: inout Int, size: Int, _ store: (Int, Int64) -> Void
  ) throws(CorruptData) {
    guard at + 9 <= bytes.count else { throw CorruptData("packed numbers are cut off", offset: at) }
    let flags = bytes[at]
    let width = Int(flags & ~differenceFlag)
    let isDifferent = flags & differenceFlag != 0
    let base = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 1, as: Int64.self))
    at += 9
    var previous: Int64 = 0
    if isDifferent {
      guard at + 8 <= bytes.count else { throw CorruptData("packed numbers are cut off", offset: at) }
      previous = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int64.self)) &- base
      at += 8
    }
    let byteCount = (size * width + 7) / 8
    guard width <= widthMax || width == 64, byteCount + paddingByteCount <= bytes.count - at else {
      throw CorruptData("packed numbers are cut off", offset: at)
    }
    let mask: UInt64 = width == 64 ? .max : (1 << UInt64(width)) - 1
    let start = at
    at += byteCount
    var bit = 0
    for index in 0..<size {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start + bit >> 3, as: UInt64.self))
      let value = Int64(bitPattern: word >> UInt64(bit & 7) & mask) &+ base
      bit += width
      guard isDifferent else {
        store(index, value)
        continue
      }
      previous = previous &+ value
      store(index, previous)
    }
  }
}
