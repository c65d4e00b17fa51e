import Meanwhile
import MeanwhileData

/// Orders and cuts the buckets of a `terms` aggregation.
struct TermsBuckets {
  let terms: Aggregation.Terms
  let type: DataType
  let children: [Aggregation]

  func result(_ buckets: [Bucket]) -> JSONObject {
    let kept = buckets.filter { $0.level.documentCount >= terms.minimumCount }.sorted(by: precedes)
    let shown = kept.prefix(terms.size)
    let others = kept.dropFirst(terms.size).reduce(0) { $0 + $1.level.documentCount }
    return [
      "doc_count_error_upper_bound": 0, "sum_other_doc_count": .integer(Int64(others)),
      "buckets": .array(shown.map { .object(Bucket.object($0.level, head: head($0.key))) }),
    ]
  }

  private func head(_ key: Value) -> [(String, JSONValue)] {
    if case .boolean(let flag) = key { return [("key", .integer(flag ? 1 : 0)), ("key_as_string", .string(flag ? "true" : "false"))] }
    guard type.isDate else { return [("key", FieldRendering.key(key, type: type))] }
    return [("key", FieldRendering.key(key, type: type)), ("key_as_string", FieldRendering.json(key, type: type))]
  }

  /// Equal buckets go by their keys, ascending.
  private func precedes(_ left: Bucket, _ right: Bucket) -> Bool {
    for order in terms.order {
      switch order {
      case .count(let isAscending):
        if left.level.documentCount != right.level.documentCount {
          return (left.level.documentCount < right.level.documentCount) == isAscending
        }
      case .key(let isAscending):
        if left.key != right.key { return left.key.precedes(right.key) == isAscending }
      case .metric(let name, let part, let isAscending):
        let (first, second) = (value(left, name, part), value(right, name, part))
        if first == second { continue }
        // Buckets without a value come last, whatever the order.
        guard let first else { return false }
        guard let second else { return true }
        return (first < second) == isAscending
      }
    }
    return left.key.precedes(right.key)
  }

  private func value(_ bucket: Bucket, _ name: String, _ part: String?) -> Double? {
    bucket.level.metrics[name]?[part ?? "value"]
      ?? bucket.level.results[name].flatMap { $0["value"]?.double ?? (part == nil ? $0["doc_count"]?.double : nil) }
  }
}

extension Value {
  /// The order of two keys of one type.
  func precedes(_ other: Value) -> Bool {
    switch (self, other) {
    case (.long(let left), .long(let right)): left < right
    case (.double(let left), .double(let right)): left < right
    case (.boolean(let left), .boolean(let right)): !left && right
    case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
    default: false
    }
  }
}
