import Synchronization

/// Counts the chunks of a stream that were asked for; atomic, since a stream may hop between tasks.
final class ChunkCursor: Sendable {
  private let at = Atomic(0)

  /// The next index, or nil at the end.
  func advance(below count: Int) -> Int? {
    let index = at.add(1, ordering: .relaxed).oldValue
    return index < count ? index : nil
  }
}
