import Meanwhile

/// A table whose pages come one at a time: from memory, or out of a store as they are asked for.
///
/// It may be read repeatedly. Each reading begins anew and holds a page at most, so that what it costs does not grow with the table.
public struct TableStream: Sendable {
  public let fields: [Table.Field]
  /// Rows in all, whatever part of them is read.
  public let rowCount: Int
  /// The rows that a reading gives, of all.
  public let range: Range<Int>
  private let source: TableReader.Source

  /// A table that is held in memory.
  public init(_ table: Table) {
    self.init(fields: table.fields, rowCount: table.rowCount, range: 0..<table.rowCount, .held(table.pages))
  }

  /// A table in the frames that ``TableCodec`` writes.
  init(fields: [Table.Field], rowCount: Int, stored: ChunkStream) {
    self.init(fields: fields, rowCount: rowCount, range: 0..<rowCount, .stored(stored))
  }

  private init(fields: [Table.Field], rowCount: Int, range: Range<Int>, _ source: TableReader.Source) {
    self.fields = fields
    self.rowCount = rowCount
    self.range = range
    self.source = source
  }

  /// Some of the rows: from one on, at most so many. What is beyond the last row is left out.
  public func rows(from offset: Int, limit: Int? = nil) -> TableStream {
    let start = min(max(0, offset), rowCount)
    let end = start + min(max(0, limit ?? .max), rowCount - start)
    return TableStream(fields: fields, rowCount: rowCount, range: start..<end, source)
  }

  /// Whether no page has to be waited for.
  var isImmediate: Bool {
    switch source {
    case .held: true
    case .stored(let bytes): bytes.isImmediate
    }
  }

  /// Begins a reading.
  public func read() -> TableReader {
    TableReader(source, fields: fields, range: range, isToTheEnd: range.upperBound == rowCount)
  }

  /// The whole of what a reading gives, in memory.
  public func collect() async throws -> Table {
    var table = Table(fields: fields)
    let reader = read()
    while let page = try await reader.next() { table.pages.append(page) }
    return table
  }
}
