import Synchronization

extension ChunkStream {
  /// JSON as an encoder writes it, chunk by chunk, and what stands behind it.
  ///
  /// - Parameter encoder: a new one; being a value, it serves every reading.
  func transcoded<Encoder: ObjectEncoder>(by encoder: Encoder, end: [UInt8] = []) -> ChunkStream {
    ChunkStream(isImmediate: isImmediate) {
      let next = makeAsyncIterator().nextChunk
      let state = Mutex<JSONTokenizer<Encoder>?>(JSONTokenizer(encoder))
      return {
        while state.withLock({ $0 != nil }) {
          let chunk = try await next()
          let written = state.withLock { state -> [UInt8] in
            guard var tokenizer = state.take() else { return [] }
            tokenizer.read(chunk ?? [], isLast: chunk == nil)
            var written: [UInt8] = []
            swap(&written, &tokenizer.encoder.bytes)
            if chunk == nil { return written + end }
            state = tokenizer
            return written
          }
          if !written.isEmpty { return written }
        }
        return nil
      }
    }
  }
}
