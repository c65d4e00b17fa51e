/// A stretch of a query's text: byte offsets, and the 1-based place of its first character as messages and warnings write it.
struct SourceRange: Sendable, Hashable {
  /// Offset of the first byte.
  var start: Int
  /// Offset behind the last byte.
  var end: Int
  /// 1-based.
  var line: Int
  /// 1-based, in characters (Unicode scalars).
  var column: Int

  init(start: Int, end: Int, line: Int, column: Int) {
    self.start = start
    self.end = end
    self.line = line
    self.column = column
  }

  /// From this range's start to another's end.
  func through(_ last: SourceRange) -> SourceRange {
    SourceRange(start: start, end: max(end, last.end), line: line, column: column)
  }

  /// The empty range behind this one's last byte; right only within a line.
  var isEmpty: Bool { start == end }
}
