import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// One change of aliases: an action of `POST /_aliases`, or what the paths of one alias say.
struct AliasChange: Sendable {
  enum Kind: Sendable, Hashable {
    /// With the alias's definition.
    case add(JSONObject)
    /// - Parameter mustExist: whether an alias that is not there is an error.
    case remove(mustExist: Bool)
    case removeIndex
  }

  var kind: Kind
  /// Index expressions.
  var indices: [String]
  /// Names; for a removal also patterns.
  var aliases: [String]

  init(_ kind: Kind, indices: [String], aliases: [String]) {
    self.kind = kind
    self.indices = indices
    self.aliases = aliases
  }

  /// Reads an action: `{"add": {"index": "a", "alias": "b", "is_write_index": true}}`.
  ///
  /// - Throws: `illegal_argument_exception` or `x_content_parse_exception` (400).
  init(action value: JSONValue) throws(APIError) {
    guard let member = value.object?.members.first, let body = member.value.object else {
      throw .illegalArgument("[alias_action] must be an object of one action")
    }
    indices = try Self.texts(body, "index", "indices")
    aliases = try Self.texts(body, "alias", "aliases")
    var known: Set<String> = ["index", "indices", "alias", "aliases", "must_exist"]
    switch member.name {
    case "add":
      kind = .add(try Self.definition(body))
      known.formUnion(Self.definitionNames)
    case "remove": kind = .remove(mustExist: body["must_exist"]?.bool ?? true)
    case "remove_index": kind = .removeIndex
    default: throw .xContentParse("[aliases] unknown field [\(member.name)]", at: member.location)
    }
    if let unknown = body.members.first(where: { !known.contains($0.name) }) {
      throw .xContentParse("[alias_action] unknown field [\(unknown.name)]", at: unknown.location)
    }
    guard !indices.isEmpty else { throw .illegalArgument("One of [index] or [indices] is required") }
    guard kind == .removeIndex || !aliases.isEmpty else { throw .illegalArgument("One of [alias] or [aliases] is required") }
  }

  private static func texts(_ body: JSONObject, _ one: String, _ several: String) throws(APIError) -> [String] {
    guard let value = body[several] ?? body[one] else { return [] }
    if let text = value.string { return text.split(separator: ",").map(String.init) }
    guard let texts = value.array?.compactMap(\.string) else { throw .illegalArgument("[\(several)] must be texts") }
    return texts
  }

  // MARK: Definitions of aliases

  private static let definitionNames: Set<String> = [
    "filter", "routing", "index_routing", "search_routing", "is_write_index", "is_hidden",
  ]

  /// What is kept of an alias.
  ///
  /// - Throws: `parsing_exception` and the like (400) for a filter that is no query.
  static func definition(_ body: JSONObject) throws(APIError) -> JSONObject {
    var definition = JSONObject()
    if let filter = body["filter"], !filter.isNull {
      _ = try SearchQuery(parsing: filter)
      definition["filter"] = filter
    }
    if let routing = body["routing"] {
      definition["index_routing"] = routing
      definition["search_routing"] = routing
    }
    for name in ["index_routing", "search_routing", "is_write_index", "is_hidden"] {
      if let value = body[name], !value.isNull { definition[name] = value }
    }
    return definition
  }

  // MARK: Applying

  /// Makes changes in order: all are checked against all indices before the first is made.
  ///
  /// - Throws: as the changes ask: `index_not_found_exception` (404), `aliases_not_found_exception` (404), `invalid_alias_name_exception` (400).
  static func apply(_ changes: [AliasChange], to store: any IndexStore) async throws {
    let all = try await store.indices()
    let resolver = IndexResolver(all, access: store.access)
    var aliases = Dictionary(uniqueKeysWithValues: all.map { ($0.definition.name, $0.definition.aliases) })
    var removed: [String] = []
    for change in changes {
      let names = try resolver.resolve(change.indices.joined(separator: ","))
      if change.kind == .removeIndex {
        for name in names { aliases[name] = nil }
        removed += names
      } else {
        for alias in change.aliases where !Wildcard.isPattern(alias) && alias != "_all" { try store.access.require(.manage, on: alias) }
        try change.apply(to: names, &aliases)
      }
    }
    try checkWriteIndices(aliases)
    for name in removed { try await store.deleteIndex(name) }
    for index in all.map(\.definition) {
      guard let wanted = aliases[index.name], wanted != index.aliases else { continue }
      try await store.updateDefinition(of: index.name) { $0.aliases = wanted }
    }
  }

  private func apply(to names: [String], _ aliases: inout [String: JSONObject]) throws(APIError) {
    switch kind {
    case .add(let definition):
      for alias in self.aliases {
        try DocumentEndpoints.checkAlias(alias)
        guard aliases[alias] == nil else {
          throw APIError(
            type: "invalid_alias_name_exception",
            reason: "Invalid alias name [\(alias)]: an index or data stream exists with the same name as the alias", status: 400)
        }
        for name in names { aliases[name]?[alias] = .object(definition) }
      }
    case .remove(let mustExist):
      for pattern in self.aliases {
        var isFound = false
        for name in names {
          for alias in aliases[name]?.names ?? [] where pattern == "_all" || Wildcard.matches(pattern, alias) {
            aliases[name]?[alias] = nil
            isFound = true
          }
        }
        if !isFound, mustExist { throw Self.missing([pattern]) }
      }
    case .removeIndex: break
    }
  }

  private static func checkWriteIndices(_ aliases: [String: JSONObject]) throws(APIError) {
    var writers: [String: [String]] = [:]
    for (index, own) in aliases {
      for alias in own.members where alias.value["is_write_index"]?.bool == true { writers[alias.name, default: []].append(index) }
    }
    for (alias, indices) in writers.sorted(by: { $0.key < $1.key }) where indices.count > 1 {
      throw APIError(
        type: "illegal_state_exception",
        reason: "alias [\(alias)] has more than one write index [\(indices.sorted().joined(separator: ","))]",
        status: 500)
    }
  }

  static func missing(_ aliases: [String]) -> APIError {
    APIError(
      type: "aliases_not_found_exception", reason: "aliases [\(aliases.joined(separator: ","))] missing", status: 404,
      metadata: ["resource.type": "aliases", "resource.id": .string(aliases.joined(separator: ","))])
  }
}
