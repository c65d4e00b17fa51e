import Meanwhile
import MeanwhileData

/// The ends of the values of a range field, both part of the range, as JSON that a field of the ends' type takes.
struct RangeBounds: Sendable {
  private enum End {
    case whole(ClosedRange<Int64>)
    case fraction
    case date(DateFormat)
    case address
  }

  private let end: End
  /// The definition of a field for one end.
  let endMapping: JSONObject

  /// - Returns: nil where the field is none of ranges.
  init?(_ field: FieldMapping) {
    switch field.type {
    case .integerRange: (end, endMapping) = (.whole(Int64(Int32.min)...Int64(Int32.max)), ["type": "integer"])
    case .longRange: (end, endMapping) = (.whole(.min ... .max), ["type": "long"])
    case .floatRange, .doubleRange: (end, endMapping) = (.fraction, ["type": "double"])
    case .dateRange:
      let format = field.parameters["format"]?.string.flatMap { try? DateFormat($0) } ?? .standard
      (end, endMapping) = (.date(format), ["type": "date", "format": "epoch_millis"])
    case .ipRange: (end, endMapping) = (.address, ["type": "ip"])
    default: return nil
    }
  }

  /// - Returns: nil for a range that nothing lies in.
  /// - Throws: a parsing error (400) for what is no range.
  func ends(of value: JSONValue) throws(APIError) -> (lower: JSONValue, upper: JSONValue)? {
    if case .address = end, let text = value.string {
      guard let network = IPNetwork(parsing: text) else { throw Self.malformed(value) }
      return (Self.text(network.first), Self.text(network.last))
    }
    guard let range = value.object else { throw Self.malformed(value) }
    switch end {
    case .whole(let all):
      return try pair(range, all) { (value, _) throws(APIError) in
        guard let number = value.int ?? value.string.flatMap(NumberText.parseInt64) else { throw Self.malformed(value) }
        return number
      } render: {
        .integer($0)
      }
    case .fraction:
      return try pair(range) { value throws(APIError) in
        guard let number = value.double ?? value.string.flatMap(NumberText.parseDouble) else { throw Self.malformed(value) }
        return number
      }
    case .date(let format):
      // Far enough for any date, and well within what a field of milliseconds takes.
      return try pair(range, (.min / 2)...(.max / 2)) { (value, roundsUp) throws(APIError) in
        let text = value.string ?? value.int.map { String($0) } ?? ""
        guard let millis = format.parse(text, roundingUp: roundsUp)?.millis else { throw Self.malformed(value) }
        return millis
      } render: {
        .integer($0)
      }
    case .address:
      return try addresses(range)
    }
  }

  // MARK: By kind

  /// Ends that are counted: one that is not part of the range moves by one.
  private func pair(
    _ range: JSONObject, _ all: ClosedRange<Int64>, read: (JSONValue, _ roundsUp: Bool) throws(APIError) -> Int64,
    render: (Int64) -> JSONValue
  ) throws(APIError) -> (lower: JSONValue, upper: JSONValue)? {
    var (lower, upper) = (all.lowerBound, all.upperBound)
    if let value = range.end("gte") { lower = try read(value, false) }
    if let value = range.end("gt") {
      let (next, overflow) = try read(value, true).addingReportingOverflow(1)
      if overflow { return nil }
      lower = next
    }
    if let value = range.end("lte") { upper = try read(value, true) }
    if let value = range.end("lt") {
      let (next, overflow) = try read(value, false).subtractingReportingOverflow(1)
      if overflow { return nil }
      upper = next
    }
    return lower <= upper ? (render(lower), render(upper)) : nil
  }

  private func pair(
    _ range: JSONObject, read: (JSONValue) throws(APIError) -> Double
  ) throws(APIError) -> (lower: JSONValue, upper: JSONValue)? {
    var lower = -Double.greatestFiniteMagnitude
    var upper = Double.greatestFiniteMagnitude
    if let value = range.end("gte") { lower = try read(value) }
    if let value = range.end("gt") { lower = try read(value).nextUp }
    if let value = range.end("lte") { upper = try read(value) }
    if let value = range.end("lt") { upper = try read(value).nextDown }
    return lower <= upper ? (.double(lower), .double(upper)) : nil
  }

  private func addresses(_ range: JSONObject) throws(APIError) -> (lower: JSONValue, upper: JSONValue)? {
    func read(_ value: JSONValue) throws(APIError) -> IPAddress {
      guard let address = value.string.flatMap(IPAddress.init(parsing:)) else { throw Self.malformed(value) }
      return address
    }
    var lower = IPAddress(high: 0, low: 0)
    var upper = IPAddress(high: .max, low: .max)
    if let value = range.end("gte") { lower = try read(value) }
    if let value = range.end("gt") {
      guard let next = try read(value).next else { return nil }
      lower = next
    }
    if let value = range.end("lte") { upper = try read(value) }
    if let value = range.end("lt") {
      guard let previous = try read(value).previous else { return nil }
      upper = previous
    }
    return lower <= upper ? (Self.text(lower), Self.text(upper)) : nil
  }

  private static func text(_ address: IPAddress) -> JSONValue {
    let out = VectorBuilder<UInt8>(capacity: 40)
    address.appendText(to: out)
    return .string(String(decoding: out.buffer, as: UTF8.self))
  }

  private static func malformed(_ value: JSONValue) -> APIError {
    APIError(
      type: "document_parsing_exception", reason: "failed to parse range value [\(String(decoding: value.encoded(), as: UTF8.self))]",
      status: 400)
  }
}

extension JSONObject {
  /// An end of a range; one that is null is none.
  fileprivate func end(_ name: String) -> JSONValue? {
    self[name].flatMap { $0.isNull ? Optional.none : $0 }
  }
}

extension IPAddress {
  fileprivate var next: IPAddress? {
    if low < .max { return IPAddress(high: high, low: low + 1) }
    return high < .max ? IPAddress(high: high + 1, low: 0) : nil
  }

  fileprivate var previous: IPAddress? {
    if low > 0 { return IPAddress(high: high, low: low - 1) }
    return high > 0 ? IPAddress(high: high - 1, low: .max) : nil
  }
}
