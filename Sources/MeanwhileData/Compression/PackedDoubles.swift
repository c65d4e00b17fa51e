/// Doubles that were decimals, as whole numbers of a power of ten; the rest as they are.
///
/// Measurements come with a few digits behind the point, which as a double fill all of its 64 bits. A block whose every value is exactly a whole number divided by one power of ten
/// is kept as those whole numbers.
///
/// ```
/// exponent  1 byte: the power of ten, or 255 where the block is of bit patterns
/// block     as ``PackedIntegers`` has it
/// ```
enum PackedDoubles {
  private static let plain: UInt8 = 255
  private static let exponentMax = 14
  /// Above this a double has no fraction, and whole numbers are not exact.
  private static let magnitudeMax = 9e15

  static let powersOfTen: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

  /// The whole number that a value is of a power of ten; nil where it is none exactly.
  @inline(__always)
  static func whole(_ value: Double, _ power: Double) -> Int64? {
    let scaled = (value * power).rounded()
    guard scaled.magnitude < magnitudeMax else { return nil }
    let number = Int64(scaled)
    // Bit patterns, since a negative zero equals zero and is another value.
    return (Double(number) / power).bitPattern == value.bitPattern ? number : nil
  }

  static func encode(_ values: Vector<Double>, to out: VectorBuilder<UInt8>) {
    var guess = 0
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: PackedIntegers.blockCount) { block in
      for start in stride(from: 0, to: values.count, by: PackedIntegers.blockCount) {
        let size = min(PackedIntegers.blockCount, values.count - start)
        let part = UnsafeMutableBufferPointer(rebasing: block[0..<size])
        if let exponent = fill(part, from: values, start, guess) ?? fill(part, from: values, start, 0) {
          guess = exponent
          out.append(UInt8(truncatingIfNeeded: exponent))
        } else {
          out.append(plain)
          for index in 0..<size { part[index] = Int64(bitPattern: values[start + index].bitPattern) }
        }
        PackedIntegers.append(part, to: out)
      }
    }
    out.append(repeating: 0, count: PackedIntegers.paddingByteCount)
  }

  /// - Returns: the power of ten at which all fit, not below the one to begin with; nil where there is none.
  private static func fill(_ block: UnsafeMutableBufferPointer<Int64>, from values: Vector<Double>, _ start: Int, _ least: Int) -> Int? {
    var exponent = least
    for index in block.indices {
      while whole(values[start + index], powersOfTen[exponent]) == nil {
        exponent += 1
        if exponent > exponentMax { return nil }
      }
    }
    for index in block.indices {
      guard let number = whole(values[start + index], powersOfTen[exponent]) else { return nil }
      block[index] = number
    }
    return exponent
  }

  /// - Throws: ``CorruptData`` where there are not as many values.
  static func decode(
    _ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Double>
  ) throws(CorruptData) {
    var at = 0
    for start in stride(from: 0, to: target.count, by: PackedIntegers.blockCount) {
      guard at < bytes.count else { throw CorruptData("packed numbers are cut off", offset: at) }
      let exponent = bytes[at]
      at += 1
      let size = min(PackedIntegers.blockCount, target.count - start)
      if exponent == plain {
        try PackedIntegers.decodeBlock(bytes, &at, size: size) {
          target[start + $0] = Double(bitPattern: UInt64(bitPattern: $1))
        }
        continue
      }
      guard Int(exponent) < powersOfTen.count else { throw CorruptData("a power of ten that is none", offset: at - 1) }
      let power = powersOfTen[Int(exponent)]
      try PackedIntegers.decodeBlock(bytes, &at, size: size) { target[start + $0] = Double($1) / power }
    }
    guard at + PackedIntegers.paddingByteCount == bytes.count else { throw CorruptData("packed numbers of another count", offset: at) }
  }
}
