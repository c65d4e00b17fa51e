import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Computes aggregations by the engine's grouping: one pass over the documents for each bucket aggregation, grouped by its own key and the keys of those
/// around it, and what comes out put together as a tree.
struct AggregationRun {
  var compiler: SearchQueryCompiler
  let registry: FunctionRegistry
  var passes: any AggregationPasses
  let signals: QuerySignals
  let typesKeys: Bool

  /// The most buckets of an answer (Elasticsearch's `search.max_buckets`).
  static let bucketsMax = 65_536

  /// What there is under one combination of bucket keys.
  struct Level {
    var documentCount = 0
    /// By aggregation and part, such as `price` and `max`; for ordering by them.
    var metrics: [String: [String: Double]] = [:]
    /// The aggregations of the level, as the answer has them.
    var results = JSONObject()
  }

  /// A combination of bucket keys, outermost first.
  typealias Path = [Value]

  /// The object under `aggregations`.
  mutating func run(_ aggregations: [Aggregation], filter: Expression) async throws -> JSONObject {
    let levels = try await levels(aggregations, filter: filter, under: [])
    return levels[[]]?.results ?? empty(aggregations)
  }

  /// The levels under every combination of the keys of some buckets.
  private mutating func levels(_ aggregations: [Aggregation], filter: Expression, under keys: [Plan.Assignment]) async throws -> [Path:
    Level]
  {
    var levels = try await measure(aggregations, filter: filter, under: keys)
    for aggregation in aggregations {
      try signals.check()
      let results = try await results(of: aggregation, filter: filter, under: keys, levels: levels)
      for path in levels.keys {
        levels[path]?.results.append(name(of: aggregation), annotated(results[path] ?? empty(aggregation), aggregation))
      }
    }
    return levels
  }

  private func name(of aggregation: Aggregation) -> String {
    typesKeys ? "\(aggregation.typeName)#\(aggregation.name)" : aggregation.name
  }

  private func annotated(_ result: JSONObject, _ aggregation: Aggregation) -> JSONValue {
    guard let meta = aggregation.meta else { return .object(result) }
    var object: JSONObject = ["meta": meta]
    for member in result.members { object.append(member.name, member.value) }
    return .object(object)
  }

  // MARK: - Counting and measuring

  /// One pass: the documents of every combination of keys, and the metrics over them.
  private mutating func measure(_ aggregations: [Aggregation], filter: Expression, under keys: [Plan.Assignment]) async throws -> [Path:
    Level]
  {
    var aggregates = [try aggregate("count", [], name: "$count")]
    var parts: [(aggregation: String, part: String)] = []
    for aggregation in aggregations {
      guard case .metric(let metric, let field) = aggregation.kind, metric != .cardinality else { continue }
      guard let attribute = try self.attribute(field, for: metric) else { continue }
      let input: Expression = metric == .valueCount ? .column(attribute) : BucketKey.number(attribute)
      for part in metric.parts {
        aggregates.append(try aggregate(part.function, [input], name: aggregation.name + "." + part.name))
        parts.append((aggregation.name, part.name))
      }
    }
    let rows = try await execute(keys, aggregates, filter)
    var levels: [Path: Level] = [:]
    for (number, row) in rows.enumerated() {
      if number & 0x3FF == 0 { try signals.check() }
      let path = Path(row[aggregates.count...])
      if path.contains(.null) { continue }
      var level = Level()
      if case .long(let count) = row[0] { level.documentCount = Int(clamping: count) }
      for (index, part) in parts.enumerated() {
        switch row[index + 1] {
        case .double(let value): level.metrics[part.aggregation, default: [:]][part.part] = value
        case .long(let value): level.metrics[part.aggregation, default: [:]][part.part] = Double(value)
        default: break
        }
      }
      levels[path] = level
    }
    return levels
  }

