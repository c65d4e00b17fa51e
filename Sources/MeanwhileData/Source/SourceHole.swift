/// What stands in a hole of a document's shape: how the bytes that were there come back.
enum SourceHole: UInt8 {
  /// They are kept beside the shape.
  case verbatim = 1
  /// The field's string between quotes; it had no escapes.
  case quoted
  /// The field's string as it is: a number in a keyword field.
  case bare
  /// The field's whole number.
  case integer
  case boolean
  /// The field's double in as few digits as tell it from all others; a whole number has no point.
  case decimal
  /// The same, but a whole number is followed by `.0`.
  case pointedDecimal
  /// The field's time as `2020-02-29T12:30:30.500Z` between quotes.
  case isoMillis
  /// The field's time as `2020-02-29T12:30:30Z` between quotes.
  case isoSeconds

  /// Ends a field's path in a shape, and begins a hole. JSON has no such byte.
  static let mark: UInt8 = 0

  /// Appends what a row has in the hole.
  ///
  /// - Throws: ``CorruptData`` where the column does not have it.
  func append(_ column: Column, row: Int, to out: VectorBuilder<UInt8>) throws(CorruptData) {
    guard row < column.rowCount, let slot = column.slots(ofRow: row).first, slot < column.values.count else { throw Self.missing }
    switch (self, column.values) {
    case (.quoted, .bytes(let values)):
      out.append(UInt8(ascii: "\""))
      out.append(contentsOf: values[slot])
      out.append(UInt8(ascii: "\""))
    case (.quoted, .ordinals(let ordinals, let dictionary, _)):
      out.append(UInt8(ascii: "\""))
      out.append(contentsOf: dictionary[Int(ordinals[slot])])
      out.append(UInt8(ascii: "\""))
    case (.bare, .bytes(let values)): out.append(contentsOf: values[slot])
    case (.bare, .ordinals(let ordinals, let dictionary, _)): out.append(contentsOf: dictionary[Int(ordinals[slot])])
    case (.integer, .longs(let values)): NumberText.append(values[slot], to: out)
    case (.boolean, .booleans(let values)): Self.append(values[slot] != 0 ? "true" : "false", to: out)
    case (.decimal, .doubles(let values)): try Self.append(values[slot], isPointed: false, to: out)
    case (.pointedDecimal, .doubles(let values)): try Self.append(values[slot], isPointed: true, to: out)
    case (.isoMillis, .longs(let values)): Self.append(millis: values[slot], hasFraction: true, to: out)
    case (.isoSeconds, .longs(let values)): Self.append(millis: values[slot], hasFraction: false, to: out)
    default: throw Self.missing
    }
  }

  private static func append(_ text: StaticString, to out: VectorBuilder<UInt8>) {
    out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private static var missing: CorruptData { CorruptData("a document's field does not have what the document says") }

  // MARK: Times

  private static func append(millis: Int64, hasFraction: Bool, to out: VectorBuilder<UInt8>) {
    out.append(UInt8(ascii: "\""))
    ISODate.append(millis: millis, to: out)
    if !hasFraction {
      out.truncate(to: out.count - 5)
      out.append(UInt8(ascii: "Z"))
    }
    out.append(UInt8(ascii: "\""))
  }

  /// The hole of a time that was given as a text; nil for a text of another form.
  ///
  /// - Parameter scratch: is overwritten.
  static func time(_ text: UnsafeBufferPointer<UInt8>, millis: Int64, _ scratch: VectorBuilder<UInt8>) -> SourceHole? {
    guard text.count == 24 || text.count == 20, text[text.count - 1] == UInt8(ascii: "Z") else { return nil }
    let hole: SourceHole = text.count == 24 ? .isoMillis : .isoSeconds
    scratch.truncate(to: 0)
    append(millis: millis, hasFraction: hole == .isoMillis, to: scratch)
    let made = UnsafeBufferPointer(rebasing: scratch.buffer.dropFirst().dropLast())
    return ByteOrder.isEqual(made, text) ? hole : nil
  }

  // MARK: Decimals

  /// Decimals of fifteen digits at most are told apart by their doubles, so the shortest one that makes a double is the one that was written.
  private static let significandMax: Int64 = 1_000_000_000_000_000
  private static let decimalsMax = 15

  /// The hole of a number as it was written; nil where its double would be written in another way.
  static func decimal(_ text: UnsafeBufferPointer<UInt8>, _ value: Double) -> SourceHole? {
    var significand: Int64 = 0
    var decimals: Int?
    var last: UInt8 = 0
    let isNegative = text.first == UInt8(ascii: "-")
    for byte in text.dropFirst(isNegative ? 1 : 0) {
      if byte == UInt8(ascii: ".") {
        decimals = 0
        continue
      }
      // An exponent, or too many digits.
      guard byte &- 0x30 < 10, significand < significandMax / 10 else { return nil }
      significand = significand * 10 + Int64(byte &- 0x30)
      last = byte
      decimals = decimals.map { $0 + 1 }
    }
    guard significand > 0 || !isNegative, decimals ?? 0 <= decimalsMax else { return nil }
    // What ends with a zero behind the point is not the shortest; `.0` alone is known as such.
    if let decimals, last == UInt8(ascii: "0"), decimals > 1 { return nil }
    let magnitude = Double(significand) / PackedDoubles.powersOfTen[decimals ?? 0]
    guard (isNegative ? -magnitude : magnitude).bitPattern == value.bitPattern else { return nil }
    return decimals == nil ? .decimal : .pointedDecimal
  }

  private static func append(_ value: Double, isPointed: Bool, to out: VectorBuilder<UInt8>) throws(CorruptData) {
    let magnitude = value.magnitude
    if value < 0 { out.append(UInt8(ascii: "-")) }
    for decimals in 0...decimalsMax {
      let power = PackedDoubles.powersOfTen[decimals]
      let scaled = (magnitude * power).rounded()
      guard scaled < Double(significandMax) else { break }
      guard scaled / power == magnitude else { continue }
      let significand = Int64(scaled)
      let whole = Int64(power)
      NumberText.append(significand / whole, to: out)
      if decimals == 0 {
        if isPointed { Self.append(".0", to: out) }
        return
      }
      out.append(UInt8(ascii: "."))
      var digit = whole / 10
      while digit > 0 {
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: significand / digit % 10))
        digit /= 10
      }
      return
    }
    throw missing
  }
}
