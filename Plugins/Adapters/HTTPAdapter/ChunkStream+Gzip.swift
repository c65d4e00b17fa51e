#if HTTP
import Meanwhile
import MeanwhileGzip
import Synchronization

extension ChunkStream {
  /// A gzip body as what it was compressed from.
  ///
  /// - Parameters:
  ///   - next: gives the compressed chunks.
  ///   - bytesMax: the most that may come out, so that a small body cannot become a huge one.
  init(inflating next: @escaping @Sendable () async throws -> [UInt8]?, bytesMax: Int) {
    self.init {
      let state = Mutex(Inflation(bytesMax: bytesMax))
      return {
        while true {
          if let piece = try state.withLock({ try $0.next() }) { return piece }
          guard let chunk = try await next() else {
            try state.withLock { try $0.end() }
            return nil
          }
          state.withLock { $0.reader.take(chunk) }
        }
      }
    }
  }
}

/// How far a body is.
private struct Inflation: ~Copyable {
  var reader = GzipReader()
  private var count = 0
  private let bytesMax: Int

  init(bytesMax: Int) { self.bytesMax = bytesMax }

  /// The next piece that is not empty; nil where it takes another chunk.
  mutating func next() throws(APIError) -> [UInt8]? {
    while let piece = try inflated() {
      count += piece.count
      guard count <= bytesMax else { throw RequestBodyReader.tooLong(nil, bytesMax: bytesMax) }
      if !piece.isEmpty { return piece }
    }
    return nil
  }

  private mutating func inflated() throws(APIError) -> [UInt8]? {
    do throws(GzipReader.Malformed) { return try reader.next() } catch {
      throw .illegalArgument("the request's body is not the gzip that its [Content-Encoding] says")
    }
  }

  func end() throws(APIError) {
    guard reader.isComplete else { throw .illegalArgument("the request's body broke off within its gzip") }
  }
}
#endif
