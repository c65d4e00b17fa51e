#if HTTP
import Meanwhile
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends requests to a server elsewhere, over HTTP/1.1, with TLS or without: a connection each.
///
/// An answer's body comes piece by piece as it is read from the socket. Letting go of it, or cancelling the task that waits for the answer,
/// closes the connection, which
/// tells the server that nobody waits any more. There is no limit of time: a query takes as long as it takes, and the server has limits of
/// its own.
public struct HTTPClient: Sendable {
  /// Whose word counts when a server says who it is.
  public enum Trust: Sendable, Hashable {
    /// Those whom the system trusts.
    case system
    /// Those whose certificates are in a PEM file.
    case certificates(path: String)
    /// Anybody's: whoever is in between can read everything, and say anything.
    case anybody
  }

  private let url: ServerURL
  private let tls: NIOSSLContext?

  private static let connectTimeout = TimeAmount.seconds(30)

  /// - Throws: ``HTTPClientError``.
  public init(url text: String, trust: Trust = .system) throws(HTTPClientError) {
    url = try ServerURL(text)
    tls = url.isSecure ? try Self.context(trust) : nil
  }

  private static func context(_ trust: Trust) throws(HTTPClientError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    var path = ""
    switch trust {
    case .system: break
    case .certificates(let file):
      path = file
      configuration.trustRoots = .file(file)
    case .anybody: configuration.certificateVerification = .none
    }
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw .noTrust(certificates: path, problem: String(describing: error))
    }
  }

  /// - Returns: the answer, whatever its status; its body is a stream.
  /// - Throws: ``HTTPClientError/cannotReach(url:problem:)`` where there was none.
  public func send(_ request: EndpointRequest) async throws -> EndpointResponse {
    let body = try await request.body.collect(bytesMax: .max)
    let head = self.head(of: request, bodyBytes: body.count)
    let (pieces, answer) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    let answered = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: HTTPResponseHead.self)
    let channel: any Channel
    do {
      channel = try await connect(answered, answer)
    } catch {
      answered.fail(error)
      throw failure(error)
    }
    answer.onTermination = { _ in channel.close(promise: nil) }
    do {
      let response = try await withTaskCancellationHandler {
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if !body.isEmpty { channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil) }
        // Where this fails, so does what is waited for: a server may answer before it has taken everything.
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try await answered.futureResult.get()
      } onCancel: {
        channel.close(promise: nil)
      }
      let fields = response.headers.map { Headers.Field(name: $0.name, value: $0.value) }
      return EndpointResponse(status: Int(response.status.code), headers: Headers(fields), body: .stream(ChunkStream(pieces)))
    } catch {
      throw failure(error)
    }
  }

  private func connect(
    _ answered: EventLoopPromise<HTTPResponseHead>, _ answer: AsyncThrowingStream<[UInt8], any Error>.Continuation
  ) async throws -> any Channel {
    let (tls, host) = (tls, url.host)
    // Where there is no name, a certificate is held against the address; an address is nothing to ask a server for by name (RFC 6066, section 3).
    let isAddress = (try? SocketAddress(ipAddress: host, port: url.port)) != nil
    return try await ClientBootstrap(group: answered.futureResult.eventLoop)
      .connectTimeout(Self.connectTimeout)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)) }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(HTTPClientHandler(answered: answered, answer: answer))
        }
      }
      .connect(host: host, port: url.port).get()
  }

  private func head(of request: EndpointRequest, bodyBytes: Int) -> HTTPRequestHead {
    let query = request.parameters.pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
    let target = url.path + request.path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    var headers = HTTPHeaders([("Host", url.authority), ("Connection", "close")])
    for field in request.headers.fields { headers.add(name: field.name, value: field.value) }
    if bodyBytes > 0 || request.method != .get && request.method != .head { headers.add(name: "Content-Length", value: String(bodyBytes)) }
    return HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: target, headers: headers)
  }

  private func failure(_ error: any Error) -> any Error {
    if error is CancellationError { return error }
    return HTTPClientError.cannotReach(url: url.text, problem: Self.problem(error))
  }

  /// What there is to say of an error in a line.
  private static func problem(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      if let problem = error.connectionErrors.first?.error { return Self.problem(problem) }
      return "[\(error.host)] is no host that is known"
    case let error as IOError: return error.description
    case NIOSSLError.handshakeFailed(let reason):
      let isRefused = String(describing: reason).contains("CERTIFICATE_VERIFY_FAILED")
      return isRefused ? "nobody who is trusted vouches for its certificate" : "it speaks no TLS: \(reason)"
    case let error as NIOSSLExtraError: return error.description
    default: return String(describing: error)
    }
  }
}
#endif
