/// The messages of a stream: metadata in a FlatBuffer, and a body.
enum ArrowMessage {
  private static let version: Int16 = 4  // V5
  private static let marker: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]

  /// What a stream ends with.
  static let end = marker + [0, 0, 0, 0]

  enum Kind: UInt8 {
    case schema = 1
    case recordBatch = 3
  }

  static func schema(_ columns: [ArrowColumn]) -> [UInt8] {
    var buffer = FlatBuffer()
    let fields = columns.map { field($0, in: &buffer) }
    let list = buffer.vector(fields)
    let schema = buffer.table([(1, .reference(list))])
    return message(.schema, schema, &buffer, body: [])
  }

  private static func field(_ column: ArrowColumn, in buffer: inout FlatBuffer) -> FlatBuffer.Reference {
    let value = column.type.layout.write(to: &buffer)
    guard column.isList else {
      return field(column.name, value, isNullable: true, type: column.type.name, in: &buffer)
    }
    let child = field("$data$", value, isNullable: false, type: column.type.name, in: &buffer)
    let list = (number: ArrowType.Layout.listNumber, table: buffer.table([]))
    return field(column.name, list, isNullable: true, type: column.type.name, children: [child], in: &buffer)
  }

  private static func field(
    _ name: String, _ value: (number: UInt8, table: FlatBuffer.Reference), isNullable: Bool, type: String,
    children: [FlatBuffer.Reference] = [], in buffer: inout FlatBuffer
  ) -> FlatBuffer.Reference {
    let name = buffer.string(name)
    let key = buffer.string("elastic:type")
    let text = buffer.string(type)
    let entry = buffer.table([(0, .reference(key)), (1, .reference(text))])
    let metadata = buffer.vector([entry])
    let children = buffer.vector(children)
    return buffer.table([
      (0, .reference(name)), (1, .bool(isNullable)), (2, .byte(value.number)), (3, .reference(value.table)), (5, .reference(children)),
      (6, .reference(metadata)),
    ])
  }

  /// A message: a marker, the metadata's length, the metadata, the body; all at multiples of eight bytes.
  static func message(_ kind: Kind, _ header: FlatBuffer.Reference, _ buffer: inout FlatBuffer, body: [UInt8]) -> [UInt8] {
    let root = buffer.table([
      (0, .short(version)), (1, .byte(kind.rawValue)), (2, .reference(header)), (3, .long(Int64(body.count))),
    ])
    var metadata = buffer.finish(root)
    while metadata.count % 8 != 0 { metadata.append(0) }
    let length = UInt32(truncatingIfNeeded: metadata.count)
    return marker + (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(8 * $0)) } + metadata + body
  }
}
