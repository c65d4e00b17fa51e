import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Writes the `hits` object of a response. Sources are copied as they are stored.
struct HitWriter {
  private let snapshots: [IndexSnapshot]
  private let fields: [EQLPreparedQuery.FetchedField]
  private let signals: QuerySignals
  /// For a segment of the scan, its snapshot and itself.
  private let segments: [(index: String, segment: Segment)]
  private var pieces: [[UInt8]] = []
  private var buffer: [UInt8] = []

  /// Events with the same key values that make up a sequence or sample.
  struct Group {
    var keys: [JSONValue]
    /// Nil where a missing event stands.
    var documents: [DocumentReference?]
  }

  init(snapshots: [IndexSnapshot], fields: [EQLPreparedQuery.FetchedField], signals: QuerySignals) {
    self.snapshots = snapshots
    self.fields = fields
    self.signals = signals
    segments = snapshots.flatMap { snapshot in snapshot.segments.map { (snapshot.definition.name, $0.segment) } }
  }

  /// - Parameter total: all events that fit, those beyond the ones given included.
  mutating func writeEvents(_ documents: [DocumentReference], total: Int, memory: MemoryBudget) throws {
    var held = 0
    defer { memory.release(held) }
    begin(total: total)
    append("\"events\":[")
    for (index, document) in documents.enumerated() {
      if index > 0 { append(",") }
      try write(document)
      try flush(memory, &held)
    }
    append("]}")
  }

  mutating func writeSequences(_ groups: [Group], memory: MemoryBudget) throws {
    var held = 0
    defer { memory.release(held) }
    begin(total: groups.count)
    append("\"sequences\":[")
    for (index, group) in groups.enumerated() {
      if index > 0 { append(",") }
      append("{")
      if !group.keys.isEmpty {
        append("\"join_keys\":")
        buffer.append(contentsOf: JSONValue.array(group.keys).encoded())
        append(",")
      }
      append("\"events\":[")
      for (place, document) in group.documents.enumerated() {
        if place > 0 { append(",") }
        if let document { try write(document) } else { append(Self.missingEvent) }
        try flush(memory, &held)
      }
      append("]}")
    }
    append("]}")
  }

  /// The JSON text in pieces.
  mutating func finish() -> [[UInt8]] {
    if !buffer.isEmpty { pieces.append(buffer) }
    buffer = []
    return pieces
  }

  // MARK: - Pieces

  private static let missingEvent = #"{"_index":"","_id":"","_source":{},"missing":true}"#
  private static let pieceBytes = 64 << 10

  private mutating func append(_ text: String) { buffer.append(contentsOf: text.utf8) }

  private mutating func begin(total: Int) {
    append("{\"total\":{\"value\":\(total),\"relation\":\"eq\"},")
  }

  private mutating func flush(_ memory: MemoryBudget, _ held: inout Int) throws {
    try signals.check()
    guard buffer.count >= Self.pieceBytes else { return }
    try memory.reserve(buffer.count)
    held += buffer.count
    pieces.append(buffer)
    buffer = []
    buffer.reserveCapacity(Self.pieceBytes)
  }

  private mutating func write(_ document: DocumentReference) throws {
    guard document.segment < segments.count, document.row < segments[document.segment].segment.rowCount else {
      throw APIError.internalFailure("a document that is not there")
    }
    let (index, segment) = segments[document.segment]
    append("{\"_index\":")
    JSONText.append(quoting: index, to: &buffer)
    append(",\"_id\":")
    let id = try segment.column(MetadataField.id)?.value(atRow: document.row)
    if case .bytes(let bytes)? = id {
      bytes.withUnsafeBufferPointer { JSONText.append(quoting: $0, to: &buffer) }
    } else {
      append("null")
    }
    append(",\"_source\":")
    if try segment.sourceReader() == nil { append("{}") } else { buffer.append(contentsOf: try segment.source(ofRow: document.row)) }
    try writeFields(of: segment, row: document.row)
    append("}")
  }

  private mutating func writeFields(of segment: Segment, row: Int) throws {
    var object = JSONObject()
    for field in fields {
      guard let column = try segment.column(field.path) else { continue }
      let values = column.slots(ofRow: row).map { ValueRendering.json(column.value(inSlot: $0), column.type, dateFormat: field.dateFormat) }
      if !values.isEmpty { object.append(field.name, .array(values)) }
    }
    guard !object.isEmpty else { return }
    append(",\"fields\":")
    buffer.append(contentsOf: JSONValue.object(object).encoded())
  }
}
