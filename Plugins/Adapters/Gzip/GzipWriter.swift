#if HTTP || CLI
import CZlib

/// Added to the window's size, it makes zlib write and read gzip's head and checksum instead of its own.
let gzipFormat: Int32 = 16

/// Compresses as gzip (RFC 1952), a piece at a time, by the system's zlib.
package struct GzipWriter: ~Copyable {
  /// zlib keeps the address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  private static let pieceBytes = 64 << 10

  package init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Level 3, as Elasticsearch's `http.compression_level`.
    let result = deflateInit2_(
      stream, 3, Z_DEFLATED, MAX_WBITS + gzipFormat, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib has no memory, or is another version than it was built for")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The whole of some bytes.
  package static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var writer = GzipWriter()
    return writer.write(bytes, isLast: true)
  }

  /// What can be sent now that these bytes are there; may be nothing.
  ///
  /// - Parameter isLast: whether these are the last bytes, so that everything is to be sent.
  package mutating func write(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
    var output: [UInt8] = []
    bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(clamping: input.count)
      repeat {
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, initialized in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(clamping: buffer.count)
          // With room left there is nothing that it can fail at.
          deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          initialized = buffer.count - Int(stream.pointee.avail_out)
        }
        output += piece
      } while stream.pointee.avail_out == 0
      stream.pointee.next_in = nil
    }
    return output
  }
}
#endif