  private func aggregate(_ name: String, _ arguments: [Expression], name output: String) throws -> Plan.Aggregate {
    do {
      let (function, resolution) = try registry.resolveAggregate(name, arguments)
      return Plan.Aggregate(
        attribute: Attribute(name: output, type: resolution.type), function: function, resolution: resolution, arguments: arguments)
    } catch {
      throw APIError.internalFailure(error.message)
    }
  }

  /// Rows of aggregates, then keys.
  private func execute(_ keys: [Plan.Assignment], _ aggregates: [Plan.Aggregate], _ filter: Expression) async throws -> [[Value]] {
    let scan = Plan.Scan(snapshots: compiler.fields.snapshots, columns: compiler.fields.columns, filter: filter)
    let plan = Plan.aggregate(.scan(scan), Plan.Aggregation(groups: keys, aggregates: aggregates))
    let table = try await passes.table(of: plan)
    guard table.rowCount <= Self.bucketsMax || keys.isEmpty else { throw Self.tooManyBuckets(table.rowCount) }
    return table.rows
  }

  static func tooManyBuckets(_ count: Int) -> APIError {
    APIError(
      type: "too_many_buckets_exception",
      reason:
        "Trying to create too many buckets. Must be less than or equal to: [\(bucketsMax)] but was [\(count)]. This limit can be set by "
        + "changing the [search.max_buckets] cluster level setting.", status: 400, metadata: ["max_buckets": .integer(Int64(bucketsMax))])
  }

  // MARK: - Fields

  private mutating func attribute(_ field: String, for metric: Aggregation.Metric) throws(APIError) -> Attribute? {
    let variants = compiler.variants(of: field)
    try compiler.fields.checkReadable()
    guard let variant = variants.first else { return nil }
    let type = variant.attribute.type
    switch metric {
    case .valueCount, .cardinality:
      guard type != .text else { throw .textFieldData(field, index: variant.index) }
    case .min, .max, .avg, .sum, .stats:
      guard type.isNumeric || type.isDate || type == .boolean else {
        throw .searchFailure(
          type: "illegal_argument_exception",
          "Field [\(field)] of type [\(variant.leaf.field.type.rawValue)] is not supported for aggregation [\(metric.rawValue)]",
          index: variant.index)
      }
    }
    return variant.attribute
  }

  private mutating func keyAttribute(_ field: String, _ type: String, _ accepts: (DataType) -> Bool) throws(APIError) -> Attribute? {
    if field == "_index" || field == "_id" { return compiler.metadata(field) }
    let variants = compiler.variants(of: field)
    try compiler.fields.checkReadable()
    guard let variant = variants.first else { return nil }
    guard variant.attribute.type != .text else { throw .textFieldData(field, index: variant.index) }
    guard accepts(variant.attribute.type) else {
      throw .searchFailure(
        type: "illegal_argument_exception",
        "Field [\(field)] of type [\(variant.leaf.field.type.rawValue)] is not supported for aggregation [\(type)]", index: variant.index)
    }
    return variant.attribute
  }

  // MARK: - Results

