#if HTTP || CLI
import CZlib

/// Decompresses gzip (RFC 1952), a bounded piece at a time however much the bytes that are there would become, by the system's zlib.
package struct GzipReader: ~Copyable {
  /// zlib keeps the address, so it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  private var start = 0
  /// The last member is whole, so that the bytes may end here.
  package private(set) var isComplete = false

  /// What every gzip file begins with.
  package static let magic: [UInt8] = [0x1F, 0x8B]
  /// Bytes that ``next(upTo:)`` gives at most, unless told otherwise.
  package static let pieceBytes = 64 << 10

  /// Bytes that are no gzip. Where they came from, and so what to say of them, the caller knows.
  package struct Malformed: Error {}

  package init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let result = inflateInit2_(stream, MAX_WBITS + gzipFormat, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(result == Z_OK, "zlib has no memory, or is another version than it was built for")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Takes further bytes. To be called once ``next(upTo:)`` has none left.
  package mutating func take(_ bytes: [UInt8]) {
    input = bytes
    start = 0
  }

  /// The next bytes; nil where it takes more of what is compressed.
  package mutating func next(upTo count: Int = pieceBytes) throws(Malformed) -> [UInt8]? {
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
    default: throw Malformed()
    }
    return piece
  }
}
#endif
