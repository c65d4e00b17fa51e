import Meanwhile
import MeanwhileData

// How one value of each layout is read as the wanted type.

extension Conversion {
  func append(_ value: Bool, _ out: ColumnBuilder) throws(EvaluationFailure) {
    switch self {
    case .boolean: out.booleans.append(value ? 1 : 0)
    case .double: out.doubles.append(value ? 1 : 0)
    case .unsignedLong: out.longs.append(UnsignedLong.encode(value ? 1 : 0))
    case .keyword: out.bytes.append(value ? "true" : "false")
    default: out.longs.append(value ? 1 : 0)
    }
  }

  /// A whole number, date or unsigned long.
  func append(_ stored: Int64, _ source: DataType, _ out: ColumnBuilder) throws(EvaluationFailure) {
    if source == .unsignedLong { return try append(UnsignedLong.decode(stored), out) }
    switch self {
    case .boolean: out.booleans.append(stored != 0 ? 1 : 0)
    case .integer:
      guard Int64(Int32(truncatingIfNeeded: stored)) == stored else { throw outOfRange(String(stored)) }
      out.longs.append(stored)
    case .long: out.longs.append(stored)
    case .double: out.doubles.append(Double(stored))
    case .unsignedLong:
      guard stored >= 0 else { throw outOfRange(String(stored)) }
      out.longs.append(UnsignedLong.encode(UInt64(stored)))
    case .keyword: appendText(stored, source, out)
    case .date: out.longs.append(source == .dateNanos ? stored.floorDivided(by: 1_000_000) : stored)
    case .dateNanos: out.longs.append(try nanos(stored, source))
    case .ip, .version: throw EvaluationFailure("java.lang.IllegalArgumentException: cannot convert [\(stored)] to [\(type.name)]")
    }
  }

  private func append(_ value: UInt64, _ out: ColumnBuilder) throws(EvaluationFailure) {
    switch self {
    case .boolean: out.booleans.append(value != 0 ? 1 : 0)
    case .double: out.doubles.append(Double(value))
    case .unsignedLong: out.longs.append(UnsignedLong.encode(value))
    case .keyword:
      NumberText.append(value, to: out.bytes.bytes)
      out.bytes.endValue()
    default:
      guard let signed = Int64(exactly: value) else { throw Self.outOfRange(String(value), of: self == .integer ? .integer : .long) }
      try append(signed, .long, out)
    }
  }

  func append(_ value: Double, _ out: ColumnBuilder) throws(EvaluationFailure) {
    switch self {
    case .boolean: out.booleans.append(value != 0 ? 1 : 0)
    case .double: out.doubles.append(value)
    case .keyword:
      NumberText.append(value, to: out.bytes.bytes)
      out.bytes.endValue()
    case .unsignedLong:
      guard let whole = UInt64(exactly: value.rounded(.towardZero)) else { throw outOfRange(JSONText.javaSpelling(of: value)) }
      out.longs.append(UnsignedLong.encode(whole))
    default:
      guard let whole = self.whole(value) else { throw outOfRange(JSONText.javaSpelling(of: value)) }
      try append(whole, .long, out)
    }
  }

  /// A string, or what is kept as bytes: an address, a version.
  func append(_ value: UnsafeBufferPointer<UInt8>, _ source: DataType, _ out: ColumnBuilder) throws(EvaluationFailure) {
    switch self {
    case .boolean: out.booleans.append(Self.isTrue(value) ? 1 : 0)
    case .integer, .long: try appendWholeNumber(value, out)
    case .double:
      guard let number = NumberText.parseDouble(value) else { throw cannotParse(value) }
      out.doubles.append(number)
    case .unsignedLong:
      if let number = NumberText.parseUInt64(value) {
        out.longs.append(UnsignedLong.encode(number))
      } else {
        guard let number = NumberText.parseDouble(value) else { throw cannotParse(value) }
        guard let whole = UInt64(exactly: number.rounded(.towardZero)) else { throw outOfRange(Self.text(value)) }
        out.longs.append(UnsignedLong.encode(whole))
      }
    case .keyword: appendText(value, source, out)
    case .date:
      guard let millis = ISODate.parse(value)?.millis else {
        throw EvaluationFailure(
          "java.lang.IllegalArgumentException: failed to parse date field [\(Self.text(value))] with format [strict_date_optional_time]")
      }
      out.longs.append(millis)
    case .dateNanos:
      let parsed = ISODate.parse(value)
      if let parsed { try Self.checkNanos(parsed) }
      guard let nanos = parsed?.nanosSinceEpoch, nanos >= 0 else {
        throw EvaluationFailure(
          "java.lang.IllegalArgumentException: failed to parse date field [\(Self.text(value))] with format "
            + "[strict_date_optional_time_nanos]")
      }
      out.longs.append(nanos)
    case .ip:
      guard let address = IPAddress(parsing: value) else {
        throw EvaluationFailure("java.lang.IllegalArgumentException: '\(Self.text(value))' is not an IP string literal.")
      }
      address.append(to: out.bytes.bytes)
      out.bytes.endValue()
    case .version:
      VersionKey.append(encoding: value, to: out.bytes.bytes)
      out.bytes.endValue()
    }
  }

