#if HTTP
import HTTPTypes
import HummingbirdCore
import Meanwhile
import MeanwhileGzip
import NIOCore

/// Sends a response over a connection.
///
/// Chunks that are there for the asking go out together, and a body that ends within the first of these gathers has a length: a small result is one write
/// to the socket and one packet, however many chunks it is made of.
struct ResponseSender {
  /// Whether the request was a `HEAD`: the same head as for `GET`, with the length that its body would have, and no body.
  let isHead: Bool
  /// What the client takes.
  let coding: ContentCoding

  /// A response whose first bytes are there, so that its status is certain.
  struct Prepared: Sendable {
    var head: HTTPResponse
    var body: Body

    var isStream: Bool {
      if case .stream = body { true } else { false }
    }

    enum Body: Sendable {
      case none
      case whole(ByteBuffer)
      /// The first bytes, and what gives the further ones.
      case stream(first: [UInt8], rest: Gathering, ContentCoding)
    }
  }

  /// Makes a response ready. A body that fails at its beginning becomes the error that it failed with.
  func prepare(_ response: EndpointResponse) async -> Prepared {
    do {
      return try await prepareThrowing(response)
    } catch let error as APIError {
      return whole(EndpointResponse(error), Self.encoded(error))
    } catch {
      let failure = APIError.internalFailure("the response could not be made")
      return whole(EndpointResponse(failure), Self.encoded(failure))
    }
  }

  private static func encoded(_ error: APIError) -> [UInt8] { error.envelope.encoded() }

  private func prepareThrowing(_ response: EndpointResponse) async throws -> Prepared {
    switch response.body {
    case .none: return whole(response, [])
    case .bytes(let bytes): return whole(response, bytes)
    case .json(let value): return whole(response, value.encoded())
    case .stream(let stream) where isHead:
      // HTTP/1.1 has no other way to leave a body out of a connection that lives on than to say how long it would be.
      var length = 0
      for try await chunk in stream { length += chunk.count }
      return whole(response, [], length: length)
    case .stream(let stream):
      var rest = Gathering(stream)
      let first = try await rest.next() ?? []
      guard !rest.hasEnded else { return whole(response, first) }
      var head = Self.head(of: response)
      let coding = compress(&head) ? coding : .identity
      return Prepared(head: head, body: .stream(first: first, rest: rest, coding))
    }
  }

  private func whole(_ response: EndpointResponse, _ bytes: [UInt8], length: Int? = nil) -> Prepared {
    var head = Self.head(of: response)
    var bytes = bytes
    if bytes.count >= ContentCoding.compressedBytesMin, compress(&head) { bytes = GzipWriter.compress(bytes) }
    // 204 and 304 have no body and so no length (RFC 9110, section 8.6).
    if head.status != .noContent, head.status != .notModified, !(isHead && head.headerFields.contains(.contentLength)) {
      head.headerFields[.contentLength] = String(length ?? bytes.count)
    }
    return Prepared(head: head, body: isHead || bytes.isEmpty ? .none : .whole(ByteBuffer(bytes: bytes)))
  }

  /// Names that nearly every response has, checked and lowercased once.
  private static let frequentNames: [String: HTTPField.Name] = {
    let names = [
      "Content-Type", "X-elastic-product", "X-Elasticsearch-Async-Id", "X-Elasticsearch-Async-Is-Running", "Server-Timing", "Took-nanos",
    ]
    return Dictionary(names.compactMap { name in HTTPField.Name(name).map { (name, $0) } }) { $1 }
  }()

  /// Says that the body is compressed, if the client takes that and it may be. A `HEAD` has none that could be.
  private func compress(_ head: inout HTTPResponse) -> Bool {
    guard coding == .gzip, !isHead, ContentCoding.compresses(head) else { return false }
    head.headerFields[.contentEncoding] = "gzip"
    head.headerFields[.vary] = "Accept-Encoding"
    return true
  }

  private static func head(of response: EndpointResponse) -> HTTPResponse {
    var head = HTTPResponse(status: HTTPResponse.Status(code: min(max(response.status, 200), 999)))
    for field in response.headers.fields {
      guard let name = frequentNames[field.name] ?? HTTPField.Name(field.name) else { continue }
      head.headerFields.append(HTTPField(name: name, value: field.value))
    }
    if case .json = response.body, !head.headerFields.contains(.contentType) { head.headerFields[.contentType] = "application/json" }
    return head
  }

  /// Sends it, no faster than the client takes it.
  ///
  /// - Throws: when the client is gone, or when a stream breaks off: then nothing but the connection's end can tell the client.
  static func send(_ response: Prepared, _ writer: consuming ResponseWriter) async throws {
    switch response.body {
    case .none: try await writer.writeResponse(response.head)
    case .whole(let buffer): try await writer.write(response: response.head, body: ResponseBody(byteBuffer: buffer))
    case .stream(let first, let rest, let coding):
      var body = try await writer.writeHead(response.head)
      try await forEachPiece(first, rest, coding) { try await body.write($0) }
      try await body.finish(nil)
    }
  }

  /// Hands out a stream as it is to be sent, each piece once the one before is on its way.
  static func forEachPiece(
    _ first: [UInt8], _ rest: Gathering, _ coding: ContentCoding, _ send: (ByteBuffer) async throws -> Void
  ) async throws {
    var rest = rest
    var gzip: GzipWriter? = coding == .gzip ? GzipWriter() : nil
    var next: [UInt8]? = first
    while let chunk = next {
      let bytes = gzip?.write(chunk) ?? chunk
      if !bytes.isEmpty { try await send(ByteBuffer(bytes: bytes)) }
      next = try await rest.next()
    }
    if let end = gzip?.write([], isLast: true) { try await send(ByteBuffer(bytes: end)) }
  }
}
/// Reads a stream in pieces that are worth a write to a socket.
struct Gathering: Sendable {
  private var iterator: ChunkStream.AsyncIterator
  private let isImmediate: Bool
  private(set) var hasEnded = false

  private static let byteCount = 32 << 10

  init(_ stream: ChunkStream) {
    iterator = stream.makeAsyncIterator()
    isImmediate = stream.isImmediate
  }

  /// The next chunk, with those after it that need not be waited for; nil at the end.
  mutating func next() async throws -> [UInt8]? {
    guard !hasEnded else { return nil }
    guard var gathered = try await iterator.next() else {
      hasEnded = true
      return nil
    }
    while isImmediate, gathered.count < Self.byteCount {
      guard let chunk = try await iterator.next() else {
        hasEnded = true
        break
      }
      gathered.append(contentsOf: chunk)
    }
    return gathered
  }
}
#endif
