import Meanwhile
import MeanwhileData

/// Turns the values of a query into tests of a field's values, by the field's type.
struct FieldValueReader {
  var variant: SearchFields.Variant
  /// The moment of `now`.
  var nowMillis: Int64

  private var type: DataType { variant.attribute.type }

  /// A value as text, the way string fields and date expressions take it.
  static func text(_ value: JSONValue) -> String { value.string ?? value.text() }

  /// A text as the field's normalizer leaves it, for documents were so read.
  private func normalized(_ text: String) -> String {
    variant.leaf.field.parameters["normalizer"]?.string == "lowercase" ? text.lowercased() : text
  }

  // MARK: - Equality

  /// A test for any of some values.
  ///
  /// - Throws: a failed search (400) for a value that the field's type cannot have.
  func equals(_ values: [JSONValue]) throws(APIError) -> ValueTest {
    switch type {
    case .keyword, .text: return .bytes(.oneOf(values.map { Array(normalized(Self.text($0)).utf8) }))
    case .version: return .bytes(.oneOf(values.map { VersionKey.encoded(Self.text($0)) }))
    case .integer, .long, .unsignedLong:
      var wanted: [Int64] = []
      for value in values {
        if let long = try long(value) { wanted.append(long) }
      }
      return .longs(.oneOf(wanted.sorted()))
    case .double:
      var wanted: [Double] = []
      for value in values { wanted.append(try double(value)) }
      return .doubles(.oneOf(wanted))
    case .boolean:
      var accepts = (no: false, yes: false)
      for value in values { if try boolean(value) { accepts.yes = true } else { accepts.no = true } }
      return .booleans(acceptsFalse: accepts.no, acceptsTrue: accepts.yes)
    case .date, .dateNanos: return try dates(values)
    case .ip:
      var ranges: [(low: Vector<UInt8>, high: Vector<UInt8>)] = []
      for value in values {
        let network = try network(Self.text(value))
        ranges.append((Vector(network.first.bytes), Vector(network.last.bytes)))
      }
      return .bytes(.ranges(ranges))
    default:
      throw .searchFailure(
        "Field [\(variant.leaf.path)] of type [\(variant.leaf.field.type.rawValue)] does not support term queries", index: variant.index)
    }
  }

  /// A date stands for all that it covers: `2020-01-01` for the whole day.
  private func dates(_ values: [JSONValue]) throws(APIError) -> ValueTest {
    let math = try dateMath(format: nil, zone: nil)
    var exact: [Int64] = []
    for value in values {
      let low = try moment(value, math, roundingUp: false)
      let high = try moment(value, math, roundingUp: true)
      guard let low, let high else { continue }
      if values.count == 1 { return .longs(.range(low, high)) }
      exact.append(low)
    }
    return .longs(.oneOf(exact.sorted()))
  }

  // MARK: - Ranges

  func range(_ range: SearchQuery.Range) throws(APIError) -> ValueTest {
    switch type {
    case .keyword, .text: return .bytes(bytesRange(range) { Array(Self.text($0).utf8) })
    case .version: return .bytes(bytesRange(range) { VersionKey.encoded(Self.text($0)) })
    case .integer, .long, .unsignedLong:
      guard let low = try longBound(range.lower, isLower: true, includes: range.includesLower),
        let high = try longBound(range.upper, isLower: false, includes: range.includesUpper)
      else { return .none }
      return .longs(.range(low, high))
    case .double:
      let low = try range.lower.map { value throws(APIError) in try double(value) }
      let high = try range.upper.map { value throws(APIError) in try double(value) }
      return .doubles(
        .range(
          low: low ?? -.infinity, includesLow: low == nil || range.includesLower, high: high ?? .infinity,
          includesHigh: high == nil || range.includesUpper))
    case .date, .dateNanos:
      let math = try dateMath(format: range.format, zone: range.timeZone)
      // `gt` and `lte` mean the end of what the date covers, `gte` and `lt` its start.
      var low = Int64.min
      var high = Int64.max
      if let lower = range.lower, let moment = try moment(lower, math, roundingUp: !range.includesLower) {
        guard range.includesLower || moment < .max else { return .none }
        low = range.includesLower ? moment : moment + 1
      }
      if let upper = range.upper, let moment = try moment(upper, math, roundingUp: range.includesUpper) {
        guard range.includesUpper || moment > .min else { return .none }
        high = range.includesUpper ? moment : moment - 1
      }
      return .longs(.range(low, high))
    case .ip:
      let low = try range.lower.map { value throws(APIError) in Vector(try network(Self.text(value)).first.bytes) }
      let high = try range.upper.map { value throws(APIError) in Vector(try network(Self.text(value)).last.bytes) }
      return .bytes(.range(low: low, includesLow: range.includesLower, high: high, includesHigh: range.includesUpper))
    case .boolean:
      let low = try range.lower.map { value throws(APIError) in try boolean(value) ? 1 : 0 } ?? 0
      let high = try range.upper.map { value throws(APIError) in try boolean(value) ? 1 : 0 } ?? 1
      func accepts(_ value: Int) -> Bool {
        (range.includesLower || range.lower == nil ? value >= low : value > low)
          && (range.includesUpper || range.upper == nil ? value <= high : value < high)
      }
      return .booleans(acceptsFalse: accepts(0), acceptsTrue: accepts(1))
    default:
      throw .searchFailure(
        "Field [\(variant.leaf.path)] of type [\(variant.leaf.field.type.rawValue)] does not support range queries", index: variant.index)
    }
  }