  // MARK: - Parts

  /// A text that is no whole number may still be a decimal one, which is rounded. One that is out of range cannot be parsed either, as
  /// Elasticsearch has it.
  private func appendWholeNumber(_ value: UnsafeBufferPointer<UInt8>, _ out: ColumnBuilder) throws(EvaluationFailure) {
    if let number = NumberText.parseInt64(value) {
      guard self == .long || Int64(Int32(truncatingIfNeeded: number)) == number else { throw cannotParse(value) }
      out.longs.append(number)
      return
    }
    guard let number = NumberText.parseDouble(value), number.isFinite else { throw cannotParse(value) }
    guard let whole = self.whole(number) else { throw cannotParse(value) }
    out.longs.append(whole)
  }

  /// The nearest whole number, halves going up (Java's `Math.round`); nil for what is out of range before it is rounded.
  private func whole(_ value: Double) -> Int64? {
    if self == .integer, value < Double(Int32.min) || value > Double(Int32.max) { return nil }
    let down = value.rounded(.down)
    let nearest = value - down >= 0.5 ? down + 1 : down
    // The greatest double that a long's range is said to include is one more than the greatest long.
    return nearest == 0x1p63 ? .max : Int64(exactly: nearest)
  }

  private func appendText(_ stored: Int64, _ source: DataType, _ out: ColumnBuilder) {
    switch source {
    case .date: ISODate.append(millis: stored, to: out.bytes.bytes)
    case .dateNanos: ISODate.append(nanos: stored, to: out.bytes.bytes)
    default: NumberText.append(stored, to: out.bytes.bytes)
    }
    out.bytes.endValue()
  }

  private func appendText(_ value: UnsafeBufferPointer<UInt8>, _ source: DataType, _ out: ColumnBuilder) {
    switch source {
    case .ip: IPAddress(bytes: value)?.appendText(to: out.bytes.bytes)
    case .version: VersionKey.append(decoding: value, to: out.bytes.bytes)
    default: out.bytes.bytes.append(contentsOf: value)
    }
    out.bytes.endValue()
  }

  private func nanos(_ stored: Int64, _ source: DataType) throws(EvaluationFailure) -> Int64 {
    guard source == .date else { return stored }
    guard stored >= 0 else {
      throw EvaluationFailure(
        "java.lang.IllegalArgumentException: milliSeconds [\(stored)] are before the epoch in 1970 and cannot be converted to nanoseconds")
    }
    let (nanos, overflow) = stored.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else {
      throw EvaluationFailure(
        "java.lang.IllegalArgumentException: milliSeconds [\(stored)] are after 2262-04-11T23:47:16.854775807 and cannot be converted to nanoseconds"
      )
    }
    return nanos
  }

  private static func checkNanos(_ time: EpochTime) throws(EvaluationFailure) {
    guard let millis = time.millis, millis < 0 || time.nanosSinceEpoch == nil else { return }
    let written = VectorBuilder<UInt8>()
    ISODate.append(millis: millis, to: written)
    // Java writes no fraction where it is zero.
    let text = String(decoding: written.buffer, as: UTF8.self).replacing(".000Z", with: "Z")
    throw EvaluationFailure(
      "java.lang.IllegalArgumentException: date[\(text)] is "
        + (millis < 0 ? "before the epoch in 1970" : "after 2262-04-11T23:47:16.854775807")
        + " and cannot be stored in nanosecond resolution")
  }

  private static func isTrue(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    value.count == 4 && zip(value, "true".utf8).allSatisfy { $0 | 0x20 == $1 }
  }

  private static func text(_ value: UnsafeBufferPointer<UInt8>) -> String { String(decoding: value, as: UTF8.self) }

  private func outOfRange(_ value: String) -> EvaluationFailure { Self.outOfRange(value, of: type) }

  private static func outOfRange(_ value: String, of type: DataType) -> EvaluationFailure {
    EvaluationFailure("org.elasticsearch.xpack.esql.core.InvalidArgumentException: [\(value)] out of [\(type.name)] range")
  }

  private func cannotParse(_ value: UnsafeBufferPointer<UInt8>) -> EvaluationFailure {
    EvaluationFailure("org.elasticsearch.xpack.esql.core.InvalidArgumentException: Cannot parse number [\(Self.text(value))]")
  }
}
