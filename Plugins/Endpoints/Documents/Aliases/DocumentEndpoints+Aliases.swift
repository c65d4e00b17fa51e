import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  private static let aliasing = RoutePrivilege.index(.manage, "indices:admin/aliases")
  static let seeingAliases = RoutePrivilege.index(.viewIndexMetadata, "indices:admin/aliases/get")

  var aliasRoutes: [Route] {
    let timeouts = ["timeout", "master_timeout"]
    let view = ["local", "master_timeout"] + IndexResolver.Options.parameterNames
    var routes = [
      Route(
        .post, "/_aliases", summary: "Adds and removes aliases.", parameters: timeouts, body: .required, privilege: Self.aliasing,
        handler: changeAliases)
    ]
    for path in ["/{index}/_alias/{name}", "/{index}/_aliases/{name}"] {
      for method in [EndpointRequest.Method.put, .post] {
        routes.append(
          Route(
            method, path, summary: "Adds an alias.", parameters: timeouts, body: .optional, privilege: Self.aliasing, handler: putAlias))
      }
      routes.append(
        Route(.delete, path, summary: "Removes an alias.", parameters: timeouts, privilege: Self.aliasing, handler: deleteAlias))
    }
    for path in ["/_alias", "/_alias/{name}", "/{index}/_alias", "/{index}/_alias/{name}"] {
      routes.append(Route(.get, path, summary: "Shows aliases.", parameters: view, privilege: Self.seeingAliases, handler: getAliases))
    }
    for path in ["/_alias/{name}", "/{index}/_alias/{name}"] {
      routes.append(
        Route(.head, path, summary: "Says whether an alias exists.", parameters: view, privilege: Self.seeingAliases, handler: getAliases))
    }
    return routes
  }

  /// The names of aliases or templates that the path has; none for all.
  private func names(_ request: EndpointRequest) -> [String] {
    (request.pathParameters["name"] ?? "").split(separator: ",").map(String.init)
  }

  @Sendable func changeAliases(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let actions = try await request.jsonObject()?["actions"]?.array else { throw APIError.illegalArgument("Required [actions]") }
    guard !actions.isEmpty else { throw APIError.validation(["Must specify at least one alias action"]) }
    var changes: [AliasChange] = []
    for action in actions { changes.append(try AliasChange(action: action)) }
    try await AliasChange.apply(changes, to: try session.indexStore())
    return .json(["acknowledged": true, "errors": false])
  }

  @Sendable func putAlias(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let definition = try AliasChange.definition(try await request.jsonObject() ?? JSONObject())
    let change = AliasChange(.add(definition), indices: [request.indexExpression], aliases: names(request))
    try await AliasChange.apply([change], to: try session.indexStore())
    return .json(["acknowledged": true])
  }

  @Sendable func deleteAlias(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let change = AliasChange(.remove(mustExist: true), indices: [request.indexExpression], aliases: names(request))
    try await AliasChange.apply([change], to: try session.indexStore())
    return .json(["acknowledged": true])
  }

  /// With names, the indices that have such an alias; without, all. A name that no index has makes the answer a 404, beside what was found.
  @Sendable func getAliases(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let wanted = names(request)
    var body = JSONObject()
    var found: Set<String> = []
    for index in try await selected(request, session).map(\.definition) {
      let own = index.aliases.members.filter { alias in
        wanted.isEmpty || wanted.contains { $0 == "_all" || Wildcard.matches($0, alias.name) }
      }
      if own.isEmpty, !wanted.isEmpty { continue }
      found.formUnion(own.map(\.name))
      body.append(index.name, ["aliases": .object(JSONObject(own))])
    }
    let missing = wanted.filter { !Wildcard.isPattern($0) && $0 != "_all" && !found.contains($0) }
    guard !missing.isEmpty else { return .json(.object(body)) }
    let word = missing.count == 1 ? "alias" : "aliases"
    let error: JSONObject = ["error": .string("\(word) [\(missing.sorted().joined(separator: ","))] missing"), "status": 404]
    return .json(.object(JSONObject(error.members + body.members)), status: 404)
  }

  @Sendable func catAliases(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let wanted = names(request)
    var rows: [[String]] = []
    for index in try await session.indexStore().indices().map(\.definition) {
      for alias in index.aliases.members where wanted.isEmpty || wanted.contains(where: { Wildcard.matches($0, alias.name) }) {
        func text(_ name: String) -> String { alias.value[name]?.string ?? alias.value[name]?.bool.map { String($0) } ?? "-" }
        rows.append([
          alias.name, index.name, alias.value["filter"] == nil ? "-" : "*", text("index_routing"), text("search_routing"),
          text("is_write_index"),
        ])
      }
    }
    let table = CatTable(
      columns: ["alias", "index", "filter", "routing.index", "routing.search", "is_write_index"].map { ($0, .left) },
      aliases: [
        "a": "alias", "i": "index", "idx": "index", "f": "filter", "ri": "routing.index", "rs": "routing.search", "w": "is_write_index",
      ],
      rows: rows)
    return try table.response(request.parameters)
  }
}
