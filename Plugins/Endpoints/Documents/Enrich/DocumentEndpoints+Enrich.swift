import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  var enrichRoutes: [Route] {
    let parameters = ["master_timeout"]
    func execute(_ method: EndpointRequest.Method) -> Route {
      Route(
        method, "/_enrich/policy/{name}/_execute", summary: "Gathers the data of an enrich policy.",
        parameters: parameters + ["wait_for_completion"], privilege: .cluster(.manageEnrich, "cluster:admin/xpack/enrich/execute"),
        handler: executePolicy)
    }
    return [
      Route(
        .put, "/_enrich/policy/{name}", summary: "Creates an enrich policy.", parameters: parameters, body: .required,
        privilege: .cluster(.manageEnrich, "cluster:admin/xpack/enrich/put"), handler: putPolicy),
      Route(
        .get, "/_enrich/policy", summary: "Shows enrich policies.", parameters: parameters,
        privilege: .cluster(.monitorEnrich, "cluster:admin/xpack/enrich/get"), handler: getPolicies),
      Route(
        .get, "/_enrich/policy/{name}", summary: "Shows enrich policies.", parameters: parameters,
        privilege: .cluster(.monitorEnrich, "cluster:admin/xpack/enrich/get"), handler: getPolicies),
      Route(
        .delete, "/_enrich/policy/{name}", summary: "Deletes an enrich policy with its data.", parameters: parameters,
        privilege: .cluster(.manageEnrich, "cluster:admin/xpack/enrich/delete"), handler: deletePolicy),
      execute(.put), execute(.post),
    ]
  }

  private func policyName(_ request: EndpointRequest) -> String { request.pathParameters["name"] ?? "" }

  @Sendable func putPolicy(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let policy = try EnrichPolicy(named: policyName(request), parsing: try await request.jsonObject() ?? JSONObject())
    let store = try session.indexStore()
    _ = try await EnrichSource(policy, store: store)
    try await EnrichPolicies(store).add(policy)
    return .json(["acknowledged": true])
  }

  /// A name that no policy has is left out, as in Elasticsearch.
  @Sendable func getPolicies(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let wanted = request.pathParameters["name"]?.split(separator: ",").map(String.init)
    let policies = try await EnrichPolicies(try session.indexStore()).all().filter { wanted?.contains($0.name) ?? true }
    return .json(["policies": .array(policies.map { ["config": .object($0.json)] })])
  }

  @Sendable func deletePolicy(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    try await EnrichPolicies(try session.indexStore()).remove(policyName(request))
    return .json(["acknowledged": true])
  }

  @Sendable func executePolicy(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    guard try request.parameters.bool("wait_for_completion") ?? true else {
      throw APIError.illegalArgument("[wait_for_completion] must be [true]: an execution is answered when it is done")
    }
    let store = try session.indexStore()
    let policies = EnrichPolicies(store)
    let name = policyName(request)
    guard let policy = try await policies.policy(name) else { throw APIError.resourceNotFound("policy [\(name)] does not exist") }
    let index = try await EnrichExecution(try await EnrichSource(policy, store: store), session: session).run()
    try await policies.publish(index, for: name)
    return .json(["status": ["phase": "COMPLETE"]])
  }
}
