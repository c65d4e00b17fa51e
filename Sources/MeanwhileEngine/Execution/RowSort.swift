import Meanwhile
import MeanwhileData

/// Sorts all rows of a stage.
struct RowSort: Sendable {
  var keys: [Plan.SortKey]
  var expressions: [CompiledExpression]
  /// The columns of the rows.
  var layout: [Attribute]
  /// The columns that come out.
  var channels: [Int]

  func apply(to pages: [Page], _ scope: StageScope) throws -> [Page] {
    guard !pages.isEmpty else { return [] }
    // The rows side by side, their keys, and twice the entries that are moved.
    let size = pages.reduce(0) { $0 + $1.byteCount + $1.rowCount * (16 * keys.count + 32) }
    try scope.memory.reserve(size)
    defer { scope.memory.release(size) }
    let all = try pages.concatenated(layout, scope.signals)
    let frame = scope.frame.over(all)
    let order = try RowOrder(
      try expressions.map { expression in
        try scope.signals.check()
        return try expression.evaluate(frame)
      }, keys, scope.signals)
    let rows = try order.sorted(rowCount: all.rowCount, scope.signals)
    let output = all.selecting(channels)
    return try stride(from: 0, to: rows.count, by: Page.rowCountMax).map { start in
      try scope.signals.check()
      return output.gather(rows.slice(start..<min(rows.count, start + Page.rowCountMax)))
    }
  }
}