  private mutating func results(
    of aggregation: Aggregation, filter: Expression, under keys: [Plan.Assignment], levels: [Path: Level]
  ) async throws -> [Path: JSONObject] {
    switch aggregation.kind {
    case .metric(.cardinality, let field): return try await cardinality(field, filter: filter, under: keys)
    case .metric(let metric, let field):
      let type = try attribute(field, for: metric)?.type
      return levels.mapValues { metric.result($0.metrics[aggregation.name] ?? [:], type: type) }
    case .terms(let terms):
      guard let attribute = try keyAttribute(terms.field, "terms", { $0 != .geoPoint && $0 != .source }) else { return [:] }
      let buckets = try await buckets(aggregation, key: .column(attribute), type: attribute.type, filter: filter, under: keys)
      return buckets.mapValues { TermsBuckets(terms: terms, type: attribute.type, children: aggregation.children).result($0) }
    case .dateHistogram(let histogram):
      guard let attribute = try keyAttribute(histogram.field, "date_histogram", \.isDate) else { return [:] }
      let key = BucketKey.interval(histogram.interval, zone: histogram.zone, of: attribute)
      let buckets = try await buckets(aggregation, key: key, type: .date, filter: filter, under: keys)
      let blank = empty(aggregation.children)
      return try buckets.mapValues { try DateHistogramBuckets(histogram: histogram, blank: blank).result($0) }
    case .histogram(let histogram):
      guard let attribute = try keyAttribute(histogram.field, "histogram", \.isNumeric) else { return [:] }
      let key = BucketKey.interval(histogram.interval, offset: histogram.offset, of: attribute)
      let buckets = try await buckets(aggregation, key: key, type: .double, filter: filter, under: keys)
      let blank = empty(aggregation.children)
      return try buckets.mapValues { try HistogramBuckets(histogram: histogram, blank: blank).result($0) }
    case .filter(let query): return try await filtered(aggregation, query, filter: filter, under: keys)
    case .missing(let field):
      let absent = SearchQuery.bool(SearchQuery.Bool(mustNot: [.exists(field: field, boost: 1)]))
      return try await filtered(aggregation, absent, filter: filter, under: keys)
    case .filters(let filters): return try await filtered(aggregation, filters, filter: filter, under: keys, levels: levels)
    }
  }

  /// The buckets of an aggregation under every combination of the keys around it.
  private mutating func buckets(
    _ aggregation: Aggregation, key: Expression, type: DataType, filter: Expression, under keys: [Plan.Assignment]
  ) async throws -> [Path: [Bucket]] {
    let own = Plan.Assignment(Attribute(name: "$key\(keys.count)", type: type), key)
    let levels = try await levels(aggregation.children, filter: filter, under: keys + [own])
    var buckets: [Path: [Bucket]] = [:]
    for (path, level) in levels {
      guard let key = path.last else { continue }
      buckets[Path(path.dropLast()), default: []].append(Bucket(key: key, level: level))
    }
    return buckets
  }

  private mutating func filtered(
    _ aggregation: Aggregation, _ query: SearchQuery, filter: Expression, under keys: [Plan.Assignment]
  ) async throws -> [Path: JSONObject] {
    let levels = try await levels(aggregation.children, filter: both(filter, try compiler.condition(query)), under: keys)
    return levels.mapValues { Bucket.object($0, head: []) }
  }

  private mutating func filtered(
    _ aggregation: Aggregation, _ filters: [(name: String?, query: SearchQuery)], filter: Expression, under keys: [Plan.Assignment],
    levels parents: [Path: Level]
  ) async throws -> [Path: JSONObject] {
    var found: [[Path: JSONObject]] = []
    for item in filters { found.append(try await filtered(aggregation, item.query, filter: filter, under: keys)) }
    let blank = Bucket.object(Level(results: empty(aggregation.children)), head: [])
    var results: [Path: JSONObject] = [:]
    for path in parents.keys {
      let buckets = found.map { JSONValue.object($0[path] ?? blank) }
      if filters.first?.name == nil {
        results[path] = ["buckets": .array(buckets)]
      } else {
        var named = JSONObject()
        for (item, bucket) in zip(filters, buckets) { named.append(item.name ?? "", bucket) }
        results[path] = ["buckets": .object(named)]
      }
    }
    return results
  }

  private func both(_ left: Expression, _ right: Expression) throws -> Expression {
    do {
      return try registry.call(OperatorName.and, [left, right])
    } catch {
      throw APIError.internalFailure(error.message)
    }
  }

