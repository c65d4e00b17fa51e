#if HTTP
import HTTPTypes
import Meanwhile
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Says what is wrong with bytes that are no HTTP, in the envelope of every other error. Hummingbird answers them itself, once everything before them
/// is answered, with a bare 400; this puts the body in.
final class ParseErrorHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var problem: HTTPParserError?

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? HTTPParserError { problem = error }
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard let problem, case .head(let bare) = unwrapOutboundIn(data), bare.status == .badRequest,
      bare.headerFields[.contentLength] == "0"
    else {
      context.write(data, promise: promise)
      return
    }
    self.problem = nil
    let error = Self.error(for: problem)
    let body = error.envelope.encoded()
    let head = HTTPResponse(
      status: HTTPResponse.Status(code: error.status),
      headerFields: [.connection: "close", .contentType: "application/json", .contentLength: String(body.count)])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: promise)
  }

  private static func error(for problem: HTTPParserError) -> APIError {
    if case .headerOverflow = problem {
      return APIError(type: "too_long_http_header_exception", reason: "the request's header fields are too long", status: 431)
    }
    return .illegalArgument("the request is not HTTP: \(problem)")
  }
}
#endif
