import MeanwhileData

/// A limit that a row's value in one column must not lie beyond, for the row to be among the first of a sort.
struct RowBound: Sendable {
  enum Limit: Sendable {
    case long(Int64)
    case double(Double)
  }

  /// Of the pipeline's source.
  var channel: Int
  var limit: Limit
  /// Whether values must not be above the limit, rather than below it.
  var isAscending: Bool
  /// Whether a row without a value meets it.
  var isMetByNull: Bool

  /// Whether a row of a block may meet it.
  func mayBeMet(in blocks: BlockBounds, block: Int) -> Bool {
    if isMetByNull, blocks.hasNulls[block] != 0 { return true }
    switch (blocks.values, limit) {
    case (.longs(let least, let greatest), .long(let limit)):
      return isAscending ? least[block] <= limit : greatest[block] >= limit
    case (.doubles(let least, let greatest), .double(let limit)):
      return isAscending ? least[block] <= limit : greatest[block] >= limit
    default: return true
    }
  }
}
