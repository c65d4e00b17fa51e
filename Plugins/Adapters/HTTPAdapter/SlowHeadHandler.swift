#if HTTP
import NIOCore
import NIOHTTPTypes

/// Closes a connection that has nothing to be answered and does not come to the end of a request's head for too long, however steadily it sends a byte
/// now and then: the idle timeout alone would let it hold its place for ever.
final class SlowHeadHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart

  private let timeout: TimeAmount
  /// Requests whose head has come, and whose response is not out.
  private var outstanding = 0
  private var waitingSince = NIODeadline.now()
  private var deadline: Scheduled<Void>?

  init(timeout: TimeAmount) { self.timeout = timeout }

  func channelActive(context: ChannelHandlerContext) {
    wait(context)
    context.fireChannelActive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { outstanding += 1 }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      outstanding -= 1
      if outstanding <= 0 { wait(context) }
    }
    context.write(data, promise: promise)
  }

  /// Nothing is to be answered: from now on the next request is waited for.
  private func wait(_ context: ChannelHandlerContext) {
    waitingSince = .now()
    if deadline == nil { arm(context, after: timeout) }
  }

  private func arm(_ context: ChannelHandlerContext, after delay: TimeAmount) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
      self.deadline = nil
      guard self.outstanding <= 0 else { return }
      let left = self.waitingSince + self.timeout - .now()
      if left > .zero { self.arm(context, after: left) } else { context.close(promise: nil) }
    }
  }
}
#endif
