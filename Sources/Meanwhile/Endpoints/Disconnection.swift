import Synchronization

/// Tells a request's handler that its client has gone. Fires at most once; a listener that comes late is called at once.
public final class Disconnection: Sendable {
  private enum State {
    case connected([@Sendable () -> Void])
    case gone
  }

  private let state = Mutex(State.connected([]))

  public init() {}

  public var hasFired: Bool {
    state.withLock { if case .gone = $0 { true } else { false } }
  }

  /// Calls `listener` when the client goes, or now if it has gone.
  public func onDisconnect(_ listener: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state in
      switch state {
      case .gone: return true
      case .connected(let listeners):
        state = .connected(listeners + [listener])
        return false
      }
    }
    if isGone { listener() }
  }

  /// Called by the adapter, once, when the connection closed before the response was sent.
  public func fire() {
    let listeners = state.withLock { state -> [@Sendable () -> Void] in
      guard case .connected(let listeners) = state else { return [] }
      state = .gone
      return listeners
    }
    for listener in listeners { listener() }
  }

  /// Called by the adapter when the response, a streamed one whole, is on its way: nobody will be told any more.
  public func forget() {
    state.withLock { if case .connected = $0 { $0 = .connected([]) } }
  }
}
