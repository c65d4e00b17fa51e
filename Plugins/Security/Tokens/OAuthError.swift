#if Security
import Meanwhile

/// An error of the token endpoint (RFC 6749, section 5.2), in the envelope that Elasticsearch puts it in.
struct OAuthError {
  let error: APIError

  init(_ code: String, _ description: String) {
    error = APIError(type: code, reason: description, status: 400, metadata: ["error_description": .string(description)])
  }
}
#endif
