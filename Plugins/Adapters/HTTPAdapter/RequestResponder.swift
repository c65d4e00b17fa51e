#if HTTP
import HTTPTypes
import HummingbirdCore
import Meanwhile
import NIOCore

/// Answers the requests of one connection, one after another.
struct RequestResponder: Sendable {
  let service: Service
  let configuration: HTTPAdapter.Configuration
  let watch: DisconnectionWatch
  let onAnswered: @Sendable (HTTPAdapter.Exchange) -> Void
  /// Whether the connection is HTTP/2.
  var isFramed = false

  /// Answers a request whose body is read from the connection as the handler asks for it.
  ///
  /// - Throws: whatever ends the connection: the client is gone or does not take the response, the response broke off, or too much of a body was left
  ///   unread.
  ///
  /// - Parameter channel: the connection's, or the stream's.
  func respond(to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel) async throws {
    let started = SystemTimeSource().uptimeNanoseconds()
    let disconnection = try watch.begin()
    defer { watch.end() }

    let body = RequestBodyReader(request, bytesMax: configuration.bodyBytesMax, isFramed: isFramed)
    let response: EndpointResponse
    do {
      let target = try RequestTarget(request.head)
      let chunks = try body?.chunks() ?? .empty
      if body != nil, request.headers[.expect]?.lowercased() == "100-continue" {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      response = await answer(request.head, target, chunks, disconnection, on: channel)
    } catch let error as APIError {
      response = EndpointResponse(error)
    }

    let prepared = await sender(for: request.head).prepare(response)
    defer { tell(request.head, prepared, since: started) }
    // Whoever makes a stream may be waiting for what it tells next, and must learn that nobody listens any more.
    if !prepared.isStream { watch.end() }
    try await ResponseSender.send(prepared, writer)
    watch.end()
    guard let body else { return }
    try await body.finish(discardingAtMost: configuration.unreadBodyBytesMax)
  }

  /// The response to a request that came whole.
  func prepare(
    _ head: HTTPRequest, body: [UInt8], until disconnection: Disconnection, on channel: any Channel
  ) async -> ResponseSender.Prepared {
    let response: EndpointResponse
    do {
      let target = try RequestTarget(head)
      response = await answer(head, target, body.isEmpty ? .empty : ChunkStream([body]), disconnection, on: channel)
    } catch {
      response = EndpointResponse(error)
    }
    return await sender(for: head).prepare(response)
  }

  /// Says that a request was answered.
  func tell(_ head: HTTPRequest, _ prepared: ResponseSender.Prepared, since started: UInt64) {
    let elapsed = TimeValue(nanoseconds: Int64(clamping: SystemTimeSource().uptimeNanoseconds() &- started))
    onAnswered(HTTPAdapter.Exchange(method: head.method.rawValue, status: prepared.head.status.code, elapsed: elapsed))
  }

  private func sender(for head: HTTPRequest) -> ResponseSender {
    ResponseSender(isHead: head.method == .head, coding: ContentCoding(acceptedBy: head.headerFields))
  }

  private func answer(
    _ head: HTTPRequest, _ target: RequestTarget, _ body: ChunkStream, _ disconnection: Disconnection, on channel: any Channel
  ) async -> EndpointResponse {
    await service.respond(
      to: EndpointRequest(
        method: target.method, path: target.path, parameters: target.parameters, headers: Headers(head), body: body,
        clientAddress: service.isSecured ? channel.clientAddress : nil, disconnection: disconnection))
  }
}

extension Headers {
  /// The fields of a request. `Host` comes first: HTTPTypes keeps it apart.
  fileprivate init(_ head: HTTPRequest) {
    var fields: [Field] = []
    fields.reserveCapacity(head.headerFields.count + 1)
    if let authority = head.authority { fields.append(Field(name: "Host", value: authority)) }
    for field in head.headerFields { fields.append(Field(name: field.name.rawName, value: field.value)) }
    self.init(fields)
  }
}
#endif
