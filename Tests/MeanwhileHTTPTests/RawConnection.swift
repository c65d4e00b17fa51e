#if HTTP
import Dispatch
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A TCP connection that says exactly what a test wants said, and reads exactly what came. Every wait ends after half a minute.
actor RawConnection {
  struct Response: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  struct Failure: Error {
    var description: String
  }

  /// In seconds, how long a read or a write waits.
  private static let patience = 30

  private let descriptor: Int32
  private let queue: DispatchQueue
  private var isOpen = true
  private var received: [UInt8] = []

  init(port: Int) async throws {
    let queue = DispatchQueue(label: "connection of a test")
    self.queue = queue
    descriptor = try await Self.offThePool(queue) {
      #if canImport(Glibc)
      let kind = Int32(SOCK_STREAM.rawValue)
      #else
      let kind = SOCK_STREAM
      #endif
      let descriptor = socket(AF_INET, kind, 0)
      var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(UInt16(port)).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
      }
      guard result == 0 else {
        close(descriptor)
        throw Failure(description: "connect: \(String(cString: strerror(errno)))")
      }
      return descriptor
    }
  }

  deinit {
    if isOpen { close(descriptor) }
  }

  /// Blocking calls go to a thread of the connection's own: those of Swift's own pool, which are Dispatch's global ones, are few, and the server under
  /// test runs on them.
  private static func offThePool<Value: Sendable>(_ queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Value) async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws {
    let descriptor = descriptor
    try await Self.offThePool(queue) {
      var start = 0
      while start < bytes.count {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: start), bytes.count - start) }
        guard count > 0 else { throw Failure(description: "write: \(String(cString: strerror(errno)))") }
        start += count
      }
    }
  }

  /// Sends zeros until the other side takes no more for half a second.
  ///
  /// - Returns: how many bytes it took.
  func sendUntilStuck(atMost limit: Int) async throws -> Int {
    let descriptor = descriptor
    return try await Self.offThePool(queue) {
      var wait = timeval(tv_sec: 0, tv_usec: 500_000)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
      defer {
        wait = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
      }
      let block = [UInt8](repeating: 0, count: 64 << 10)
      var total = 0
      while total < limit {
        let count = block.withUnsafeBytes { write(descriptor, $0.baseAddress, min(block.count, limit - total)) }
        guard count > 0 else { break }
        total += count
      }
      return total
    }
  }

  /// Reads some bytes; empty at the end of the connection.
  func receive() async throws -> [UInt8] {
    if !received.isEmpty {
      defer { received = [] }
      return received
    }
    let descriptor = descriptor
    return try await Self.offThePool(queue) {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == ECONNRESET { return [] }
        throw Failure(description: "read: \(String(cString: strerror(errno)))")
      }
      return Array(buffer[..<count])
    }
  }

  /// Reads until some text has come.
  ///
  /// - Returns: everything up to its end.
  func receive(until text: String) async throws -> String {
    String(decoding: try await take(through: Array(text.utf8)), as: UTF8.self)
  }

  /// Reads a response with a chunked body, and counts the body's bytes without holding them.
  func lengthOfChunkedBody() async throws -> Int {
    _ = try await take(through: Array("\r\n\r\n".utf8))
    var length = 0
    while true {
      let size = String(decoding: try await take(through: Array("\r\n".utf8)).dropLast(2), as: UTF8.self)
      guard let count = Int(size, radix: 16) else { throw Failure(description: "bad chunk size [\(size)]") }
      _ = try await take(count + 2)
      if count == 0 { return length }
      length += count
    }
  }

  /// Whether the other side has closed, without anything more to read.
  func isAtEnd() async throws -> Bool { try await receive().isEmpty }

  /// Reads one response, with its body if it has one.
  func response(toHead isHead: Bool = false) async throws -> Response {
    let head = try await take(through: Array("\r\n\r\n".utf8))
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure(description: "no status line in \(lines)")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    var body: [UInt8] = []
    if isHead || (100..<200).contains(status) {
      // Neither has a body.
    } else if headers["transfer-encoding"] == "chunked" {
      while true {
        let size = String(decoding: try await take(through: Array("\r\n".utf8)).dropLast(2), as: UTF8.self)
        guard let count = Int(size, radix: 16) else { throw Failure(description: "bad chunk size [\(size)]") }
        body += try await take(count + 2).dropLast(2)
        if count == 0 { break }
      }
    } else if let length = headers["content-length"].flatMap({ Int($0) }) {
      body = try await take(length)
    }
    return Response(status: status, headers: headers, body: body)
  }

  private func take(_ count: Int) async throws -> [UInt8] {
    while received.count < count { try await receiveMore() }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  private func take(through mark: [UInt8]) async throws -> [UInt8] {
    while true {
      if let start = received.indices.first(where: { received[$0...].starts(with: mark) }) { return try await take(start + mark.count) }
      try await receiveMore()
    }
  }

  private func receiveMore() async throws {
    let kept = received
    received = []
    let more = try await receive()
    received = kept + more
    if more.isEmpty { throw Failure(description: "the connection ended after [\(String(decoding: kept, as: UTF8.self))]") }
  }

  /// Closes this side's sending half.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection without a farewell, as a process does that dies: the other side gets a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    disconnect()
  }

  func disconnect() {
    guard isOpen else { return }
    isOpen = false
    close(descriptor)
  }
}
#endif