  private func bytesRange(_ range: SearchQuery.Range, _ encode: (JSONValue) -> [UInt8]) -> ValueTest.BytesTest {
    .range(
      low: range.lower.map { Vector(encode($0)) }, includesLow: range.includesLower, high: range.upper.map { Vector(encode($0)) },
      includesHigh: range.includesUpper)
  }

  // MARK: - Values of a type

  private func failure(_ reason: String, _ cause: String) -> APIError {
    .searchFailure(
      "failed to create query: \(reason)", index: variant.index, causedBy: APIError(type: cause, reason: reason, status: 400))
  }

  /// A whole number in the column's layout; nil for a number that no value can be equal to.
  private func long(_ value: JSONValue) throws(APIError) -> Int64? {
    let text = Self.text(value)
    if type == .unsignedLong {
      if let number = NumberText.parseUInt64(text) { return UnsignedLong.encode(number) }
    } else if let number = NumberText.parseInt64(text) {
      return number
    }
    guard let number = NumberText.parseDouble(text) else { throw failure("For input string: \"\(text)\"", "number_format_exception") }
    if type == .unsignedLong { return UInt64(exactly: number).map(UnsignedLong.encode) }
    return Int64(exactly: number)
  }

  /// A bound of whole numbers, both ends included; nil where nothing is within it.
  private func longBound(_ value: JSONValue?, isLower: Bool, includes: Bool) throws(APIError) -> Int64? {
    guard let value else { return isLower ? .min : .max }
    if let exact = try long(value) {
      if includes { return exact }
      let (next, overflow) = isLower ? exact.addingReportingOverflow(1) : exact.subtractingReportingOverflow(1)
      return overflow ? nil : next
    }
    // A number between two whole ones, or beyond all of them.
    guard let number = NumberText.parseDouble(Self.text(value)) else { return nil }
    let rounded = isLower ? number.rounded(.up) : number.rounded(.down)
    if type == .unsignedLong {
      if let whole = UInt64(exactly: rounded) { return UnsignedLong.encode(whole) }
      let isInside = isLower ? rounded < 0 : rounded > 0
      return isInside ? (isLower ? .min : .max) : nil
    }
    if let whole = Int64(exactly: rounded) { return whole }
    let isInside = isLower ? rounded < 0 : rounded > 0
    return isInside ? (isLower ? .min : .max) : nil
  }

  private func double(_ value: JSONValue) throws(APIError) -> Double {
    let text = Self.text(value)
    guard let number = value.double ?? NumberText.parseDouble(text) else {
      throw failure("For input string: \"\(text)\"", "number_format_exception")
    }
    // Narrow floats are kept as the nearest they can hold, so what is asked for is rounded alike.
    switch variant.leaf.field.type {
    case .float: return Double(Float(number))
    default: return number
    }
  }

  private func boolean(_ value: JSONValue) throws(APIError) -> Bool {
    switch Self.text(value) {
    case "true": return true
    case "false", "": return false
    case let other: throw failure("Can't parse boolean value [\(other)], expected [true] or [false]", "illegal_argument_exception")
    }
  }

  private func network(_ text: String) throws(APIError) -> IPNetwork {
    if let address = IPAddress(parsing: text), let network = IPNetwork(address: address, prefixLength: 128) { return network }
    guard let network = IPNetwork(parsing: text) else {
      throw failure("'\(text)' is not an IP string literal.", "illegal_argument_exception")
    }
    return network
  }

  private func dateMath(format: String?, zone: String?) throws(APIError) -> DateMath {
    let name = format ?? variant.leaf.field.parameters["format"]?.string
    var math = DateMath(nowMillis: nowMillis)
    if let name {
      do {
        math.format = try DateFormat(name)
      } catch {
        throw .illegalArgument("Invalid format: [\(name)]: \(error.reason)")
      }
    }
    if let zone {
      guard let rules = TimeZoneRules(id: zone) else { throw .illegalArgument("The datetime zone id '\(zone)' is not recognised") }
      math.zone = rules
    }
    return math
  }

  /// A moment in the column's unit; at its end for what lies beyond what 64 bits hold.
  private func moment(_ value: JSONValue, _ math: DateMath, roundingUp: Bool) throws(APIError) -> Int64? {
    let time: EpochTime
    do {
      time = try math.evaluate(Self.text(value), roundingUp: roundingUp)
    } catch {
      throw .searchFailure(
        type: "parse_exception", error.reason, index: variant.index,
        causedBy: APIError(type: "illegal_argument_exception", reason: error.reason, status: 400))
    }
    if type == .date { return time.millis }
    return time.nanosSinceEpoch ?? (time.seconds < 0 ? .min : .max)
  }
}
