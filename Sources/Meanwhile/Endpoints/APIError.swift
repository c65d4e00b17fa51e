/// An error as a client sees it: the field's error type, an HTTP status, and a reason that says what was wrong, where, and what would be right.
///
/// It renders as Elasticsearch's error envelope:
/// `{"error":{"root_cause":[…],"type":…,"reason":…,"caused_by":…},"status":…}`.
public struct APIError: Error, Sendable, Hashable {
  /// Snake-case type that clients match on, such as `parsing_exception`.
  public var type: String
  public var reason: String
  /// HTTP status, 400 ... 599.
  public var status: Int
  /// Further members next to `type` and `reason`: `line`, `col`, `index`, `resource.id`, `header`, …
  public var metadata: JSONObject
  /// Why, one level down.
  public var cause: Box?
  /// What `root_cause` lists; empty means the error itself.
  public var rootCauses: [APIError]
  /// Headers that the response carries, such as `Retry-After`, `Allow` or `WWW-Authenticate`.
  public var headers: Headers

  /// Holds the cause, since a struct cannot hold itself.
  public final class Box: Sendable, Hashable {
    public let error: APIError
    public init(_ error: APIError) { self.error = error }
    public static func == (left: Box, right: Box) -> Bool { left.error == right.error }
    public func hash(into hasher: inout Hasher) { hasher.combine(error) }
  }

  public init(
    type: String, reason: String, status: Int, metadata: JSONObject = JSONObject(), causedBy cause: APIError? = nil,
    rootCauses: [APIError] = [], headers: Headers = Headers()
  ) {
    self.type = type
    self.reason = reason
    self.status = status
    self.metadata = metadata
    self.cause = cause.map(Box.init)
    self.rootCauses = rootCauses
    self.headers = headers
  }

  /// The error object without `root_cause`, as it stands inside other bodies (`caused_by`, bulk items, async search's `error`).
  public var object: JSONObject {
    var object: JSONObject = ["type": .string(type), "reason": .string(reason)]
    for member in metadata.members { object.append(member.name, member.value) }
    if let cause { object.append("caused_by", .object(cause.error.object)) }
    return object
  }

  /// The whole envelope, root causes and status included.
  public var envelope: JSONValue {
    var own = self
    own.cause = nil
    let roots = rootCauses.isEmpty ? [own] : rootCauses
    var error: JSONObject = ["root_cause": .array(roots.map { .object($0.object) })]
    for member in object.members { error.append(member.name, member.value) }
    return .object(["error": .object(error), "status": .integer(Int64(status))])
  }
}

extension APIError {
  /// The error with a `stack_trace`, and its causes with theirs: a line for each error on the way down. It names no place in the code.
  var traced: APIError {
    var traced = self
    traced.metadata["stack_trace"] = .string(trace)
    if let cause { traced.cause = Box(cause.error.traced) }
    traced.rootCauses = rootCauses.map(\.traced)
    return traced
  }

  private var trace: String {
    let own = "\(type): \(reason)"
    return cause.map { own + "\nCaused by: " + $0.error.trace } ?? own
  }
}

// MARK: - The errors that any part of a service may need

extension APIError {
  public static func illegalArgument(_ reason: String, causedBy cause: APIError? = nil) -> APIError {
    APIError(type: "illegal_argument_exception", reason: reason, status: 400, causedBy: cause)
  }

  /// `Validation Failed: 1: …;2: …;`: every problem of a request at once.
  public static func validation(_ problems: [String]) -> APIError {
    let numbered = problems.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined()
    return APIError(type: "action_request_validation_exception", reason: "Validation Failed: " + numbered, status: 400)
  }

  /// A syntax error of a query language: `line L:C: message`.
  public static func parsing(_ message: String, line: Int, column: Int) -> APIError {
    APIError(type: "parsing_exception", reason: "line \(line):\(column): \(message)", status: 400)
  }

  /// Semantic errors of a query: `Found N problems` and a line for each. `problems` are whole lines, `line L:C: message`.
  public static func verification(_ problems: [String]) -> APIError {
    let head = "Found \(problems.count) problem\(problems.count == 1 ? "" : "s")"
    return APIError(type: "verification_exception", reason: ([head] + problems).joined(separator: "\n"), status: 400)
  }

  /// A body that is not what it should be; `reason` follows the place, `[line:column]`.
  public static func xContentParse(_ reason: String, at location: JSONLocation?, causedBy cause: APIError? = nil) -> APIError {
    let place = location.map { "[\($0.line):\($0.column)] " } ?? ""
    return APIError(type: "x_content_parse_exception", reason: place + reason, status: 400, causedBy: cause)
  }

  public static func resourceNotFound(_ reason: String) -> APIError {
    APIError(type: "resource_not_found_exception", reason: reason, status: 404)
  }

  public static func indexNotFound(_ index: String) -> APIError {
    APIError(
      type: "index_not_found_exception", reason: "no such index [\(index)]", status: 404,
      metadata: [
        "resource.type": "index_or_alias", "resource.id": .string(index), "index_uuid": "_na_", "index": .string(index),
      ])
  }

  /// The running and waiting limits are both used up. Carries `Retry-After`.
  public static func rejected(_ reason: String, retryAfterSeconds: Int) -> APIError {
    APIError(
      type: "es_rejected_execution_exception", reason: reason, status: 429, headers: ["Retry-After": String(retryAfterSeconds)])
  }

  public static func circuitBreaking(_ reason: String) -> APIError {
    APIError(type: "circuit_breaking_exception", reason: reason, status: 429)
  }

  /// The answer to whoever waits for a task that was cancelled or deleted under them.
  public static func taskCancelled(_ reason: String) -> APIError {
    APIError(type: "task_cancelled_exception", reason: "task cancelled [\(reason)]", status: 400)
  }

  /// A fault of the server's own; the reason names no internals.
  public static func internalFailure(_ reason: String) -> APIError {
    APIError(type: "exception", reason: reason, status: 500)
  }
}
