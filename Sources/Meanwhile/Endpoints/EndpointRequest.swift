/// A request, whatever brought it: HTTP, the command line, or a test.
public struct EndpointRequest: Sendable {
  public enum Method: String, Sendable, Hashable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case patch = "PATCH"
  }

  public var method: Method
  /// The path as it came, percent-encoded, without the query string. Begins with `/`.
  public var path: String
  /// Query parameters, decoded, in order.
  public var parameters: Parameters
  /// What the route's `{name}` segments matched, decoded. Filled by the router.
  public var pathParameters: [String: String]
  public var headers: Headers
  public var body: ChunkStream
  /// Who asks; nil with security off.
  public var principal: Principal?
  /// Where the client is, as the adapter sees it: `192.0.2.7:51324`, `[2001:db8::7]:51324`. Nil for one in this process, and where there is
  /// no telling.
  public var clientAddress: String?
  /// Told when the client goes away before it was answered; for a body that is made as it is sent, before its end. A stream that waits for what it
  /// tells next must listen, for only a write would show it otherwise. An adapter that cannot know leaves the default, which never fires.
  public var disconnection: Disconnection

  public init(
    method: Method, path: String, parameters: Parameters = Parameters(), headers: Headers = Headers(), body: ChunkStream = .empty,
    principal: Principal? = nil, clientAddress: String? = nil, disconnection: Disconnection = Disconnection()
  ) {
    self.method = method
    self.path = path
    self.parameters = parameters
    self.pathParameters = [:]
    self.headers = headers
    self.body = body
    self.principal = principal
    self.clientAddress = clientAddress
    self.disconnection = disconnection
  }

  /// A request with a JSON body, as tests and the command line make them.
  public init(_ method: Method, _ path: String, parameters: Parameters = Parameters(), json: JSONValue? = nil, principal: Principal? = nil)
  {
    self.init(
      method: method, path: path, parameters: parameters, headers: json == nil ? [:] : ["Content-Type": "application/json"],
      body: json.map { ChunkStream([$0.encoded()]) } ?? .empty, principal: principal)
  }

  /// The longest body that is read into memory as one value (Elasticsearch's `http.max_content_length`).
  public static let bodyBytesMax = 100 << 20
}
