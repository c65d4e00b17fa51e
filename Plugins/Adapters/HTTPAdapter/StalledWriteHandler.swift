#if HTTP
import NIOCore

/// Closes a connection whose client takes nothing of what it is sent for too long, so that it cannot hold a response, and what that is made from, for
/// ever.
final class StalledWriteHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = Any

  private let deadline: StallDeadline
  /// Writes that the system has not taken whole.
  private var pending = 0

  init(timeout: TimeAmount) { deadline = StallDeadline(timeout: timeout) }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let eventLoop = context.eventLoop
    let promise = promise ?? eventLoop.makePromise()
    if pending == 0 { deadline.progress(at: eventLoop.now) }
    pending += 1
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.pending -= 1
      self.deadline.progress(at: eventLoop.now)
    }
    context.write(data, promise: promise)
    deadline.arm(context) { self.pending > 0 }
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline.cancel() }
}
#endif
