#if Security
import Meanwhile

/// What Elasticsearch says to those it does not know.
extension APIError {
  static func missingCredentials(for request: EndpointRequest) -> APIError {
    unauthenticated("missing authentication credentials for REST request [\(uri(of: request))]")
  }

  static func wrongPassword(of username: String, for request: EndpointRequest) -> APIError {
    unauthenticated("unable to authenticate user [\(username)] for REST request [\(uri(of: request))]")
  }

  static func malformedCredentials(_ reason: String) -> APIError { unauthenticated(reason) }

  /// - Parameter problem: what is wrong with the key; names no secret.
  static func invalidKey(_ problem: String) -> APIError { unsuccessful("API key: " + problem) }

  static func invalidToken(_ problem: String?) -> APIError { unsuccessful(problem.map { "oauth2 token: " + $0 }) }

  static let expiredToken = unauthenticated(
    "token expired",
    challenges: [#"Bearer realm="security", error="invalid_token", error_description="The access token expired""#])

  /// So many wrong passwords were tried that the next one has to wait longer than a client would.
  static func tooManyAttempts(retryAfterSeconds: Int) -> APIError {
    APIError(
      type: securityType, reason: "too many attempts to authenticate; try again later", status: 429,
      headers: ["Retry-After": String(retryAfterSeconds)])
  }

  private static func unsuccessful(_ problem: String?) -> APIError {
    var error = unauthenticated("unable to authenticate with provided credentials and anonymous access is not allowed for this request")
    if let problem { error.metadata["additional_unsuccessful_credentials"] = .string(problem) }
    return error
  }

  private static let challenges = [#"Basic realm="security", charset="UTF-8""#, #"Bearer realm="security""#, "ApiKey"]

  private static func unauthenticated(_ reason: String, challenges: [String] = APIError.challenges) -> APIError {
    let listed: JSONValue = challenges.count == 1 ? .string(challenges[0]) : .array(challenges.map(JSONValue.string))
    return APIError(
      type: securityType, reason: reason, status: 401, metadata: ["header": ["WWW-Authenticate": listed]],
      headers: Headers(challenges.map { Headers.Field(name: "WWW-Authenticate", value: $0) }))
  }

  private static func uri(of request: EndpointRequest) -> String {
    let query = request.parameters.queryString
    return query.isEmpty ? request.path : request.path + "?" + query
  }
}
#endif
