import MeanwhileData

extension DataType {
  /// The name that messages about types use: Elasticsearch calls a date `datetime` there.
  public var messageName: String { self == .date ? "datetime" : name }
}

extension Value {
  /// A short text for messages.
  func text(as type: DataType) -> String {
    switch self {
    case .null: "null"
    case .boolean(let value): String(value)
    case .long(let value): type == .unsignedLong ? String(UInt64(bitPattern: value ^ .min)) : String(value)
    case .double(let value): String(value)
    case .bytes(let bytes) where type == .ip: bytes.withUnsafeBufferPointer { IPAddress(bytes: $0)?.text ?? "\(bytes.count) bytes" }
    case .bytes(let bytes): type.isString ? String(decoding: bytes, as: UTF8.self) : "\(bytes.count) bytes"
    case .several(let values): "[" + values.map { $0.text(as: type) }.joined(separator: ", ") + "]"
    }
  }
}
