import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension Aggregation {
  /// How deep aggregations may nest.
  static let depthMax = 16

  /// Reads the object under `aggs`.
  static func list(parsing json: JSONValue, at location: JSONLocation?, depth: Int = 0) throws(APIError) -> [Aggregation] {
    guard depth < depthMax else { throw .illegalArgument("aggregations nest deeper than [\(depthMax)] levels") }
    guard let object = json.object else { throw failure("Found [\(json.text())] in [aggs], expected an object", at: location) }
    var found: [Aggregation] = []
    for member in object.members {
      guard member.name.allSatisfy({ $0 != "[" && $0 != "]" && $0 != ">" }), !member.name.isEmpty else {
        throw failure(
          "Invalid aggregation name [\(member.name)]. Aggregation names can contain any character except '[', ']', and '>'",
          at: member.location)
      }
      found.append(try one(member, depth: depth))
    }
    return found
  }

  private static func failure(_ reason: String, at location: JSONLocation?) -> APIError {
    var metadata = JSONObject()
    if let location { metadata = ["line": .integer(Int64(location.line)), "col": .integer(Int64(location.column))] }
    return APIError(type: "parsing_exception", reason: reason, status: 400, metadata: metadata)
  }

  private static func one(_ member: JSONObject.Member, depth: Int) throws(APIError) -> Aggregation {
    guard let object = member.value.object else {
      throw failure("Aggregation definition for [\(member.name)] starts with something else than an object", at: member.location)
    }
    var kind: Kind?
    var children: [Aggregation] = []
    var meta: JSONValue?
    for part in object.members {
      switch part.name {
      case "aggs", "aggregations": children = try list(parsing: part.value, at: part.location, depth: depth + 1)
      case "meta": meta = part.value
      default:
        guard kind == nil else {
          throw failure("Found two aggregation type definitions in [\(member.name)]", at: part.location)
        }
        kind = try self.kind(part)
      }
    }
    guard let kind else { throw failure("Missing definition for aggregation [\(member.name)]", at: member.location) }
    if !kind.isBucket, !children.isEmpty {
      throw APIError(
        type: "aggregation_initialization_exception",
        reason: "Aggregator [\(member.name)] of type [\(object.names.first ?? "")] cannot accept sub-aggregations", status: 500)
    }
    return Aggregation(name: member.name, kind: kind, children: children, meta: meta)
  }

  private static func kind(_ part: JSONObject.Member) throws(APIError) -> Kind {
    if part.name == "filter" { return .filter(try SearchQuery(parsing: part.value, at: part.location)) }
    guard let body = part.value.object else { throw failure("[\(part.name)] aggregation must be an object", at: part.location) }
    let options = AggregationOptions(type: part.name, body: body, location: part.location)
    if let metric = Metric(rawValue: part.name) {
      try options.checkNames(["field", "format", "precision_threshold"])
      return .metric(metric, field: try options.field())
    }
    switch part.name {
    case "terms": return .terms(try terms(options))
    case "date_histogram": return .dateHistogram(try dateHistogram(options))
    case "histogram": return .histogram(try histogram(options))
    case "filters": return .filters(try filters(options))
    case "missing":
      try options.checkNames(["field"])
      return .missing(field: try options.field())
    default: throw failure("Unknown aggregation type [\(part.name)]", at: part.location)
    }
  }

  private static func terms(_ options: AggregationOptions) throws(APIError) -> Terms {
    try options.checkNames([
      "field", "size", "shard_size", "min_doc_count", "shard_min_doc_count", "order", "show_term_doc_count_error", "execution_hint",
      "collect_mode",
    ])
    var terms = Terms(field: try options.field())
    terms.size = try options.count("size") ?? 10
    guard terms.size > 0 else { throw .illegalArgument("[size] must be greater than 0. Found [\(terms.size)] in [terms]") }
    terms.minimumCount = try options.count("min_doc_count") ?? 1
    guard terms.minimumCount > 0 else { throw .illegalArgument("[min_doc_count] of [terms] must be greater than 0") }
    guard let order = options.body["order"] else { return terms }
    terms.order = []
    for item in order.array ?? [order] {
      for member in item.object?.members ?? [] {
        let isAscending = member.value.string?.lowercased() != "desc"
        switch member.name {
        case "_count": terms.order.append(.count(isAscending: isAscending))
        case "_key", "_term": terms.order.append(.key(isAscending: isAscending))
        default:
          let parts = member.name.split(separator: ".", maxSplits: 1).map(String.init)
          terms.order.append(.metric(parts.first ?? "", part: parts.count > 1 ? parts[1] : nil, isAscending: isAscending))
        }
      }
    }
    return terms
  }

  private static let calendarIntervals: [String: CalendarInterval] = [
    "second": .second, "1s": .second, "minute": .minute, "1m": .minute, "hour": .hour, "1h": .hour, "day": .day, "1d": .day, "week": .week,
    "1w": .week, "month": .month, "1M": .month, "quarter": .quarter, "1q": .quarter, "year": .year, "1y": .year,
  ]

  private static func dateHistogram(_ options: AggregationOptions) throws(APIError) -> DateHistogram {
    try options.checkNames(["field", "calendar_interval", "fixed_interval", "time_zone", "format", "min_doc_count", "order", "keyed"])
    let field = try options.field()
    let interval: CalendarInterval
    if let name = options.body["calendar_interval"]?.string {
      guard let found = calendarIntervals[name] else {
        throw .illegalArgument("The supplied interval [\(name)] could not be parsed as a calendar interval.")
      }
      interval = found
    } else if let text = options.body["fixed_interval"]?.string {
      let size = try TimeValue(parsing: text, setting: "fixed_interval").milliseconds
      guard size > 0 else { throw .illegalArgument("Zero or negative time interval not supported") }
      interval = .fixed(milliseconds: size)
    } else {
      throw .illegalArgument("Invalid interval specified, must be non-null and non-empty")
    }
    var histogram = DateHistogram(field: field, interval: interval)
    if let zone = options.body["time_zone"]?.string {
      guard let rules = TimeZoneRules(id: zone) else { throw .illegalArgument("Unknown time-zone ID: \(zone)") }
      histogram.zone = rules
    }
    histogram.format = options.body["format"]?.string
    histogram.minimumCount = try options.count("min_doc_count") ?? 0
    histogram.isDescending = options.body["order"]?.object?.members.first?.value == "desc"
    if options.body["keyed"] == true { throw .illegalArgument("[keyed] of [date_histogram] is not supported") }
    return histogram
  }

  private static func histogram(_ options: AggregationOptions) throws(APIError) -> Histogram {
    try options.checkNames(["field", "interval", "offset", "min_doc_count"])
    guard let interval = options.body["interval"]?.double, interval > 0, interval.isFinite else {
      throw .illegalArgument("[interval] must be >0 for histogram aggregation [\(options.type)]")
    }
    var histogram = Histogram(field: try options.field(), interval: interval)
    histogram.offset = options.body["offset"]?.double ?? 0
    histogram.minimumCount = try options.count("min_doc_count") ?? 0
    return histogram
  }

  private static func filters(_ options: AggregationOptions) throws(APIError) -> [(name: String?, query: SearchQuery)] {
    try options.checkNames(["filters"])
    var found: [(name: String?, query: SearchQuery)] = []
    switch options.body["filters"] {
    case .object(let object)?:
      for member in object.members { found.append((member.name, try SearchQuery(parsing: member.value, at: member.location))) }
    case .array(let list)?: for item in list { found.append((nil, try SearchQuery(parsing: item, at: options.location))) }
    default: throw .illegalArgument("[filters] cannot be null or empty for filters aggregation")
    }
    return found
  }
}

/// The definition of one aggregation.
private struct AggregationOptions {
  var type: String
  var body: JSONObject
  var location: JSONLocation?

  func field() throws(APIError) -> String {
    guard let field = body["field"]?.string else {
      if body["script"] != nil { throw .illegalArgument("scripts are not supported in [\(type)]") }
      throw .illegalArgument("Required one of fields [field, script], but none were specified. ")
    }
    return field
  }

  func count(_ name: String) throws(APIError) -> Int? {
    guard let value = body[name] else { return nil }
    guard let count = (value.int ?? value.string.flatMap(Int64.init)).flatMap(Int.init(exactly:)), count >= 0 else {
      throw .illegalArgument("[\(name)] must be a number of 0 or more in [\(type)]")
    }
    return count
  }

  func checkNames(_ known: [String]) throws(APIError) {
    guard let member = body.members.first(where: { !known.contains($0.name) && $0.name != "script" }) else { return }
    let near = Suggestions.similar(to: member.name, among: known).first.map { " did you mean [\($0)]?" } ?? ""
    throw .xContentParse("[\(type)] unknown field [\(member.name)]\(near)", at: member.location)
  }
}
