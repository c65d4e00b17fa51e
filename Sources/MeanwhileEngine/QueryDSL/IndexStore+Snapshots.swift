import Meanwhile
import MeanwhileData

extension IndexStore {
  /// A snapshot of each of some indices, without the documents that the filters of aliases keep back: to whoever reads it, these are as good as deleted.
  ///
  /// - Parameter now: what dates like `now-1d` in a filter count from.
  /// - Throws: `index_not_found_exception` (404); a failed search (400) for a filter that the index's fields do not allow.
  public func snapshots(of targets: [IndexResolver.Target], now: Timestamp) async throws -> [IndexSnapshot] {
    var snapshots: [IndexSnapshot] = []
    for target in targets {
      let whole = try await snapshot(of: target.name)
      snapshots.append(target.filters.isEmpty ? whole : try await whole.narrowed(to: target.filters, now: now))
    }
    return snapshots
  }
}

extension IndexSnapshot {
  fileprivate func narrowed(to filters: [JSONValue], now: Timestamp) async throws -> IndexSnapshot {
    let query = try SearchQuery(parsing: ["bool": ["should": .array(filters), "minimum_should_match": 1]])
    var hidden = segments.map { [UInt64](repeating: .max, count: ($0.segment.rowCount + 63) / 64) }
    for reference in try await SearchQuery.references(query, in: [self], now: now) {
      hidden[reference.segment][reference.row >> 6] &= ~(1 << UInt64(reference.row & 63))
    }
    var narrowed = self
    for (place, var words) in hidden.enumerated() {
      let rowCount = segments[place].segment.rowCount
      if rowCount % 64 != 0, let last = words.indices.last { words[last] &= (1 << UInt64(rowCount % 64)) - 1 }
      narrowed.segments[place].deleted = Bitmap(words: Vector(words), count: rowCount)
    }
    return narrowed
  }
}
