#if HTTP
import HTTPTypes
import HummingbirdCore
import Meanwhile
import NIOCore
import NIOHTTP1

/// Reads one request's body from its connection, as fast as the handler asks and not at all after the request was answered.
///
/// The connection's next request stands behind this body in the same stream of parts, and a stream has one reader. So a handler that kept the body
/// and reads on after its answer must find it closed: ``finish(discardingAtMost:)`` waits for a read that is under way, then lets nobody in.
actor RequestBodyReader {
  private var iterator: RequestBody.AsyncIterator?
  private var isReading = false
  private var hasEnded = false
  private var isClosed = false
  private var whenNotReading: CheckedContinuation<Void, Never>?
  /// Bytes read so far.
  private var count = 0
  /// What `Content-Length` says; nil for a chunked body.
  private nonisolated let announced: Int?
  private nonisolated let bytesMax: Int
  private nonisolated let fields: HTTPFields

  /// Nil for a request that has no body at all: one with neither `Content-Length` nor `Transfer-Encoding` (RFC 9112, section 6.3).
  ///
  /// - Parameters:
  ///   - bytesMax: the most that is read, and the most that a compressed body may become.
  ///   - isFramed: whether the protocol itself says where a body ends, as HTTP/2 does, so that no header has to.
  init?(_ request: Request, bytesMax: Int, isFramed: Bool = false) {
    let length = request.headers[.contentLength]
    guard length != "0", isFramed || length != nil || request.headers[.transferEncoding] != nil else { return nil }
    announced = length.flatMap { Int($0) }
    self.bytesMax = bytesMax
    fields = request.headers
    iterator = request.body.makeAsyncIterator()
  }

  /// The body as the handler gets it.
  ///
  /// - Throws: a 413 for a body that says it is too long, before any of it is read; a 415 for one in a coding that is not known here.
  nonisolated func chunks() throws(APIError) -> ChunkStream {
    if let announced, announced > bytesMax { throw tooLong }
    switch try ContentCoding(ofRequest: fields) {
    case .identity: return ChunkStream { { try await self.next() } }
    case .gzip: return ChunkStream(inflating: { try await self.next() }, bytesMax: bytesMax)
    }
  }

  private nonisolated var tooLong: APIError { Self.tooLong(announced, bytesMax: bytesMax) }

  /// - Parameter announced: what `Content-Length` says; nil where that says nothing of the length.
  static func tooLong(_ announced: Int?, bytesMax: Int) -> APIError {
    APIError(
      type: "content_too_long_exception",
      reason: "entity content is too long [\(announced.map(String.init) ?? "chunked")] for the configured buffer limit [\(bytesMax)]",
      status: 413)
  }

  private func next() async throws -> [UInt8]? {
    guard !isClosed else { throw APIError.internalFailure("a request's body was read after the request was answered") }
    guard let part = try await read() else { return nil }
    guard count <= bytesMax else { throw tooLong }
    return Array(part.readableBytesView)
  }

  /// Reads one part. Of two readers at a time, which the contract of a body forbids, the second one sees the end.
  private func read() async throws -> ByteBuffer? {
    guard !hasEnded, var taken = iterator.take() else { return nil }
    isReading = true
    defer {
      isReading = false
      whenNotReading.take()?.resume()
    }
    let part: ByteBuffer?
    do {
      part = try await taken.next(isolation: self)
    } catch let error as HTTPParserError {
      // Nothing behind it can be made sense of.
      hasEnded = true
      throw APIError.illegalArgument("the request's body is not HTTP: \(error)")
    }
    iterator = taken
    guard let part else {
      hasEnded = true
      // A connection that ends within a body must not pass for the body's end: half of a bulk load is not a bulk load.
      if let announced, count < announced { throw Self.brokenOff }
      return nil
    }
    count += part.readableBytes
    return part
  }

  private static var brokenOff: APIError { .illegalArgument("the request's body broke off before its announced length") }

  /// The request was answered: closes the body, and takes in what nobody has read so that the next request can be.
  ///
  /// - Throws: when there is more than `bytesUnread` of it, so that the connection is closed instead.
  func finish(discardingAtMost bytesUnread: Int) async throws {
    isClosed = true
    if isReading { await withCheckedContinuation { whenNotReading = $0 } }
    let limit = count + bytesUnread
    while !hasEnded {
      guard try await read() != nil else { break }
      guard count <= limit else { throw tooLong }
    }
  }
}
#endif
