import Meanwhile
import MeanwhileData

/// Single values as JSON, the way documents would have them.
enum ValueRendering {
  /// - Parameter dateFormat: how dates are written; nil or one that cannot be read: ISO 8601 with milliseconds.
  static func json(_ value: Value, _ type: DataType, dateFormat: String? = nil) -> JSONValue {
    switch value {
    case .null: .null
    case .boolean(let flag): .bool(flag)
    case .double(let number): .double(number)
    case .long(let number): json(number, type, dateFormat)
    case .bytes(let bytes): .string(text(bytes, type))
    case .several(let values): .array(values.map { json($0, type, dateFormat: dateFormat) })
    }
  }

  private static func json(_ number: Int64, _ type: DataType, _ dateFormat: String?) -> JSONValue {
    switch type {
    case .unsignedLong:
      let whole = UnsignedLong.decode(number)
      return Int64(exactly: whole).map(JSONValue.integer) ?? .unsigned(whole)
    case .date, .dateNanos:
      if let dateFormat, let format = try? DateFormat(dateFormat) {
        return .string(format.text(type == .date ? EpochTime(millis: number) : EpochTime(nanosSinceEpoch: number)))
      }
      return .string(type == .date ? ISODate.text(millis: number) : ISODate.text(nanos: number))
    default: return .integer(number)
    }
  }

  private static func text(_ bytes: [UInt8], _ type: DataType) -> String {
    switch type {
    case .ip: bytes.withUnsafeBufferPointer { IPAddress(bytes: $0)?.text } ?? ""
    case .version: VersionKey.decoded(bytes)
    default: String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension JoinKey {
  /// As clients see it. Keys of sequences show dates as text, keys of samples as milliseconds (as Elasticsearch's aggregations do).
  func json(datesAsMillis: Bool) -> JSONValue {
    switch self {
    case .null: .null
    case .boolean(let flag): .bool(flag)
    case .integer(let number): .integer(number)
    case .unsigned(let number): .unsigned(number)
    case .decimal(let number): .double(number)
    case .string(let text), .ip(_, let text): .string(text)
    case .date(let millis): datesAsMillis ? .integer(millis) : .string(ISODate.text(millis: millis))
    case .dateNanos(let nanos): datesAsMillis ? .integer(nanos / 1_000_000) : .string(ISODate.text(nanos: nanos))
    }
  }
}
