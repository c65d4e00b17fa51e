import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  var listingRoutes: [Route] {
    let cat = ["v", "h", "s", "help", "time", "local", "master_timeout"] + IndexResolver.Options.parameterNames
    func list(_ path: String, _ summary: String, _ parameters: [String], _ privilege: RoutePrivilege, _ handler: @escaping Route.Handler)
      -> Route
    {
      Route(
        .get, path, summary: summary, parameters: parameters, privilege: privilege,
        mediaTypes: path.hasPrefix("/_cat/") ? CatTable.mediaTypes : [], handler: handler)
    }
    let counting = RoutePrivilege.index(.read, "indices:data/read/search")
    return [
      list("/_cat/count", "Counts documents.", cat, counting, catCount),
      list("/_cat/count/{index}", "Counts documents.", cat, counting, catCount),
      list("/_cat/aliases", "Lists aliases.", cat, Self.seeingAliases, catAliases),
      list("/_cat/aliases/{name}", "Lists aliases.", cat, Self.seeingAliases, catAliases),
      list(
        "/_resolve/index/{index}", "Says which indices and aliases names mean.", IndexResolver.Options.parameterNames,
        .index(.viewIndexMetadata, "indices:admin/resolve/index"), resolveIndex),
    ]
  }

  @Sendable func catCount(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let count = try await selected(request, session).reduce(0) { $0 + $1.documentCount }
    let now = session.service.environment.time.now()
    let moment = DateFormat.standard.text(EpochTime(millis: now.milliseconds))
    let table = CatTable(
      columns: [("epoch", .right), ("timestamp", .left), ("count", .right)],
      aliases: ["t": "epoch", "time": "epoch", "ts": "timestamp", "hms": "timestamp", "dc": "count", "docs.count": "count"],
      rows: [[String(now.milliseconds / 1_000), String(moment.dropFirst(11).prefix(8)), String(count)]])
    return try table.response(request.parameters)
  }

  @Sendable func resolveIndex(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let store = try session.indexStore()
    let all = try await store.indices()
    let names = Set(
      try IndexResolver(all, access: store.access).resolve(request.indexExpression, options: IndexResolver.Options(request.parameters)))
    let parts = request.indexExpression.split(separator: ",").map(String.init)
    func isNamed(_ name: String) -> Bool { parts.contains { $0 == "_all" || Wildcard.matches($0, name) } }
    var byAlias: [String: [String]] = [:]
    for index in all.map(\.definition) {
      for alias in index.aliases.names where isNamed(alias) { byAlias[alias, default: []].append(index.name) }
    }
    // An index that only an alias means is listed with the alias.
    let indices = all.map(\.definition).filter { names.contains($0.name) && isNamed($0.name) }
    return .json([
      "indices": .array(indices.map { .object(Self.resolved($0)) }),
      "aliases": .array(
        byAlias.sorted { $0.key < $1.key }.map { ["name": .string($0.key), "indices": .array($0.value.sorted().map(JSONValue.string))] }),
      "data_streams": [],
    ])
  }

  private static func resolved(_ index: IndexDefinition) -> JSONObject {
    var object: JSONObject = ["name": .string(index.name)]
    if !index.aliases.isEmpty { object["aliases"] = .array(index.aliases.names.sorted().map(JSONValue.string)) }
    object["attributes"] = index.isHidden ? ["hidden", "open"] : ["open"]
    if let mode = index.settings["mode"]?.string { object["mode"] = .string(mode) }
    return object
  }
}
