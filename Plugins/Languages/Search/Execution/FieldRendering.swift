import Meanwhile
import MeanwhileData

/// How a value of a field is written in hits, sort values and buckets.
enum FieldRendering {
  /// A value as hits show it: dates as text.
  static func json(_ value: Value, type: DataType, format: DateFormat? = nil) -> JSONValue {
    switch (value, type) {
    case (.null, _): return .null
    case (.several(let values), _): return .array(values.map { json($0, type: type, format: format) })
    case (.boolean(let flag), _): return .bool(flag)
    case (.long(let long), .unsignedLong):
      let number = UnsignedLong.decode(long)
      return Int64(exactly: number).map(JSONValue.integer) ?? .unsigned(number)
    case (.long(let millis), .date): return .string(text(EpochTime(millis: millis), format))
    case (.long(let nanos), .dateNanos):
      return .string(format.map { text(EpochTime(nanosSinceEpoch: nanos), $0) } ?? ISODate.text(nanos: nanos))
    case (.long(let long), _): return .integer(long)
    case (.double(let double), _): return .double(double)
    case (.bytes(let bytes), .ip): return .string(bytes.withUnsafeBufferPointer { IPAddress(bytes: $0)?.text } ?? "")
    case (.bytes(let bytes), .version): return .string(VersionKey.decoded(bytes))
    case (.bytes(let bytes), .geoPoint), (.bytes(let bytes), .cartesianPoint):
      guard let point = bytes.withUnsafeBufferPointer({ GeometryPoint(wellKnownBinary: $0) }) else { return .null }
      return ["type": "Point", "coordinates": [.double(point.x), .double(point.y)]]
    case (.bytes(let bytes), .source): return (try? JSONValue.parse(bytes)) ?? .null
    case (.bytes(let bytes), _): return .string(String(decoding: bytes, as: UTF8.self))
    }
  }

  /// A value as sort values and bucket keys have it: dates as numbers, in their own unit.
  static func key(_ value: Value, type: DataType) -> JSONValue {
    switch (value, type) {
    case (.long(let moment), .date), (.long(let moment), .dateNanos), (.long(let moment), .document): .integer(moment)
    default: json(value, type: type)
    }
  }

  static func text(_ time: EpochTime, _ format: DateFormat?) -> String { (format ?? .standard).text(time) }

  /// A score: a float of 32 bits, in the fewest digits that mean it.
  static func score(_ score: Double) -> Double { Double(Float(score).description) ?? score }
}
