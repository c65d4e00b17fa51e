import Synchronization

/// An exclusive lock that is held: until ``release()``, until the last reference goes, or until the process ends.
public final class FileLock: Sendable {
  private let onRelease: Mutex<(@Sendable () -> Void)?>

  /// - Parameter onRelease: gives the lock back; called once.
  public init(onRelease: @escaping @Sendable () -> Void) {
    self.onRelease = Mutex(onRelease)
  }

  public func release() {
    onRelease.withLock { $0.take() }?()
  }

  deinit { release() }
}
