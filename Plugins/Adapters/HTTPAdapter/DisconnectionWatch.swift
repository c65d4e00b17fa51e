#if HTTP
import Meanwhile
import NIOCore
import Synchronization

/// Knows whether a connection's client is still there, and tells the request that is being answered when it goes.
final class DisconnectionWatch: Sendable {
  private enum State {
    case idle
    case answering(Disconnection)
    /// The client has closed its side. What it has sent before is answered still, in case it listens.
    case gone
    case closed
  }

  private let state = Mutex(State.idle)

  /// A request begins. Its disconnection fires when the client goes; at once, if it has gone while the request waited for its turn.
  ///
  /// - Throws: `CancellationError` where the connection is closed, so that there is nobody to answer.
  func begin() throws -> Disconnection {
    let disconnection = Disconnection()
    let isGone = try state.withLock { state in
      switch state {
      case .closed: throw CancellationError()
      case .gone: return true
      case .idle, .answering:
        state = .answering(disconnection)
        return false
      }
    }
    if isGone { disconnection.fire() }
    return disconnection
  }

  /// The response is out, or all of it is on its way.
  func end() {
    let answered: Disconnection? = state.withLock { state in
      guard case .answering(let disconnection) = state else { return nil }
      state = .idle
      return disconnection
    }
    answered?.forget()
  }

  /// The client has gone.
  ///
  /// - Parameter isClosed: whether the connection is closed in both directions.
  func clientHasGone(isClosed: Bool) {
    let waiting: Disconnection? = state.withLock { state in
      defer { state = isClosed ? .closed : .gone }
      guard case .answering(let disconnection) = state else { return nil }
      return disconnection
    }
    waiting?.fire()
  }
}

/// Sits in a connection's pipeline and reports its end to a watch.
///
/// A client that closes its side alone counts as gone too: from here that looks the same as one whose process has died, and clients of HTTP
/// keep their side open while they wait for an answer.
final class DisconnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let watch: DisconnectionWatch

  init(_ watch: DisconnectionWatch) { self.watch = watch }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed { watch.clientHasGone(isClosed: false) }
    context.fireUserInboundEventTriggered(event)
  }

  func channelInactive(context: ChannelHandlerContext) {
    watch.clientHasGone(isClosed: true)
    context.fireChannelInactive()
  }
}
#endif
