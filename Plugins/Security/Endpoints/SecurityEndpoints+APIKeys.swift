#if Security
import Foundation
import Meanwhile

extension SecurityEndpoints {
  /// The answer is the only time that a key's secret is seen.
  @Sendable func createKey(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let body = try await Self.body(of: request)
    try Self.refuseUnknown(body, ["name", "expiration", "role_descriptors", "metadata"])
    guard let name = body["name"]?.string, !name.isEmpty else { throw APIError.validation(["api key name is required"]) }
    guard name.utf8.count <= 256 else { throw APIError.validation(["api key name may not be more than 256 characters long"]) }
    guard name.first != " ", name.last != " " else { throw APIError.validation(["api key name may not begin or end with whitespace"]) }
    guard name.first != "_" else { throw APIError.validation(["api key name may not begin with an underscore"]) }
    let descriptors = try APIKey.descriptors(body["role_descriptors"])
    let lifetime = try body["expiration"]?.string.map { try TimeValue(parsing: $0, setting: "expiration") }
    let principal = try Self.caller(session)
    let limits = try await limits(of: principal, descriptors)
    let now = session.service.environment.time.now()
    let metadata = body["metadata"]?.object ?? JSONObject()
    let (key, secret) = try await security.keys.create { id, digest in
      APIKey(
        id: id, name: name, digest: digest, username: principal.username, realm: principal.realm, created: now,
        expires: lifetime.map { now.advanced(by: $0) }, invalidated: nil, roleDescriptors: descriptors, limitedBy: limits,
        metadata: metadata)
    }
    var answer: JSONObject = ["id": .string(key.id), "name": .string(name)]
    answer["expiration"] = key.expires.map { .integer($0.milliseconds) }
    answer["api_key"] = .string(secret)
    answer["encoded"] = .string(Data("\(key.id):\(secret)".utf8).base64EncodedString())
    return .json(.object(answer), headers: ["Cache-Control": "no-store"])
  }

  /// What the maker of a key may do, which the key may do at most. A key can make only keys that may do nothing, as in Elasticsearch.
  private func limits(of principal: Principal, _ descriptors: [String: RoleDescriptor]) async throws -> [String: RoleDescriptor] {
    guard principal.apiKeyID == nil else {
      guard !descriptors.isEmpty, descriptors.values.allSatisfy(\.isEmpty) else {
        throw APIError.illegalArgument("creating derived api keys requires an explicit role descriptor that is empty (has no privileges)")
      }
      return [:]
    }
    return await security.rolePermissions(of: principal).roles
  }

  @Sendable func listKeys(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let parameters = request.parameters
    var selection = KeySelection()
    selection.ids = parameters["id"].map { [$0] }
    selection.name = parameters["name"]
    selection.username = parameters["username"]
    selection.realm = parameters["realm_name"]
    selection.isOwn = try parameters.bool("owner") ?? false
    let isActiveOnly = try parameters.bool("active_only") ?? false
    let withLimits = try parameters.bool("with_limited_by") ?? false
    let now = session.service.environment.time.now()
    let keys = try await selected(selection, session).filter { !isActiveOnly || $0.isActive(at: now) }
    // One that is asked for by its id and is not there is missed.
    let status = keys.isEmpty && selection.ids != nil ? 404 : 200
    return .json(["api_keys": .array(keys.map { $0.listed(withLimits: withLimits) })], status: status)
  }

  @Sendable func invalidateKeys(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let body = try await Self.body(of: request)
    try Self.refuseUnknown(body, ["id", "ids", "name", "owner", "username", "realm_name"])
    var selection = KeySelection()
    selection.ids = body["ids"]?.array?.compactMap(\.string) ?? body["id"]?.string.map { [$0] }
    selection.name = body["name"]?.string
    selection.username = body["username"]?.string
    selection.realm = body["realm_name"]?.string
    selection.isOwn = body["owner"]?.bool ?? false
    guard selection != KeySelection() else {
      throw APIError.validation(["One of [api key id(s), api key name, username, realm name] must be specified if [owner] flag is false"])
    }
    let (now, before) = try await security.keys.invalidate(try await selected(selection, session).map(\.id))
    return .json([
      "invalidated_api_keys": .array(now.map(JSONValue.string)), "previously_invalidated_api_keys": .array(before.map(JSONValue.string)),
      "error_count": 0,
    ])
  }

  /// Which keys a request means.
  private struct KeySelection: Equatable {
    var ids: [String]?
    /// `*` at its end stands for any letters.
    var name: String?
    var username: String?
    var realm: String?
    var isOwn = false
  }

  /// Those of the keys meant that the caller may see: their own, and with the privilege everybody's. A key sees itself alone.
  private func selected(_ selection: KeySelection, _ session: Session) async throws -> [APIKey] {
    let caller = try Self.caller(session)
    let reachesAll = session.holds(.manageAPIKey) && !selection.isOwn
    let pattern = selection.name.map { WildcardPattern($0) }
    return await security.keys.all().filter { key in
      let isOwn = caller.apiKeyID.map { $0 == key.id } ?? (key.username == caller.username && key.realm == caller.realm)
      return (reachesAll || isOwn) && selection.ids?.contains(key.id) ?? true && pattern?.matches(key.name) ?? true
        && selection.username.map { $0 == key.username } ?? true && selection.realm.map { $0 == key.realm } ?? true
    }
  }
}
#endif
