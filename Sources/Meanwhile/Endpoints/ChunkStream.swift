import Synchronization

/// A body as a stream of chunks, in either direction: read once, in order, by one consumer at a time.
///
/// Bulk loads, million-row results and server-sent events all travel this way, so nothing has to hold a body whole. Back-pressure is the pull
/// itself: the producer makes a chunk when the consumer asks for one.
public struct ChunkStream: AsyncSequence, Sendable {
  public typealias Element = [UInt8]
  public typealias Failure = any Error

  private let makeNext: @Sendable () -> @Sendable () async throws -> [UInt8]?
  /// All of it, where it is there already.
  private var whole: [[UInt8]]?
  /// Whether the next chunk is always there for the asking, so that whoever sends it on may gather several: a result's rows, but no events.
  public let isImmediate: Bool

  /// - Parameters:
  ///   - isImmediate: whether making a chunk never waits for anything.
  ///   - makeNext: called once an iteration; gives the function that yields the next chunk, then nil for ever.
  public init(isImmediate: Bool = false, _ makeNext: @escaping @Sendable () -> @Sendable () async throws -> [UInt8]?) {
    self.isImmediate = isImmediate
    self.makeNext = makeNext
  }

  /// A stream of chunks that are all there already. It may be read repeatedly.
  public init(_ chunks: [[UInt8]]) {
    isImmediate = true
    whole = chunks
    makeNext = {
      let cursor = Cursor(chunks)
      return { cursor.next() }
    }
  }

  /// A stream over any sequence of chunks.
  public init<Base: AsyncSequence & Sendable>(_ base: Base) where Base.Element == [UInt8], Base.AsyncIterator: SendableMetatype {
    isImmediate = false
    makeNext = {
      let iterator = SerialIterator(base)
      return { try await iterator.next() }
    }
  }

  public static let empty = ChunkStream([])

  public struct AsyncIterator: AsyncIteratorProtocol, Sendable {
    let nextChunk: @Sendable () async throws -> [UInt8]?
    public mutating func next() async throws -> [UInt8]? { try await nextChunk() }
  }

  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(nextChunk: makeNext())
  }

  /// The stream without its first bytes.
  public func dropping(_ count: Int) -> ChunkStream {
    ChunkStream(isImmediate: isImmediate) {
      let next = makeNext()
      let left = Mutex(count)
      return {
        while let chunk = try await next() {
          let dropped = left.withLock { left in
            let dropped = Swift.min(left, chunk.count)
            left -= dropped
            return dropped
          }
          if dropped < chunk.count { return dropped == 0 ? chunk : Array(chunk[dropped...]) }
        }
        return nil
      }
    }
  }

  /// The first bytes, fewer where there are no more, of a stream that can be read again.
  public func prefix(_ count: Int) async throws -> [UInt8] {
    var head: [UInt8] = []
    for try await chunk in self {
      head.append(contentsOf: chunk.prefix(count - head.count))
      if head.count >= count { break }
    }
    return head
  }

  /// Looks whether there is anything in the stream. What was read to find out stays in it.
  mutating func peek() async throws -> Bool {
    if let whole { return whole.contains { !$0.isEmpty } }
    let next = makeAsyncIterator().nextChunk
    while let chunk = try await next() {
      guard !chunk.isEmpty else { continue }
      let head = Cursor([chunk])
      self = ChunkStream {
        {
          if let chunk = head.next() { return chunk }
          return try await next()
        }
      }
      return true
    }
    self = .empty
    return false
  }

  /// The whole body as one array.
  ///
  /// - Parameter bytesMax: the most that is held; a longer body is a 413.
  public func collect(bytesMax: Int) async throws -> [UInt8] {
    if let chunks = self.whole, chunks.count <= 1, (chunks.first?.count ?? 0) <= bytesMax { return chunks.first ?? [] }
    var whole: [UInt8] = []
    for try await chunk in self {
      guard whole.count + chunk.count <= bytesMax else {
        throw APIError(
          type: "content_too_long_exception", reason: "entity content is too long; it may have at most [\(bytesMax)] bytes", status: 413)
      }
      if whole.isEmpty { whole = chunk } else { whole.append(contentsOf: chunk) }
    }
    return whole
  }
}

/// Walks an array of chunks; a mutex, since the stream may hop between tasks.
private final class Cursor: Sendable {
  private let chunks: [[UInt8]]
  private let at = Mutex(0)

  init(_ chunks: [[UInt8]]) { self.chunks = chunks }

  func next() -> [UInt8]? {
    at.withLock { at in
      guard at < chunks.count else { return nil }
      defer { at += 1 }
      return chunks[at]
    }
  }
}

/// Owns another sequence's iterator. An actor, since an iterator is not `Sendable`; a stream has one consumer, so it never contends.
private actor SerialIterator<Base: AsyncSequence & Sendable> where Base.Element == [UInt8] {
  private var iterator: Base.AsyncIterator?

  init(_ base: Base) { iterator = base.makeAsyncIterator() }

  func next() async throws -> [UInt8]? {
    // Taken out while it is used: a second concurrent call, which the contract forbids, then sees the end rather than a race.
    guard var taken = iterator.take() else { return nil }
    let chunk = try await taken.next(isolation: self)
    iterator = taken
    return chunk
  }
}
