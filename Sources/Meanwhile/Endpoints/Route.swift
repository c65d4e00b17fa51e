/// One thing a service answers: a method, a path, the parameters it knows, and what it does.
///
/// Routes are data. The router matches them, refuses parameters that a route does not name (with a suggestion), answers 405 with `Allow` and 400 for an
/// unknown path, and applies `pretty` and `filter_path`; the HTTP adapter, the command line and tests all go through it.
public struct Route: Sendable {
  public typealias Handler = @Sendable (EndpointRequest, Session) async throws -> EndpointResponse

  public var method: EndpointRequest.Method
  /// Segments between slashes; `{name}` matches one segment. `/{index}/_search` matches `/logs-*/_search`.
  public var path: String
  /// One sentence for the generated reference.
  public var summary: String
  /// Names of the query parameters this route takes, besides the common ones. Any other is a 400.
  public var parameters: [String]
  /// Whether a body is read. A body sent to a route that reads none is a 400.
  public var body: BodyRule
  /// What it takes of who calls it.
  public var privilege: RoutePrivilege
  /// What it may answer in besides the formats that every JSON answer can have, as media types; for the generated reference.
  public var mediaTypes: [String]
  public var handler: Handler

  public enum BodyRule: Sendable, Hashable {
    case none
    case optional
    case required
    /// A required body of several values: JSON with a line each, or another format's values one after another.
    case lines

    public var isRequired: Bool { self == .required || self == .lines }
  }

  /// What every route takes (Elasticsearch's common options).
  public static let commonParameters = ["pretty", "human", "error_trace", "filter_path", "format", "source", "source_content_type"]

  public init(
    _ method: EndpointRequest.Method, _ path: String, summary: String, parameters: [String] = [], body: BodyRule = .none,
    privilege: RoutePrivilege, mediaTypes: [String] = [], handler: @escaping Handler
  ) {
    self.method = method
    self.path = path
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.privilege = privilege
    self.mediaTypes = mediaTypes
    self.handler = handler
  }
}

/// Whatever declares routes: a language, the document endpoints, the cluster endpoints.
public protocol EndpointProvider: Sendable {
  var routes: [Route] { get }
  /// The settings that it heeds; none by default.
  var settings: [any DeclaredSetting] { get }
  /// Those of ``settings`` by which its API says how often what has expired is swept from the store; none by default. The shortest of all counts.
  var sweepIntervals: [Setting<TimeValue>] { get }
}

extension EndpointProvider {
  public var settings: [any DeclaredSetting] { [] }
  public var sweepIntervals: [Setting<TimeValue>] { [] }
}
