import Meanwhile
import MeanwhileData

/// What an ES|QL query gives: a table, with what its response says besides.
public struct ESQLOutput: QueryOutput {
  public var table: Table
  public var isPartial: Bool
  /// Documents that the scans gave.
  public var documentsFound: Int
  /// Field values that were read.
  public var valuesLoaded: Int
  /// Texts of `Warning` headers, in order.
  public var warnings: [String]
  /// What the submit fixed for every later answer.
  public var presentation: Presentation

  public struct Presentation: Sendable, Hashable {
    /// One array a column instead of one a row.
    public var isColumnar = false
    /// Whether the response has a `profile`.
    public var includesProfile = false
    /// Whether the response has `_clusters`.
    public var includesClusters = false
    /// The zone in which dates are printed.
    public var timeZone = "UTC"
    /// How warnings name the server: `Elasticsearch-9.1.0-unknown`.
    public var warningAgent = ""

    public init() {}
  }

  public init(
    table: Table, isPartial: Bool, documentsFound: Int, valuesLoaded: Int, warnings: [String], presentation: Presentation = Presentation()
  ) {
    self.table = table
    self.isPartial = isPartial
    self.documentsFound = documentsFound
    self.valuesLoaded = valuesLoaded
    self.warnings = warnings
    self.presentation = presentation
  }
}

// MARK: - As a store keeps it

extension ESQLOutput {
  /// The length of what stands beside the table (4 bytes, little-endian), that as JSON, then the table's frames.
  public func encode() -> ChunkStream {
    let beside = besideTable.encoded()
    let length = (0..<4).map { UInt8(truncatingIfNeeded: beside.count >> ($0 * 8)) }
    let table = TableCodec.encode(table)
    return ChunkStream {
      let cursor = HeadedCursor(head: length + beside, table)
      return { try await cursor.next() }
    }
  }

  public static func decode(_ stored: ChunkStream) async throws -> ESQLOutput {
    var head: [UInt8] = []
    var rest: [[UInt8]] = []
    var length: Int?
    for try await chunk in stored {
      guard length == nil || head.count < 4 + (length ?? 0) else {
        rest.append(chunk)
        continue
      }
      head += chunk
      if length == nil, head.count >= 4 { length = head[..<4].reversed().reduce(0) { $0 << 8 | Int($1) } }
    }
    guard let length, head.count >= 4 + length, let beside = try? JSONValue.parse(head[4..<4 + length]) else { throw unreadable }
    if head.count > 4 + length { rest.insert(Array(head[(4 + length)...]), at: 0) }
    return try ESQLOutput(besideTable: beside, table: await TableCodec.decode(ChunkStream(rest)))
  }

  private static var unreadable: APIError { .internalFailure("a stored ES|QL result cannot be read") }

  private var besideTable: JSONValue {
    [
      "partial": .bool(isPartial), "documents": .integer(Int64(documentsFound)), "values": .integer(Int64(valuesLoaded)),
      "warnings": .array(warnings.map { .string($0) }), "columnar": .bool(presentation.isColumnar),
      "profile": .bool(presentation.includesProfile), "clusters": .bool(presentation.includesClusters),
      "time_zone": .string(presentation.timeZone), "agent": .string(presentation.warningAgent),
    ]
  }

  private init(besideTable beside: JSONValue, table: Table) throws(APIError) {
    guard let isPartial = beside["partial"]?.bool, let documents = beside["documents"]?.int, let values = beside["values"]?.int,
      let warnings = beside["warnings"]?.array, let isColumnar = beside["columnar"]?.bool, let profile = beside["profile"]?.bool,
      let clusters = beside["clusters"]?.bool, let timeZone = beside["time_zone"]?.string, let agent = beside["agent"]?.string
    else { throw Self.unreadable }
    self.init(
      table: table, isPartial: isPartial, documentsFound: Int(documents), valuesLoaded: Int(values), warnings: warnings.compactMap(\.string)
    )
    presentation.isColumnar = isColumnar
    presentation.includesProfile = profile
    presentation.includesClusters = clusters
    presentation.timeZone = timeZone
    presentation.warningAgent = agent
  }
}

/// A chunk, then those of a stream. An actor, since a stream's iterator is not `Sendable`; it has one consumer.
private actor HeadedCursor {
  private var head: [UInt8]?
  private var rest: ChunkStream.AsyncIterator?

  init(head: [UInt8], _ rest: ChunkStream) {
    self.head = head
    self.rest = rest.makeAsyncIterator()
  }

  func next() async throws -> [UInt8]? {
    if let first = head.take() { return first }
    guard var taken = rest.take() else { return nil }
    let chunk = try await taken.next(isolation: self)
    rest = taken
    return chunk
  }
}
