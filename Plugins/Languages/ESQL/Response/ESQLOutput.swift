import Meanwhile
import MeanwhileData

/// What an ES|QL query gives: a table, with what its response says besides.
public struct ESQLOutput: QueryOutput {
  /// The rows: in memory as the run gave them, or in the store.
  public var table: TableStream
  public var isPartial: Bool
  /// Documents that the scans gave.
  public var documentsFound: Int
  /// Field values that were read.
  public var valuesLoaded: Int
  /// Texts of `Warning` headers, in order.
  public var warnings: [String]
  /// What the submit fixed for every later answer.
  public var presentation: Presentation
  /// The member `profile` of the response, where it is asked for.
  var profile: JSONValue?

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
    self.init(
      table: TableStream(table), isPartial: isPartial, documentsFound: documentsFound, valuesLoaded: valuesLoaded, warnings: warnings,
      presentation: presentation)
  }

  init(
    table: TableStream, isPartial: Bool, documentsFound: Int, valuesLoaded: Int, warnings: [String], presentation: Presentation
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
    return TableCodec.encode(table, after: length + beside)
  }

  /// Reads what stands beside the table; the rows are read when they are asked for.
  public static func decode(_ stored: ChunkStream) async throws -> ESQLOutput {
    var head: [UInt8] = []
    var length = 0
    for try await chunk in stored {
      head += chunk
      if head.count >= 4 { length = head[..<4].reversed().reduce(0) { $0 << 8 | Int($1) } }
      if head.count >= 4 + length, length > 0 { break }
    }
    guard head.count >= 4 + length, length > 0, let beside = try? JSONValue.parse(head[4..<4 + length]) else { throw unreadable }
    // Results of earlier versions do not say how many rows they have.
    let rowCount = beside["rows"]?.int.flatMap { Int(exactly: $0) }
    return try ESQLOutput(besideTable: beside, table: await TableCodec.open(stored.dropping(4 + length), rowCount: rowCount))
  }

  private static var unreadable: APIError { .internalFailure("a stored ES|QL result cannot be read") }

  private var besideTable: JSONValue {
    [
      "rows": .integer(Int64(table.rowCount)), "partial": .bool(isPartial), "documents": .integer(Int64(documentsFound)),
      "values": .integer(Int64(valuesLoaded)),
      "warnings": .array(warnings.map { .string($0) }), "columnar": .bool(presentation.isColumnar),
      "profile": .bool(presentation.includesProfile), "clusters": .bool(presentation.includesClusters),
      "time_zone": .string(presentation.timeZone), "agent": .string(presentation.warningAgent), "profiled": profile ?? .null,
    ]
  }

  private init(besideTable beside: JSONValue, table: TableStream) throws(APIError) {
    guard let isPartial = beside["partial"]?.bool, let documents = beside["documents"]?.int, let values = beside["values"]?.int,
      let warnings = beside["warnings"]?.array, let isColumnar = beside["columnar"]?.bool, let profile = beside["profile"]?.bool,
      let clusters = beside["clusters"]?.bool, let timeZone = beside["time_zone"]?.string, let agent = beside["agent"]?.string
    else { throw Self.unreadable }
    self.init(
      table: table, isPartial: isPartial, documentsFound: Int(documents), valuesLoaded: Int(values),
      warnings: warnings.compactMap(\.string), presentation: Presentation())
    presentation.isColumnar = isColumnar
    presentation.includesProfile = profile
    presentation.includesClusters = clusters
    presentation.timeZone = timeZone
    presentation.warningAgent = agent
    if let profiled = beside["profiled"], !profiled.isNull { self.profile = profiled }
  }
}
