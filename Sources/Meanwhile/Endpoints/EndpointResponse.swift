/// A response, whatever carries it.
public struct EndpointResponse: Sendable {
  public var status: Int
  public var headers: Headers
  public var body: Body

  public enum Body: Sendable {
    /// No body at all.
    case none
    /// A body that is whole.
    case bytes([UInt8])
    /// An object that the router encodes once it has applied `filter_path`, in the style that `pretty` asks for.
    case json(JSONValue)
    /// A body made as it is sent.
    case stream(ChunkStream)
  }

  public init(status: Int = 200, headers: Headers = Headers(), body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A JSON response.
  public static func json(_ value: JSONValue, status: Int = 200, headers: Headers = Headers()) -> EndpointResponse {
    EndpointResponse(status: status, headers: headers, body: .json(value))
  }

  /// A JSON response that is encoded already; `pretty` and `filter_path` are applied by reading it again.
  public static func encodedJSON(_ bytes: [UInt8], status: Int = 200, headers: Headers = Headers()) -> EndpointResponse {
    var headers = headers
    headers["Content-Type"] = "application/json"
    return EndpointResponse(status: status, headers: headers, body: .bytes(bytes))
  }

  /// A JSON response that is encoded already, and made as it is sent.
  public static func encodedJSON(_ stream: ChunkStream) -> EndpointResponse {
    EndpointResponse(headers: ["Content-Type": "application/json"], body: .stream(stream))
  }

  /// The response to an error.
  ///
  /// - Parameter isTraced: whether it says what led to it; never said to whom the server does not know.
  public init(_ error: APIError, isTraced: Bool = false) {
    let shown = isTraced && error.status != 401 ? error.traced : error
    self = .json(shown.envelope, status: error.status, headers: error.headers)
  }

  /// The whole body, as tests and the command line read it.
  public func collectBody(bytesMax: Int = .max) async throws -> [UInt8] {
    switch body {
    case .none: []
    case .bytes(let bytes): bytes
    case .json(let value): value.encoded()
    case .stream(let stream): try await stream.collect(bytesMax: bytesMax)
    }
  }
}
