#if HTTP
import NIOCore
import NIOHTTPTypes

/// Closes a connection whose client sends a request too slowly, however steadily it sends a byte now and then: the idle timeout alone would
/// let it hold its place for ever. The head has one timeout to come whole; of the body, as long as somebody reads it, ``bodyBytesMin`` have
/// to come in each.
final class SlowRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart

  /// What a body has to come on by in a timeout.
  static let bodyBytesMin = 64 << 10

  private let deadline: StallDeadline
  /// Requests whose head has come, and whose response is not out.
  private var outstanding = 0
  private var isWithinBody = false
  /// Of the body, since it last came on enough.
  private var bodyBytes = 0
  /// Nil while there is something to be read, and otherwise since when nobody wants it: the client waits for us, and not we for the client.
  private var pausedAt: NIODeadline?

  init(timeout: TimeAmount) { deadline = StallDeadline(timeout: timeout) }

  func channelActive(context: ChannelHandlerContext) {
    wait(context)
    context.fireChannelActive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      outstanding += 1
      isWithinBody = true
      bodyBytes = 0
      wait(context)
    case .body(let piece):
      bodyBytes += piece.readableBytes
      if bodyBytes >= Self.bodyBytesMin {
        bodyBytes = 0
        deadline.progress(at: context.eventLoop.now)
      }
    case .end: isWithinBody = false
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if isWithinBody { pausedAt = context.eventLoop.now }
    context.fireChannelReadComplete()
  }

  func read(context: ChannelHandlerContext) {
    if let pausedAt {
      deadline.extend(by: context.eventLoop.now - pausedAt)
      self.pausedAt = nil
    }
    context.read()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      outstanding -= 1
      if outstanding <= 0 { wait(context) }
    }
    context.write(data, promise: promise)
  }

  /// From now on the next request, or the rest of this one, is waited for.
  private func wait(_ context: ChannelHandlerContext) {
    let eventLoop = context.eventLoop
    deadline.progress(at: eventLoop.now)
    deadline.arm(context) {
      if self.pausedAt != nil {
        self.deadline.progress(at: eventLoop.now)
        self.pausedAt = eventLoop.now
      }
      return self.outstanding <= 0 || self.isWithinBody
    }
  }
}
#endif
