import Synchronization

/// The memory that one query may hold, drawn in steps before it is allocated. Over the limit is a 429, and the process lives on.
public final class MemoryBudget: Sendable {
  private let used = Atomic<Int>(0)
  private let peak = Atomic<Int>(0)
  private let limitBytes: Atomic<Int>
  private let parent: MemoryBudget?

  /// - Parameters:
  ///   - limit: bytes; the default has none.
  ///   - parent: a budget that every reservation is drawn from as well, such as the server's.
  public init(limit: Int = .max, parent: MemoryBudget? = nil) {
    limitBytes = Atomic(limit)
    self.parent = parent
  }

  /// Bytes. A lower one takes nothing back that is drawn already.
  public var limit: Int {
    get { limitBytes.load(ordering: .relaxed) }
    set { limitBytes.store(newValue, ordering: .relaxed) }
  }

  public var bytesUsed: Int { used.load(ordering: .relaxed) }
  public var bytesPeak: Int { peak.load(ordering: .relaxed) }

  /// Draws memory.
  ///
  /// - Throws: `circuit_breaking_exception` (429) where it would pass the limit; then nothing was drawn.
  public func reserve(_ bytes: Int) throws(APIError) {
    let total = used.add(bytes, ordering: .relaxed).newValue
    guard total <= limit else {
      used.subtract(bytes, ordering: .relaxed)
      throw .circuitBreaking("Data too large: this query would hold [\(total)] bytes, which is larger than the limit of [\(limit)] bytes")
    }
    do {
      try parent?.reserve(bytes)
    } catch {
      used.subtract(bytes, ordering: .relaxed)
      throw error
    }
    peak.max(total, ordering: .relaxed)
  }

  /// Gives memory back.
  public func release(_ bytes: Int) {
    used.subtract(bytes, ordering: .relaxed)
    parent?.release(bytes)
  }

  /// Gives back all that is still drawn; for the end of a query.
  public func releaseAll() {
    let rest = used.exchange(0, ordering: .relaxed)
    parent?.release(rest)
  }
}
