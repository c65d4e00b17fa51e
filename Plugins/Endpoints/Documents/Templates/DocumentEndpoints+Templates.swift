import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  var templateRoutes: [Route] {
    Self.routes(
      "/_index_template", of: "index template", action: "indices:admin/index_template/", put: putTemplate, get: getTemplates,
      delete: deleteTemplates)
  }

  var componentTemplateRoutes: [Route] {
    Self.routes(
      "/_component_template", of: "component template", action: "cluster:admin/component_template/", put: putComponent, get: getComponents,
      delete: deleteComponents)
  }

  /// Both kinds of templates are kept under names, and managed alike.
  private static func routes(
    _ path: String, of kind: String, action: String, put: @escaping Route.Handler, get: @escaping Route.Handler,
    delete: @escaping Route.Handler
  ) -> [Route] {
    let name = path + "/{name}"
    let view = ["local", "master_timeout", "flat_settings", "include_defaults"]
    func route(
      _ method: EndpointRequest.Method, _ path: String, _ summary: String, _ parameters: [String], body: Route.BodyRule = .none,
      _ verb: String, _ handler: @escaping Route.Handler
    ) -> Route {
      Route(
        method, path, summary: summary, parameters: parameters, body: body, privilege: .cluster(.manageIndexTemplates, action + verb),
        handler: handler)
    }
    let puts = [EndpointRequest.Method.put, .post].map { method in
      route(method, name, "Creates or replaces \(article(kind)).", ["create", "master_timeout", "cause"], body: .required, "put", put)
    }
    return puts + [
      route(.get, path, "Shows \(kind)s.", view, "get", get), route(.get, name, "Shows \(kind)s.", view, "get", get),
      route(.head, name, "Says whether \(article(kind)) exists.", view, "get", get),
      route(.delete, name, "Deletes \(kind)s.", ["timeout", "master_timeout"], "delete", delete),
    ]
  }

  /// A noun with its article.
  private static func article(_ noun: String) -> String { (noun.hasPrefix("i") ? "an " : "a ") + noun }

  @Sendable func putComponent(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let body = try await request.jsonObject() else {
      throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
    }
    try await ComponentTemplates(try session.indexStore()).put(
      request.pathParameters["name"] ?? "", body, mustBeNew: try request.parameters.bool("create") ?? false)
    return .json(["acknowledged": true])
  }

  @Sendable func getComponents(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try show(try await ComponentTemplates(try session.indexStore()).all(), as: "component_template", to: request)
  }

  @Sendable func deleteComponents(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await ComponentTemplates(try session.indexStore()).remove(templateNames(request))
    return .json(["acknowledged": true])
  }

  /// Those templates that a request names.
  ///
  /// - Throws: `resource_not_found_exception` (404) for a name that none has.
  private func show(_ all: [JSONObject.Member], as kind: String, to request: EndpointRequest) throws(APIError) -> EndpointResponse {
    let names = templateNames(request)
    for name in names where !Wildcard.isPattern(name) && !all.contains(where: { $0.name == name }) {
      throw APIError.resourceNotFound("\(kind.replacing("_", with: " ")) matching [\(name)] not found")
    }
    let found = all.filter { template in names.contains { Wildcard.matches($0, template.name) } }
    return .json([kind + "s": .array(found.map { ["name": .string($0.name), kind: $0.value] })])
  }

  private func templateNames(_ request: EndpointRequest) -> [String] {
    (request.pathParameters["name"] ?? "*").split(separator: ",").map(String.init)
  }

  @Sendable func putTemplate(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let body = try await request.jsonObject() else {
      throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
    }
    let template = try IndexTemplate(named: request.pathParameters["name"] ?? "", parsing: body)
    try await IndexTemplates(try session.indexStore()).put(template, mustBeNew: try request.parameters.bool("create") ?? false)
    return .json(["acknowledged": true])
  }

  @Sendable func getTemplates(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let all = try await IndexTemplates(try session.indexStore()).all()
    return try show(all.map { JSONObject.Member(name: $0.name, value: .object($0.json)) }, as: "index_template", to: request)
  }

  @Sendable func deleteTemplates(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await IndexTemplates(try session.indexStore()).remove(templateNames(request))
    return .json(["acknowledged": true])
  }
}
