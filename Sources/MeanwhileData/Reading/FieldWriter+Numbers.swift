import Meanwhile

/// How numbers of every width are read and rounded.
extension FieldWriter {
  /// The range of a whole-number type, and its name in errors.
  private var bounds: (range: ClosedRange<Int64>, name: String) {
    switch type {
    case .byte: (-128...127, "a byte")
    case .short: (-32_768...32_767, "a short")
    case .integer: (Int64(Int32.min)...Int64(Int32.max), "an integer")
    default: (Int64.min...Int64.max, "a long")
    }
  }

  @inline(__always)
  func storeWhole(_ value: Int64, row: Int) throws(APIError) {
    guard type == .long || bounds.range.contains(value) else {
      throw .illegalArgument("Value [\(value)] is out of range for \(bounds.name)")
    }
    column.append(long: value, row: row)
  }

  /// A whole number given as text, or as a number with a fraction or too many digits. With `coerce` the fraction is cut off.
  func storeWhole(_ text: UnsafeBufferPointer<UInt8>, row: Int, isString: Bool = true) throws(APIError) {
    if isString, text.isEmpty, coerces { return }
    guard coerces || !isString else { throw .illegalArgument("Integer value passed as String") }
    if let value = NumberText.parseInt64(text) { return try storeWhole(value, row: row) }
    guard let value = NumberText.parseDouble(text) else {
      guard type == .long else { throw Self.notANumber(text) }
      throw .illegalArgument("For input string: \"\(String(decoding: text, as: UTF8.self))\"")
    }
    let shown = String(decoding: text, as: UTF8.self)
    guard let whole = Int64(exactly: value.rounded(.towardZero)), bounds.range.contains(whole) else {
      throw .illegalArgument("Value [\(shown)] is out of range for \(bounds.name)")
    }
    guard coerces || Double(whole) == value else { throw .illegalArgument("Value [\(shown)] has a decimal part") }
    column.append(long: whole, row: row)
  }

  func storeUnsigned(_ text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    if let value = NumberText.parseUInt64(text) { return column.append(long: UnsignedLong.encode(value), row: row) }
    let shown = String(decoding: text, as: UTF8.self)
    guard let value = NumberText.parseDouble(text) else { throw .illegalArgument("For input string: \"\(shown)\"") }
    guard value == value.rounded(.towardZero) else { throw .illegalArgument("Value \"\(shown)\" has a decimal part") }
    guard let whole = UInt64(exactly: value) else { throw .illegalArgument("Value [\(shown)] is out of range for unsigned long") }
    column.append(long: UnsignedLong.encode(whole), row: row)
  }

  func storeDouble(_ value: Double, row: Int) throws(APIError) {
    let stored: Double =
      switch type {
      case .float: Double(Float(value))
      case .halfFloat: Self.halfPrecision(value)
      case .scaledFloat: Self.rounded(value * scale) / scale
      default: value
      }
    guard stored.isFinite else {
      throw .illegalArgument("[\(type.rawValue)] supports only finite values, but got [\(JSONText.javaSpelling(of: stored))]")
    }
    column.append(double: stored, row: row)
  }

  /// Java's `Math.round`: halves go up.
  private static func rounded(_ value: Double) -> Double { (value + 0.5).rounded(.down) }

  /// The nearest half-precision number (IEEE 754 binary16): eleven bits of significand, exponents -14 ... 15, subnormals below; infinite above 65,504.
  static func halfPrecision(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let exponent = max(value.exponent, -14)
    let step = Double(sign: .plus, exponent: exponent - 10, significand: 1)
    let nearest = (value / step).rounded(.toNearestOrEven) * step
    return nearest.magnitude > 65_504 ? (value < 0 ? -.infinity : .infinity) : nearest
  }
}
