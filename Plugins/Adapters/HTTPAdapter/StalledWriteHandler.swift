#if HTTP
import NIOCore

/// Closes a connection whose client takes nothing of what it is sent for too long, so that it cannot hold a response, and what that is made from, for
/// ever.
final class StalledWriteHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = Any

  private let timeout: TimeAmount
  /// Writes that the system has not taken whole.
  private var pending = 0
  private var lastProgress = NIODeadline.now()
  private var deadline: Scheduled<Void>?

  init(timeout: TimeAmount) { self.timeout = timeout }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let promise = promise ?? context.eventLoop.makePromise()
    if pending == 0 { lastProgress = .now() }
    pending += 1
    promise.futureResult.assumeIsolated().whenComplete { _ in
      self.pending -= 1
      self.lastProgress = .now()
    }
    context.write(data, promise: promise)
    if deadline == nil { arm(context, after: timeout) }
  }

  /// A connection that is closed must not be held until then.
  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  private func arm(_ context: ChannelHandlerContext, after delay: TimeAmount) {
    deadline = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
      self.deadline = nil
      guard self.pending > 0 else { return }
      let left = self.lastProgress + self.timeout - .now()
      if left > .zero { self.arm(context, after: left) } else { context.close(promise: nil) }
    }
  }
}
#endif
