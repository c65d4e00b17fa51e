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

  /// - Throws: whatever ends the connection: the client is gone or does not take the response, the response broke off, or too much of a body was left
  ///   unread.
  ///
  /// - Parameter channel: the connection's, or the stream's.
  func respond(to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel) async throws {
    let started = SystemTimeSource().uptimeNanoseconds()
    let sender = ResponseSender(isHead: request.method == .head, coding: ContentCoding(acceptedBy: request.headers))
    let disconnection = try watch.begin()
    defer { watch.end() }

    let body = RequestBodyReader(request, bytesMax: configuration.bodyBytesMax, isFramed: isFramed)
    let response: EndpointResponse
    do {
      let target = try RequestTarget(request)
      let chunks = try body?.chunks() ?? .empty
      if body != nil, request.headers[.expect]?.lowercased() == "100-continue" {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      response = await service.respond(
        to: EndpointRequest(
          method: target.method, path: target.path, parameters: target.parameters, headers: Headers(request.head),
          body: chunks, clientAddress: service.isSecured ? channel.clientAddress : nil, disconnection: disconnection))
    } catch let error as APIError {
      response = EndpointResponse(error)
    }

    let prepared = await sender.prepare(response)
    defer {
      let elapsed = TimeValue(nanoseconds: Int64(clamping: SystemTimeSource().uptimeNanoseconds() &- started))
      onAnswered(HTTPAdapter.Exchange(method: request.method.rawValue, status: prepared.head.status.code, elapsed: elapsed))
    }
    // Whoever makes a stream may be waiting for what it tells next, and must learn that nobody listens any more.
    if !prepared.isStream { watch.end() }
    try await sender.send(prepared, writer)
    watch.end()
    guard let body else { return }
    try await body.finish(discardingAtMost: configuration.unreadBodyBytesMax)
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
