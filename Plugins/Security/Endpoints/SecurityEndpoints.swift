#if Security
import Meanwhile

/// Elasticsearch's security API, as far as it is about who asks, API keys and tokens. Users and roles are files, which commands and editors change.
public struct SecurityEndpoints: EndpointProvider {
  let security: Security

  public init(_ security: Security) { self.security = security }

  public var routes: [Route] { callerRoutes + keyRoutes + tokenRoutes }

  static func action(_ name: String) -> String { "cluster:admin/xpack/security/" + name }

  private var callerRoutes: [Route] {
    let privileges = [EndpointRequest.Method.get, .post].map { method in
      Route(
        method, "/_security/user/_has_privileges", summary: "Says which of some privileges the caller has.", body: .required,
        privilege: .authenticated(Self.action("user/has_privileges")), handler: hasPrivileges)
    }
    return [
      Route(
        .get, "/_security/_authenticate", summary: "Says who the caller is.",
        privilege: .authenticated(Self.action("user/authenticate")), handler: authenticate)
    ] + privileges
  }

  private var keyRoutes: [Route] {
    let path = "/_security/api_key"
    let creates = [EndpointRequest.Method.post, .put].map { method in
      Route(
        method, path, summary: "Creates an API key.", parameters: ["refresh"], body: .required,
        privilege: .cluster(.manageOwnAPIKey, Self.action("api_key/create")), handler: createKey)
    }
    return creates + [
      Route(
        .get, path, summary: "Lists one's own API keys, or with the privilege everybody's.",
        parameters: ["id", "name", "username", "realm_name", "owner", "with_limited_by", "active_only", "with_profile_uid"],
        privilege: .cluster(.manageOwnAPIKey, Self.action("api_key/get")), handler: listKeys),
      Route(
        .delete, path, summary: "Invalidates API keys.", body: .required,
        privilege: .cluster(.manageOwnAPIKey, Self.action("api_key/invalidate")), handler: invalidateKeys),
    ]
  }

  private var tokenRoutes: [Route] {
    [
      Route(
        .post, "/_security/oauth2/token", summary: "Issues a token.", body: .required,
        privilege: .cluster(.manageToken, Self.action("token/create")), handler: createToken),
      Route(
        .delete, "/_security/oauth2/token", summary: "Invalidates tokens.", body: .required,
        privilege: .cluster(.manageToken, Self.action("token/invalidate")), handler: invalidateTokens),
    ]
  }

  // MARK: The caller

  @Sendable private func authenticate(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    .json(.object(try await description(of: try Self.caller(session), for: request)))
  }

  /// Who asks, in Elasticsearch's form.
  func description(of principal: Principal, for request: EndpointRequest) async throws -> JSONObject {
    let realm: JSONValue
    var kind = "realm"
    if principal.apiKeyID != nil {
      realm = ["name": "_es_api_key", "type": "_es_api_key"]
      kind = "api_key"
    } else {
      realm = ["name": .string(principal.realm), "type": .string(principal.realm == User.realm ? User.realm : "jwt")]
      if case .bearer = try Credentials(of: request), principal.realm == User.realm { kind = "token" }
    }
    let user = principal.realm == User.realm ? await security.files.current().users[principal.username] : nil
    let roles = principal.apiKeyID == nil ? principal.roles : []
    var object: JSONObject = [
      "username": .string(principal.username), "roles": .array(roles.map(JSONValue.string)),
      "full_name": user?.fullName.map(JSONValue.string) ?? .null, "email": nil, "metadata": [:], "enabled": true,
      "authentication_realm": realm, "lookup_realm": realm, "authentication_type": .string(kind),
    ]
    if let id = principal.apiKeyID, let key = await security.keys.key(id) {
      object["api_key"] = ["id": .string(id), "name": .string(key.name)]
    }
    return object
  }

  @Sendable private func hasPrivileges(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let principal = try Self.caller(session)
    let body = try await Self.body(of: request)
    var hasAll = true
    var cluster = JSONObject()
    for item in body["cluster"]?.array ?? [] {
      let name = item.string ?? ""
      let isGranted = try session.permissions?.grants(RoleDescriptor.cluster(name)) ?? true
      hasAll = hasAll && isGranted
      cluster[name] = .bool(isGranted)
    }
    var indices = JSONObject()
    for item in body["index"]?.array ?? [] {
      let privileges = try (item["privileges"]?.array ?? []).map { try RoleDescriptor.index($0.string ?? "") }
      for index in item["names"]?.array?.compactMap(\.string) ?? [] {
        var granted = indices[index]?.object ?? JSONObject()
        for privilege in privileges {
          let isGranted = session.permissions?.grants(privilege, on: index) ?? true
          hasAll = hasAll && isGranted
          granted[privilege.rawValue] = .bool(isGranted)
        }
        indices[index] = .object(granted)
      }
    }
    return .json([
      "username": .string(principal.username), "has_all_requested": .bool(hasAll), "cluster": .object(cluster), "index": .object(indices),
      "application": [:],
    ])
  }

  // MARK: Shared

  static func caller(_ session: Session) throws(APIError) -> Principal {
    guard let principal = session.principal else {
      throw APIError(type: APIError.securityType, reason: "security is off", status: 400)
    }
    return principal
  }

  static func body(of request: EndpointRequest) async throws -> JSONObject {
    let bytes = try await request.body.collect(bytesMax: 1 << 20)
    guard let object = try JSONValue.parse(bytes).object else {
      throw APIError(type: "parse_exception", reason: "request body must be a JSON object", status: 400)
    }
    return object
  }

  static func refuseUnknown(_ body: JSONObject, _ known: Set<String>) throws(APIError) {
    guard let unknown = body.members.first(where: { !known.contains($0.name) }) else { return }
    throw .xContentParse(
      "unknown field [\(unknown.name)], expected one of [\(known.sorted().joined(separator: ", "))]", at: unknown.location)
  }
}
#endif
