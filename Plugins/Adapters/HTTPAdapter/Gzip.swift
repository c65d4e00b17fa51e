#if HTTP
import CZlib
import Meanwhile

/// gzip (RFC 1952), a piece at a time, by the system's zlib.
enum Gzip {
  /// Added to the window's size, it makes zlib write and read gzip's head and checksum instead of its own.
  private static let gzipFormat: Int32 = 16
  private static let pieceBytes = 64 << 10

  /// The whole of some bytes.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var writer = Writer()
    return writer.write(bytes, isLast: true)
  }

  /// Compresses.
  struct Writer: ~Copyable {
    /// zlib keeps the address, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    init() {
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

    /// What can be sent now that these bytes are there; may be nothing.
    ///
    /// - Parameter isLast: whether these are the last bytes, so that everything is to be sent.
    mutating func write(_ bytes: [UInt8], isLast: Bool = false) -> [UInt8] {
      var output: [UInt8] = []
      bytes.withUnsafeBufferPointer { input in
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: input.count)
        repeat {
          let piece = [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, initialized in
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

  /// Decompresses, a bounded piece at a time, however much the bytes that are there would become.
  struct Reader: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var start = 0
    /// The last member is whole, so that the bytes may end here.
    private(set) var isComplete = false

    init() {
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      let result = inflateInit2_(stream, MAX_WBITS + gzipFormat, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      precondition(result == Z_OK, "zlib has no memory, or is another version than it was built for")
    }

    deinit {
      inflateEnd(stream)
      stream.deallocate()
    }

    /// Takes further bytes. To be called once ``next()`` has none left.
    mutating func take(_ bytes: [UInt8]) {
      input = bytes
      start = 0
    }

    /// The next piece; nil where it takes more bytes.
    ///
    /// - Throws: a 400 for what is no gzip.
    mutating func next() throws(APIError) -> [UInt8]? {
      guard start < input.count else { return nil }
      if isComplete {
        // Several members may follow one another (section 2.2).
        inflateReset(stream)
        isComplete = false
      }
      var result = Z_OK
      let piece = input.withUnsafeBufferPointer { input in
        stream.pointee.next_in = input.baseAddress.map { UnsafeMutablePointer(mutating: $0 + start) }
        stream.pointee.avail_in = UInt32(clamping: input.count - start)
        return [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, initialized in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(clamping: buffer.count)
          result = inflate(stream, Z_NO_FLUSH)
          initialized = buffer.count - Int(stream.pointee.avail_out)
        }
      }
      start = input.count - Int(stream.pointee.avail_in)
      stream.pointee.next_in = nil
      switch result {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isComplete = true
      default: throw .illegalArgument("the request's body is not the gzip that its [Content-Encoding] says")
      }
      return piece
    }
  }
}
#endif
