#if CLI
import CZlib

/// Decompresses gzip (RFC 1952) a bounded piece at a time, by the system's zlib.
struct Gunzip: ~Copyable {
  /// zlib keeps the address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var start = 0
  /// The last member is whole, so that the file may end here.
  private(set) var isComplete = false

  /// Added to the window's size, it makes zlib read gzip's head and checksum instead of its own.
  private static let gzipFormat: Int32 = 16
  /// What every gzip file begins with.
  static let magic: [UInt8] = [0x1F, 0x8B]

  /// - Throws: ``CommandFailure`` where zlib has no memory, or is another version than it was built for.
  init() throws {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    guard inflateInit2_(stream, MAX_WBITS + Self.gzipFormat, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw CommandFailure("zlib cannot be used")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Takes further bytes. To be called once ``next(upTo:)`` has none left.
  mutating func take(_ bytes: [UInt8]) {
    input = bytes
    start = 0
  }

  /// The next bytes; nil where it takes more of the file.
  ///
  /// - Throws: ``CommandFailure`` for what is no gzip.
  mutating func next(upTo count: Int) throws -> [UInt8]? {
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
      return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        stream.pointee.next_out = buffer.baseAddress
        stream.pointee.avail_out = UInt32(clamping: count)
        result = inflate(stream, Z_NO_FLUSH)
        initialized = count - Int(stream.pointee.avail_out)
      }
    }
    start = input.count - Int(stream.pointee.avail_in)
    stream.pointee.next_in = nil
    switch result {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isComplete = true
    default: throw CommandFailure("the file begins as gzip does, and goes on as gzip does not")
    }
    return piece
  }
}
#endif
