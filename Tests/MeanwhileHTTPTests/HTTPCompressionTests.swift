#if HTTP
import Meanwhile
import MeanwhileGzip
import Testing

@testable import MeanwhileHTTP

@Suite("HTTP: gzip, both ways")
struct HTTPCompressionTests {
  /// Decompresses by pieces of some length.
  private func inflated(_ bytes: [UInt8], pieceLength: Int = .max, bytesMax: Int = .max) async throws -> [UInt8] {
    let pieces = stride(from: 0, to: bytes.count, by: min(pieceLength, max(bytes.count, 1))).map { start in
      Array(bytes[start..<min(bytes.count, start + min(pieceLength, bytes.count))])
    }
    let iterator = ChunkStream(pieces).makeAsyncIterator()
    let next: @Sendable () async throws -> [UInt8]? = {
      var iterator = iterator
      return try await iterator.next()
    }
    return try await ChunkStream(inflating: next, bytesMax: bytesMax).collect(bytesMax: .max)
  }

  @Test("What goes in comes out, however it is cut", arguments: [7, 1_000, 1_000_000])
  func roundTrip(_ pieceLength: Int) async throws {
    let bytes = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 7) }
    let compressed = GzipWriter.compress(bytes)
    #expect(try await inflated(compressed, pieceLength: pieceLength) == bytes)
    // Members may follow one another.
    #expect(try await inflated(compressed + compressed, pieceLength: pieceLength) == bytes + bytes)
  }

  @Test("What is no gzip, or breaks off, is a 400; what becomes too much is a 413")
  func bad() async throws {
    let compressed = GzipWriter.compress([UInt8](repeating: 0, count: 10_000_000))
    #expect(compressed.count < 100_000)
    let cases: [(bytes: [UInt8], status: Int)] = [
      (Array("hello".utf8), 400), (Array(compressed.dropLast()), 400), (compressed, 413), (compressed.dropLast(4) + [1, 2, 3, 4], 400),
    ]
    for (bytes, status) in cases {
      let error = await #expect(throws: APIError.self) { _ = try await inflated(bytes, bytesMax: status == 413 ? 1_000_000 : .max) }
      #expect(error?.status == status)
    }
  }

  @Test("A compressed body arrives as what it was")
  func request() async throws {
    try await withToyServer { port, _ in
      let body = GzipWriter.compress(Array("hello, world".utf8))
      for (coding, status) in [("gzip", 200), ("br", 415)] {
        let client = try await RawConnection(port: port)
        try await client.send(
          "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Encoding: \(coding)\r\n"
            + "Content-Length: \(body.count)\r\n\r\n")
        try await client.send(body)
        let answer = try await client.response()
        #expect(answer.status == status)
        if status == 200 { #expect(try JSONValue.parse(answer.body)["bytes"] == 12) }
        try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try await client.response().status == 200)
      }
    }
  }

  static let acceptances: [(accept: String?, isCompressed: Bool)] = [
    ("gzip", true), ("deflate, GZIP;q=0.5", true), ("gzip;q=0", false), ("br", false), (nil, false),
  ]

  @Test("A response is compressed for whoever takes it", arguments: acceptances)
  func response(_ accept: String?, _ isCompressed: Bool) async throws {
    try await withToyServer { port, _ in
      let client = try await RawConnection(port: port)
      for (path, length) in [("/text", 100_000), ("/much", 1 << 20)] {
        let field = accept.map { "Accept-Encoding: \($0)\r\n" } ?? ""
        try await client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(field)\r\n")
        let answer = try await client.response()
        #expect(answer.headers["content-encoding"] == (isCompressed ? "gzip" : nil))
        #expect(try await (isCompressed ? inflated(answer.body) : answer.body).count == length)
        if isCompressed { #expect(answer.body.count < length / 50) }
      }
      try await client.send("GET /echo HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n")
      #expect(try await client.response().headers["content-encoding"] == nil, "it is too short")
    }
  }

  @Test("Events are not held back to be compressed")
  func events() async throws {
    try await withToyServer { port, probe in
      let client = try await RawConnection(port: port)
      try await client.send("GET /news HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n")
      #expect(try await !client.receive(until: "first").contains("Content-Encoding"))
      probe.mayAnswer.raise()
    }
  }
}
#endif
