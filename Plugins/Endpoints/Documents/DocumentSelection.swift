import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// The documents of some indices that a query means: found once, read in batches, unmoved by what is written meanwhile.
struct DocumentSelection: Sendable {
  struct Document: Sendable {
    var index: String
    var id: String
    var version: Int64
    var sequenceNumber: Int64
    var source: [UInt8]
  }

  private let views: [(index: String, segment: Segment)]
  private let references: [DocumentReference]

  /// - Parameters:
  ///   - query: all documents where nil.
  ///   - limit: the most documents to find; nil for all.
  /// - Throws: a failed search (400) for a value that its field cannot have.
  init(_ query: SearchQuery?, in snapshots: [IndexSnapshot], limit: Int? = nil, session: Session) async throws {
    views = snapshots.flatMap { snapshot in snapshot.segments.map { (snapshot.definition.name, $0.segment) } }
    references = try await SearchQuery.references(query, in: snapshots, limit: limit, now: session.service.environment.time.now())
  }

  var count: Int { references.count }

  /// So many documents are read at a time.
  static let batchSize = 1_000

  /// The places of the documents, batch by batch.
  var batches: [Range<Int>] {
    stride(from: 0, to: count, by: Self.batchSize).map { $0..<min(count, $0 + Self.batchSize) }
  }

  /// - Throws: a 500 where the data is damaged.
  func documents(_ places: Range<Int>) throws -> [Document] {
    var documents: [Document] = []
    documents.reserveCapacity(places.count)
    var rows: SegmentRows?
    for reference in references[places] {
      if rows?.number != reference.segment { rows = try SegmentRows(reference.segment, of: views[reference.segment].segment) }
      if let document = try rows?.document(reference.row, index: views[reference.segment].index) { documents.append(document) }
    }
    return documents
  }

  /// The metadata columns of a segment.
  private struct SegmentRows {
    let number: Int
    private let ids: BytesVector
    private var sources: SourceReader
    private let versions: Vector<Int64>
    private let sequenceNumbers: Vector<Int64>

    init(_ number: Int, of segment: Segment) throws {
      self.number = number
      guard case .bytes(let ids)? = try segment.column(MetadataField.id)?.values,
        let sources = try segment.sourceReader(),
        case .longs(let versions)? = try segment.column(MetadataField.version)?.values,
        case .longs(let sequenceNumbers)? = try segment.column(MetadataField.sequenceNumber)?.values
      else { throw APIError.internalFailure("a segment lacks its documents") }
      (self.ids, self.sources, self.versions, self.sequenceNumbers) = (ids, sources, versions, sequenceNumbers)
    }

    mutating func document(_ row: Int, index: String) throws -> Document {
      let source = VectorBuilder<UInt8>(capacity: 512)
      try sources.append(row: row, to: source)
      return Document(
        index: index, id: ids.string(row), version: versions[row], sequenceNumber: sequenceNumbers[row], source: Array(source.buffer))
    }
  }
}
