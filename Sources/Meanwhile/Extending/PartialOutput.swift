import Synchronization

/// The place where a running query leaves a way to see what it has so far. Asking makes the partial output; not asking costs nothing.
public final class PartialOutput: Sendable {
  /// Gives the output so far, without disturbing the run; nil where there is none.
  public typealias Source = @Sendable () async -> (any QueryOutput)?

  private let source = Mutex<Source?>(nil)

  public init() {}

  /// Called by the run, once or again and again; the last one counts. `make` is called from any thread, at the same time as the run goes on.
  public func offer(_ make: @escaping Source) {
    source.withLock { $0 = make }
  }

  /// The run is over: there is nothing more to see, and what the source refers to is freed.
  public func withdraw() {
    source.withLock { $0 = nil }
  }

  /// What there is so far; nil where the run offers nothing (yet). Costs what making it costs: ask only for what is shown.
  public func current() async -> (any QueryOutput)? {
    await source.withLock { $0 }?()
  }
}
