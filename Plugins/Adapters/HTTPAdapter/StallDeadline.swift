#if HTTP
import NIOCore

/// Closes a connection on which something that is waited for does not come for too long.
///
/// Progress costs a note of the time and nothing else: the timer runs at most once a timeout, and when it is due it sets itself anew for
/// what is left.
final class StallDeadline {
  private let timeout: TimeAmount
  private var lastProgress = NIODeadline.uptimeNanoseconds(0)
  private var timer: Scheduled<Void>?

  init(timeout: TimeAmount) { self.timeout = timeout }

  /// From now on there is the whole timeout again.
  func progress(at now: NIODeadline) { lastProgress = now }

  /// Leaves some time out of account.
  func extend(by time: TimeAmount) { lastProgress = lastProgress + time }

  /// Sees to it that the timer runs.
  ///
  /// - Parameter isWaiting: whether there is something to wait for still, when the time is over; on the connection's event loop.
  func arm(_ context: ChannelHandlerContext, while isWaiting: @escaping () -> Bool) {
    if timer == nil { arm(context, after: timeout, while: isWaiting) }
  }

  private func arm(_ context: ChannelHandlerContext, after delay: TimeAmount, while isWaiting: @escaping () -> Bool) {
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
      self.timer = nil
      guard isWaiting() else { return }
      let left = self.lastProgress + self.timeout - context.eventLoop.now
      if left > .zero { self.arm(context, after: left, while: isWaiting) } else { context.close(promise: nil) }
    }
  }

  /// To be called when its handler leaves: a connection that is closed must not be held until the time is over.
  func cancel() { timer?.cancel() }
}
#endif
