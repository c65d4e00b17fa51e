import Synchronization

/// The place where a running query leaves a way to see what it has so far. Asking makes the partial output; not asking costs nothing.
public final class PartialOutput: Sendable {
  private let source = Mutex<(@Sendable () -> (any QueryOutput)?)?>(nil)

  public init() {}

  /// Called by the run: `make` gives the output so far, from any thread, without disturbing the run.
  public func offer(_ make: @escaping @Sendable () -> (any QueryOutput)?) {
    source.withLock { $0 = make }
  }

  /// What there is so far; nil where the run offers nothing (yet).
  public func current() -> (any QueryOutput)? {
    source.withLock { $0 }?()
  }
}
