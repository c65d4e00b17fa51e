import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  @Sendable func createIndex(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let now = session.service.environment.time.now().milliseconds
    let name = try IndexName.resolvingDateMath(request.indexExpression, nowMillis: now)
    try IndexName.check(name)
    let body = try await request.jsonObject() ?? JSONObject()
    let definition = try await Self.newDefinition(named: name, body, session: session)
    let store = try session.indexStore()
    // What a template adds was for who made the template to allow.
    for alias in body["aliases"]?.object?.names ?? [] { try store.access.require(.manage, on: alias) }
    try await store.createIndex(definition)
    return .json(["acknowledged": true, "shards_acknowledged": true, "index": .string(name)])
  }

  /// The definition of a new index: what the body says, laid over what a template for such names begins with.
  ///
  /// - Throws: `invalid_index_name_exception` (400) where an alias has the name, or what is wrong with the definition.
  static func newDefinition(named name: String, _ body: JSONObject, session: Session) async throws -> IndexDefinition {
    let store = try session.indexStore()
    // Also an alias that the caller may not see keeps its name to itself.
    guard try await !store.system.indices().contains(where: { $0.definition.aliases[name] != nil }) else {
      throw APIError(
        type: "invalid_index_name_exception", reason: "Invalid index name [\(name)], already exists as alias", status: 400,
        metadata: ["index_uuid": "_na_", "index": .string(name)])
    }
    // Hidden indices are the server's own or somebody's on purpose; a pattern `*` does not mean them.
    guard !name.hasPrefix("."), let template = try await IndexTemplates(store).template(for: name) else {
      return try definition(named: name, body, environment: session.service.environment)
    }
    let parts = try await ComponentTemplates(store).parts(named: template.components)
    return try definition(named: name, template.applied(to: body, over: parts), environment: session.service.environment)
  }

  private static func definition(named name: String, _ body: JSONObject, environment: Environment) throws -> IndexDefinition {
    var definition = IndexDefinition(
      name: name, uuid: DocumentID.makeIndexUUID(environment.random), created: environment.time.now(), mapping: Mapping())
    for member in body.members {
      switch member.name {
      case "mappings":
        guard let mappings = member.value.object else {
          throw APIError(type: "parse_exception", reason: "key [mappings] must be an object", status: 400)
        }
        definition.mapping = try Mapping(parsing: mappings)
      case "settings":
        guard let settings = member.value.object else {
          throw APIError(type: "parse_exception", reason: "key [settings] must be an object", status: 400)
        }
        definition.settings = IndexSettings.normalized(settings)
      case "aliases":
        guard let aliases = member.value.object else {
          throw APIError(type: "parse_exception", reason: "key [aliases] must be an object", status: 400)
        }
        for alias in aliases.members {
          try checkAlias(alias.name)
          definition.aliases[alias.name] = .object(try AliasChange.definition(alias.value.object ?? JSONObject()))
        }
      default: throw APIError(type: "parse_exception", reason: "unknown key [\(member.name)] for create index", status: 400)
      }
    }
    try IndexSettings.check(definition.settings)
    try definition.mapping.checkLimits(settings: definition.settings, adding: definition.mapping.fieldCount)
    return definition
  }

  static func checkAlias(_ name: String) throws(APIError) {
    do { try IndexName.check(name) } catch {
      let reason = error.reason.replacing("Invalid index name [\(name)],", with: "Invalid alias name [\(name)]:")
      throw APIError(type: "invalid_alias_name_exception", reason: reason, status: 400)
    }
  }

  @Sendable func getIndex(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await describe(request, session) { summary in
      [
        "aliases": .object(summary.definition.aliases), "mappings": .object(summary.definition.mapping.json),
        "settings": IndexSettings.json(of: summary.definition),
      ]
    }
  }

  @Sendable func getMapping(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await describe(request, session) { ["mappings": .object($0.definition.mapping.json)] }
  }

  @Sendable func getSettings(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await describe(request, session) { ["settings": IndexSettings.json(of: $0.definition)] }
  }

  private func describe(_ request: EndpointRequest, _ session: Session, _ part: (IndexSummary) -> JSONObject) async throws
    -> EndpointResponse
  {
    let indices = try await selected(request, session)
    return .json(.object(JSONObject(indices.map { JSONObject.Member(name: $0.definition.name, value: .object(part($0))) })))
  }

  @Sendable func indexExists(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    do {
      let found = try await selected(request, session)
      return EndpointResponse(status: found.isEmpty ? 404 : 200)
    } catch let error as APIError where error.status == 404 {
      return EndpointResponse(status: 404)
    }
  }

  @Sendable func deleteIndex(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let expression = request.indexExpression
    if expression == "_all" || Wildcard.isPattern(expression) {
      throw APIError.illegalArgument("Wildcard expressions or all indices are not allowed")
    }
    let indices = try await selected(request, session).map(\.definition)
    for name in expression.split(separator: ",").map(String.init) where !indices.contains(where: { $0.name == name }) {
      guard indices.contains(where: { $0.aliases[name] != nil }) else { continue }
      throw APIError.illegalArgument(
        "The provided expression [\(name)] matches an alias, specify the corresponding concrete indices instead.")
    }
    for index in indices { try await session.indexStore().deleteIndex(index.name) }
    return .json(["acknowledged": true])
  }

  @Sendable func putMapping(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let body = try await request.jsonObject() else {
      throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
    }
    let added = try Mapping(parsing: body)
    for index in try await selected(request, session) {
      let hasDocuments = index.byteCount > 0
      try await session.indexStore().updateDefinition(of: index.definition.name) { definition in
        let merged = try definition.mapping.merged(with: added)
        if hasDocuments, let field = merged.runtimePaths.subtracting(definition.mapping.runtimePaths).min() {
          // They have no column for it, and no query would know of what is in them.
          throw APIError.illegalArgument(
            "runtime field [\(field)] cannot be added to index [\(definition.name)], which has documents already")
        }
        try merged.checkLimits(settings: definition.settings, adding: merged.fieldCount - definition.mapping.fieldCount)
        definition.mapping = merged
      }
    }
    return .json(["acknowledged": true])
  }

  /// The indices that the request's path and options mean.
  func selected(_ request: EndpointRequest, _ session: Session) async throws -> [IndexSummary] {
    let store = try session.indexStore()
    let all = try await store.indices()
    let names = try IndexResolver(all, access: store.access).resolve(
      request.indexExpression, options: IndexResolver.Options(request.parameters))
    let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.definition.name, $0) })
    return names.compactMap { byName[$0] }
  }
}
