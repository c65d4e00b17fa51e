import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Writes the hits of a search: the documents behind the references that its plan gave.
struct HitFetcher {
  private let request: SearchRequest
  private let views: [(index: IndexDefinition, view: SegmentView)]
  private let fields: [(path: String, format: DateFormat?)]

  init(_ request: SearchRequest, snapshots: [IndexSnapshot], fieldPaths: [String]) throws(APIError) {
    self.request = request
    views = snapshots.flatMap { snapshot in snapshot.segments.map { (snapshot.definition, $0) } }
    var found: [(path: String, format: DateFormat?)] = []
    for field in request.fields {
      let format = try field.format.map { name throws(APIError) in try SearchSort.format(name) }
      for path in fieldPaths where path == field.pattern || Wildcard.matches(field.pattern, path) { found.append((path, format)) }
    }
    fields = found
  }

  /// One hit.
  struct Hit {
    var document: DocumentReference
    /// Nil where the search has no scores.
    var score: Double?
    /// Present where the search has a sort of its own.
    var sort: JSONValue?
  }

  /// Appends a hit as a JSON object.
  ///
  /// - Throws: a 500 where the data is damaged.
  func append(_ hit: Hit, to out: VectorBuilder<UInt8>) throws {
    guard hit.document.segment < views.count else { throw APIError.internalFailure("a hit names a segment that there is none of") }
    let (index, view) = views[hit.document.segment]
    let row = hit.document.row
    out.append("{\"_index\":")
    out.append(json: .string(index.name))
    out.append(",\"_id\":")
    out.append(json: try value(MetadataField.id, view, row) ?? .null)
    if request.showsVersion {
      out.append(",\"_version\":")
      out.append(json: try value(MetadataField.version, view, row) ?? .null)
    }
    if request.showsSequenceNumber {
      out.append(",\"_seq_no\":")
      out.append(json: try value(MetadataField.sequenceNumber, view, row) ?? .null)
      out.append(",\"_primary_term\":1")
    }
    out.append(",\"_score\":")
    out.append(json: hit.score.map { .double(FieldRendering.score($0)) } ?? .null)
    if let ignored = try value(MetadataField.ignored, view, row) {
      out.append(",\"_ignored\":")
      out.append(json: ignored.array == nil ? .array([ignored]) : ignored)
    }
    try appendSource(view, row, to: out)
    try appendFields(view, row, to: out)
    if let sort = hit.sort {
      out.append(",\"sort\":")
      out.append(json: sort)
    }
    out.append("}")
  }

  private func value(_ path: String, _ view: SegmentView, _ row: Int, format: DateFormat? = nil) throws -> JSONValue? {
    guard let column = try view.segment.column(path), row < column.rowCount else { return Optional.none }
    let value = column.value(atRow: row)
    // Nil is said in full: the literal would be JSON's null.
    guard value != .null else { return Optional.none }
    return FieldRendering.json(value, type: column.type, format: format)
  }

  private func appendSource(_ view: SegmentView, _ row: Int, to out: VectorBuilder<UInt8>) throws {
    guard request.source.isShown, var sources = try view.segment.sourceReader() else { return }
    out.append(",\"_source\":")
    guard !request.source.isWhole else { return try sources.append(row: row, to: out) }
    let source = VectorBuilder<UInt8>(capacity: 512)
    try sources.append(row: row, to: source)
    let document = (try? JSONValue.parse(source.buffer))?.object ?? [:]
    out.append(json: .object(request.source.apply(document)))
  }

  private func appendFields(_ view: SegmentView, _ row: Int, to out: VectorBuilder<UInt8>) throws {
    var found = JSONObject()
    for field in fields {
      guard let value = try value(field.path, view, row, format: field.format), found[field.path] == nil else { continue }
      found.append(field.path, value.array == nil ? .array([value]) : value)
    }
    guard !found.isEmpty else { return }
    out.append(",\"fields\":")
    out.append(json: .object(found))
  }
}

extension VectorBuilder<UInt8> {
  func append(_ text: StaticString) { text.withUTF8Buffer { append(contentsOf: $0) } }

  func append(json value: JSONValue) { value.encoded().withUnsafeBufferPointer { append(contentsOf: $0) } }
}
