import Meanwhile
import MeanwhileData

extension ClusterEndpoints {
  static let healthParameters = [
    "level", "wait_for_status", "wait_for_nodes", "wait_for_active_shards", "wait_for_events", "wait_for_no_relocating_shards",
    "wait_for_no_initializing_shards", "timeout", "master_timeout", "local", "expand_wildcards",
  ]

  /// How much of the health a client asks for.
  private enum Level: String, CaseIterable {
    case cluster, indices, shards
  }

  /// There is nothing to wait for: every index there is has been green since it was made. So what is asked to be waited for is so at once, or will
  /// not be, and the latter is answered as Elasticsearch answers when a wait has run out.
  @Sendable func health(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let level = try Self.level(request.parameters["level"])
    let indices = try await session.service.resources[(any IndexStore).self]?.indices().map(\.definition.name) ?? []
    let wanted = request.pathParameters["index"].map { Selection(of: $0, among: indices) } ?? Selection(found: indices)
    let hasNodes = try Self.hasNodes(request.parameters["wait_for_nodes"])
    let isTimedOut = !wanted.missing.isEmpty || !hasNodes
    let status = wanted.missing.isEmpty ? "green" : "red"
    let shards = JSONValue.integer(Int64(wanted.found.count))

    var body: JSONObject = [
      "cluster_name": .string(session.service.configuration.clusterName),
      "status": .string(status),
      "timed_out": .bool(isTimedOut),
      "number_of_nodes": 1,
      "number_of_data_nodes": 1,
      "active_primary_shards": shards,
      "active_shards": shards,
      "relocating_shards": 0,
      "initializing_shards": 0,
      "unassigned_shards": 0,
      "unassigned_primary_shards": 0,
      "delayed_unassigned_shards": 0,
      "number_of_pending_tasks": 0,
      "number_of_in_flight_fetch": 0,
      "task_max_waiting_in_queue_millis": 0,
      "active_shards_percent_as_number": .double(wanted.missing.isEmpty ? 100 : 0),
    ]
    if level != .cluster {
      body["indices"] = .object(JSONObject(wanted.found.map { .init(name: $0, value: Self.indexHealth(withShards: level == .shards)) }))
    }
    return .json(.object(body), status: isTimedOut ? 408 : 200)
  }

  private static func level(_ text: String?) throws(APIError) -> Level {
    guard let text else { return .cluster }
    guard let level = Level(rawValue: text.lowercased()) else {
      throw .illegalArgument("level parameter must be one of [\"cluster\" or \"indices\" or \"shards\"] but was [\(text)]")
    }
    return level
  }

  private static func indexHealth(withShards: Bool) -> JSONValue {
    var health: JSONObject = [
      "status": "green", "number_of_shards": 1, "number_of_replicas": 0, "active_primary_shards": 1, "active_shards": 1,
      "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": 0, "unassigned_primary_shards": 0,
    ]
    if withShards {
      health["shards"] = [
        "0": [
          "status": "green", "primary_active": true, "active_shards": 1, "relocating_shards": 0, "initializing_shards": 0,
          "unassigned_shards": 0, "unassigned_primary_shards": 0,
        ]
      ]
    }
    return .object(health)
  }

  /// Whether one node is as many as asked for: `1`, `>=1`, `<=2`, `>0`, `<2`, or the same as `ge(1)`, `le(2)`, `gt(0)`, `lt(2)`.
  private static func hasNodes(_ text: String?) throws(APIError) -> Bool {
    guard let text else { return true }
    let comparisons: [(prefix: String, holds: (Int) -> Bool)] = [
      (">=", { 1 >= $0 }), ("<=", { 1 <= $0 }), (">", { 1 > $0 }), ("<", { 1 < $0 }), ("ge(", { 1 >= $0 }), ("le(", { 1 <= $0 }),
      ("gt(", { 1 > $0 }), ("lt(", { 1 < $0 }), ("", { 1 == $0 }),
    ]
    for comparison in comparisons where text.hasPrefix(comparison.prefix) {
      let number = text.dropFirst(comparison.prefix.count)
      guard let count = Int(number.hasSuffix(")") ? number.dropLast() : number) else { break }
      return comparison.holds(count)
    }
    throw .illegalArgument("Failed to parse [wait_for_nodes] with value [\(text)], expected a number such as [1] or [>=1]")
  }

  /// Which of a comma-separated list of names and patterns are there. A pattern that matches nothing is not missing.
  private struct Selection {
    var found: [String]
    var missing: [String] = []

    init(found: [String]) { self.found = found }

    init(of expression: String, among names: [String]) {
      found = []
      for part in expression.split(separator: ",").map(String.init) {
        let pattern = WildcardPattern(part == "_all" ? "*" : part)
        let matches = names.filter { pattern.matches($0) && !found.contains($0) }
        found += matches
        if matches.isEmpty, !pattern.hasWildcard, !found.contains(part) { missing.append(part) }
      }
    }
  }
}