  /// Exact: grouped by the field too, and the groups counted.
  private mutating func cardinality(_ field: String, filter: Expression, under keys: [Plan.Assignment]) async throws -> [Path: JSONObject] {
    guard let attribute = try attribute(field, for: .cardinality) else { return [:] }
    let own = Plan.Assignment(Attribute(name: "$value", type: attribute.type), .column(attribute))
    let count = try aggregate("count", [], name: "$count")
    let scan = Plan.Scan(snapshots: compiler.fields.snapshots, columns: compiler.fields.columns, filter: filter)
    let groups = Plan.aggregate(.scan(scan), Plan.Aggregation(groups: keys + [own], aggregates: [count]))
    let outer = keys.map { Plan.Assignment(Attribute(name: $0.attribute.name, type: $0.attribute.type), .column($0.attribute)) }
    let distinct = try aggregate("count", [.column(own.attribute)], name: "$distinct")
    let table = try await passes.table(of: .aggregate(groups, Plan.Aggregation(groups: outer, aggregates: [distinct])))
    var results: [Path: JSONObject] = [:]
    for row in table.rows {
      guard case .long(let count) = row[0] else { continue }
      results[Path(row.dropFirst())] = ["value": .integer(count)]
    }
    return results
  }

  // MARK: - Nothing found

  /// What aggregations say of no documents.
  private func empty(_ aggregations: [Aggregation]) -> JSONObject {
    var object = JSONObject()
    for aggregation in aggregations { object.append(name(of: aggregation), annotated(empty(aggregation), aggregation)) }
    return object
  }

  private func empty(_ aggregation: Aggregation) -> JSONObject {
    switch aggregation.kind {
    case .metric(.cardinality, _): ["value": 0]
    case .metric(let metric, _): metric.result([:], type: nil)
    case .terms: ["doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": []]
    case .dateHistogram, .histogram: ["buckets": []]
    case .filter, .missing: Bucket.object(Level(results: empty(aggregation.children)), head: [])
    case .filters(let filters):
      ["buckets": .array(filters.map { _ in .object(Bucket.object(Level(results: empty(aggregation.children)), head: [])) })]
    }
  }
}

/// A bucket on its way into the answer.
struct Bucket {
  var key: Value
  var level: AggregationRun.Level

  /// `{head…, "doc_count":…, aggregations…}`.
  static func object(_ level: AggregationRun.Level, head: [(String, JSONValue)]) -> JSONObject {
    var object = JSONObject(head.map { JSONObject.Member(name: $0.0, value: $0.1) })
    object.append("doc_count", .integer(Int64(level.documentCount)))
    for member in level.results.members { object.append(member.name, member.value) }
    return object
  }
}

extension Aggregation.Metric {
  /// The engine's aggregates that it is made of.
  var parts: [(name: String, function: String)] {
    switch self {
    case .min: [("value", "min")]
    case .max: [("value", "max")]
    case .avg: [("value", "avg")]
    case .sum: [("value", "sum")]
    case .valueCount: [("value", "count")]
    case .stats: [("count", "count"), ("min", "min"), ("max", "max"), ("avg", "avg"), ("sum", "sum")]
    case .cardinality: []
    }
  }

  /// The metric as the answer has it. Missing parts are those of no values.
  func result(_ parts: [String: Double], type: DataType?) -> JSONObject {
    func number(_ part: String) -> JSONValue { parts[part].map(JSONValue.double) ?? .null }
    switch self {
    case .valueCount: return ["value": .integer(Int64(exactly: parts["value"] ?? 0) ?? 0)]
    case .cardinality: return ["value": 0]
    case .sum: return Self.dated(["value": .double(parts["value"] ?? 0)], type)
    case .min, .max, .avg: return Self.dated(["value": number("value")], type)
    case .stats:
      return [
        "count": .integer(Int64(exactly: parts["count"] ?? 0) ?? 0), "min": number("min"), "max": number("max"), "avg": number("avg"),
        "sum": .double(parts["sum"] ?? 0),
      ]
    }
  }

  /// A value of dates is shown as one too.
  private static func dated(_ result: JSONObject, _ type: DataType?) -> JSONObject {
    guard let type, type.isDate, let value = result["value"]?.double, let moment = Int64(exactly: value.rounded()) else { return result }
    var result = result
    result.append("value_as_string", .string(type == .date ? ISODate.text(millis: moment) : ISODate.text(nanos: moment)))
    return result
  }
}
