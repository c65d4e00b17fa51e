import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  private static func managing(_ action: String) -> RoutePrivilege {
    .cluster(.manageIndexTemplates, "indices:admin/index_template/" + action)
  }

  private static func managingComponents(_ action: String) -> RoutePrivilege {
    .cluster(.manageIndexTemplates, "cluster:admin/component_template/" + action)
  }

  var templateRoutes: [Route] {
    let path = "/_index_template/{name}"
    let view = ["local", "master_timeout", "flat_settings", "include_defaults"]
    func put(_ method: EndpointRequest.Method) -> Route {
      Route(
        method, path, summary: "Creates or replaces an index template.", parameters: ["create", "master_timeout", "cause"], body: .required,
        privilege: Self.managing("put"), handler: putTemplate)
    }
    return [
      put(.put), put(.post),
      Route(
        .get, "/_index_template", summary: "Shows index templates.", parameters: view, privilege: Self.managing("get"),
        handler: getTemplates
      ),
      Route(.get, path, summary: "Shows index templates.", parameters: view, privilege: Self.managing("get"), handler: getTemplates),
      Route(
        .head, path, summary: "Says whether an index template exists.", parameters: view, privilege: Self.managing("get"),
        handler: getTemplates),
      Route(
        .delete, path, summary: "Deletes index templates.", parameters: ["timeout", "master_timeout"], privilege: Self.managing("delete"),
        handler: deleteTemplates),
    ]
  }

  var componentTemplateRoutes: [Route] {
    let path = "/_component_template/{name}"
    let view = ["local", "master_timeout", "flat_settings", "include_defaults"]
    func put(_ method: EndpointRequest.Method) -> Route {
      Route(
        method, path, summary: "Creates or replaces a component template.", parameters: ["create", "master_timeout", "cause"],
        body: .required, privilege: Self.managingComponents("put"), handler: putComponent)
    }
    func get(_ method: EndpointRequest.Method, _ path: String) -> Route {
      Route(
        method, path, summary: "Shows component templates.", parameters: view, privilege: Self.managingComponents("get"),
        handler: getComponents)
    }
    return [
      put(.put), put(.post), get(.get, "/_component_template"), get(.get, path), get(.head, path),
      Route(
        .delete, path, summary: "Deletes component templates.", parameters: ["timeout", "master_timeout"],
        privilege: Self.managingComponents("delete"), handler: deleteComponents),
    ]
  }

  @Sendable func putComponent(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard let body = try await request.jsonObject() else {
      throw APIError(type: "parse_exception", reason: "request body is required", status: 400)
    }
    try await ComponentTemplates(try session.indexStore()).put(
      request.pathParameters["name"] ?? "", body, mustBeNew: try request.parameters.bool("create") ?? false)
    return .json(["acknowledged": true])
  }

  @Sendable func getComponents(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let names = templateNames(request)
    let all = try await ComponentTemplates(try session.indexStore()).all()
    for name in names where !Wildcard.isPattern(name) && !all.contains(where: { $0.name == name }) {
      throw APIError.resourceNotFound("component template matching [\(name)] not found")
    }
    let found = all.filter { template in names.contains { Wildcard.matches($0, template.name) } }
    return .json([
      "component_templates": .array(found.map { ["name": .string($0.name), "component_template": $0.value] })
    ])
  }

  @Sendable func deleteComponents(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await ComponentTemplates(try session.indexStore()).remove(templateNames(request))
    return .json(["acknowledged": true])
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
    let names = templateNames(request)
    let all = try await IndexTemplates(try session.indexStore()).all()
    for name in names where !Wildcard.isPattern(name) && !all.contains(where: { $0.name == name }) {
      throw APIError.resourceNotFound("index template matching [\(name)] not found")
    }
    let found = all.filter { template in names.contains { Wildcard.matches($0, template.name) } }
    return .json([
      "index_templates": .array(found.map { ["name": .string($0.name), "index_template": .object($0.json)] })
    ])
  }

  @Sendable func deleteTemplates(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await IndexTemplates(try session.indexStore()).remove(templateNames(request))
    return .json(["acknowledged": true])
  }
}
