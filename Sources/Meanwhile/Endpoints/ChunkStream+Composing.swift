import Synchronization

extension ChunkStream {
  /// The stream between other bytes.
  public func between(_ head: [UInt8], and tail: [UInt8] = []) -> ChunkStream {
    ChunkStream(isImmediate: isImmediate) {
      let next = makeAsyncIterator().nextChunk
      let place = Mutex(Place.head)
      return {
        if place.withLock({ $0.leave(.head) }), !head.isEmpty { return head }
        if let chunk = try await next() { return chunk }
        return place.withLock({ $0.leave(.body) }) && !tail.isEmpty ? tail : nil
      }
    }
  }

  /// What a function makes of the whole stream, once it is asked for: for one who cannot do with a part at a time.
  ///
  /// - Parameter bytesMax: the most that is held; a longer stream is a 413.
  public func transformed(bytesMax: Int = .max, _ transform: @escaping @Sendable ([UInt8]) throws -> [UInt8]) -> ChunkStream {
    ChunkStream(isImmediate: isImmediate) {
      let place = Mutex(Place.head)
      return {
        guard place.withLock({ $0.leave(.head) }) else { return nil }
        return try transform(await collect(bytesMax: bytesMax))
      }
    }
  }
}

/// Where a reader is.
private enum Place {
  case head, body, end

  /// Goes on from a place.
  ///
  /// - Returns: whether the reader was there.
  mutating func leave(_ place: Place) -> Bool {
    guard self == place else { return false }
    self = place == .head ? .body : .end
    return true
  }
}
