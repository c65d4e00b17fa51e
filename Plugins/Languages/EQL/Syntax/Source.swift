/// Where a piece of a query stands: 1-based line and column (in Unicode scalars) of its start, and the bytes it covers.
struct Source: Sendable, Hashable {
  var line: Int
  var column: Int
  /// Byte offsets into the query's UTF-8.
  var bytes: Range<Int>

  /// From the start of one piece to the end of another.
  func through(_ end: Source) -> Source {
    Source(line: line, column: column, bytes: bytes.lowerBound..<max(bytes.lowerBound, end.bytes.upperBound))
  }

  /// A place that no part of the query text stands for, such as a field named by the request's body.
  static let none = Source(line: -1, column: -1, bytes: 0..<0)
}
