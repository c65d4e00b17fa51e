#if HTTP
import HTTPTypes
import HummingbirdCore
import Meanwhile
import NIOCore

/// Sends a response over a connection.
struct ResponseSender {
  /// Whether the request was a `HEAD`: the same head as for `GET`, with the length that its body would have, and no body.
  let isHead: Bool

  /// A response whose first bytes are there, so that its status is certain.
  struct Prepared {
    var head: HTTPResponse
    var body: Body

    enum Body {
      case none
      case whole(ByteBuffer)
      /// The first chunk, and what gives the further ones.
      case stream(first: ByteBuffer, rest: ChunkStream.AsyncIterator)
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
      var iterator = stream.makeAsyncIterator()
      guard let first = try await iterator.next() else { return whole(response, []) }
      return Prepared(head: Self.head(of: response), body: .stream(first: ByteBuffer(bytes: first), rest: iterator))
    }
  }

  private func whole(_ response: EndpointResponse, _ bytes: [UInt8], length: Int? = nil) -> Prepared {
    var head = Self.head(of: response)
    // 204 and 304 have no body and so no length (RFC 9110, section 8.6).
    if head.status != .noContent, head.status != .notModified, !(isHead && head.headerFields.contains(.contentLength)) {
      head.headerFields[.contentLength] = String(length ?? bytes.count)
    }
    return Prepared(head: head, body: isHead || bytes.isEmpty ? .none : .whole(ByteBuffer(bytes: bytes)))
  }

  private static func head(of response: EndpointResponse) -> HTTPResponse {
    var head = HTTPResponse(status: HTTPResponse.Status(code: min(max(response.status, 200), 999)))
    for field in response.headers.fields {
      guard let name = HTTPField.Name(field.name) else { continue }
      head.headerFields.append(HTTPField(name: name, value: field.value))
    }
    if case .json = response.body, !head.headerFields.contains(.contentType) { head.headerFields[.contentType] = "application/json" }
    return head
  }

  /// Sends it, no faster than the client takes it.
  ///
  /// - Throws: when the client is gone, or when a stream breaks off: then nothing but the connection's end can tell the client.
  func send(_ response: Prepared, _ writer: consuming ResponseWriter) async throws {
    switch response.body {
    case .none: try await writer.writeResponse(response.head)
    case .whole(let buffer): try await writer.write(response: response.head, body: ResponseBody(byteBuffer: buffer))
    case .stream(let first, var rest):
      var body = try await writer.writeHead(response.head)
      try await body.write(first)
      while let chunk = try await rest.next() {
        try await body.write(ByteBuffer(bytes: chunk))
      }
      try await body.finish(nil)
    }
  }
}
#endif
