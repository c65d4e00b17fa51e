#if Security
import Meanwhile

extension SecurityEndpoints {
  /// Issues a token for a password, for another token, or for whoever asks.
  @Sendable func createToken(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let body = try await Self.body(of: request)
    try Self.refuseUnknown(body, ["grant_type", "username", "password", "scope", "refresh_token"])
    var answer: JSONObject
    switch body["grant_type"]?.string {
    case "password":
      guard let username = body["username"]?.string, let password = body["password"]?.string else {
        throw APIError.validation(["username and password are required for the grant [password]"])
      }
      let principal: Principal
      do {
        principal = try await security.user(username, password, request)
      } catch let error as APIError where error.status == 401 {
        throw OAuthError("invalid_grant", "unable to authenticate user [\(username)]").error
      }
      answer = Self.answer(try await security.tokens.issue(to: username, isRefreshable: true))
      answer["authentication"] = .object(try await description(of: principal, for: request))
    case "client_credentials":
      let principal = try Self.caller(session)
      guard principal.realm == User.realm, principal.apiKeyID == nil else {
        throw OAuthError("unauthorized_client", "tokens are issued to users of the realm [\(User.realm)]").error
      }
      answer = Self.answer(try await security.tokens.issue(to: principal.username, isRefreshable: false))
      answer["authentication"] = .object(try await description(of: principal, for: request))
    case "refresh_token":
      guard let token = body["refresh_token"]?.string else {
        throw APIError.validation(["refresh_token is required for the grant [refresh_token]"])
      }
      let (username, issued) = try await security.tokens.exchange(token)
      answer = Self.answer(issued)
      if let user = await security.files.current().users[username] {
        answer["authentication"] = .object(try await description(of: user.principal, for: request))
      }
    case let other:
      throw APIError.validation([
        "grant_type only supports the values: [password, client_credentials, refresh_token] but was [\(other ?? "null")]"
      ])
    }
    return .json(.object(answer), headers: ["Cache-Control": "no-store", "Pragma": "no-cache"])
  }

  private static func answer(_ issued: TokenVault.Issued) -> JSONObject {
    var answer: JSONObject = [
      "access_token": .string(issued.access), "type": "Bearer", "expires_in": .integer(TokenVault.lifetime.milliseconds / 1_000),
    ]
    answer["refresh_token"] = issued.refresh.map(JSONValue.string)
    return answer
  }

  @Sendable func invalidateTokens(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let body = try await Self.body(of: request)
    try Self.refuseUnknown(body, ["token", "refresh_token", "username", "realm_name"])
    let selection: TokenVault.Selection
    switch (body["token"]?.string, body["refresh_token"]?.string, body["username"]?.string) {
    case (.some(let token), nil, nil): selection = .access(token)
    case (nil, .some(let token), nil): selection = .refresh(token)
    case (nil, nil, .some(let username)): selection = .user(username)
    default: throw APIError.validation(["one of [token, refresh_token, username] must be given"])
    }
    let counts = try await security.tokens.invalidate(selection)
    return .json(
      [
        "invalidated_tokens": .integer(Int64(counts?.now ?? 0)), "previously_invalidated_tokens": .integer(Int64(counts?.before ?? 0)),
        "error_count": 0,
      ], status: counts == nil ? 404 : 200)
  }
}
#endif
