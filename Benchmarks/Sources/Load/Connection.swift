import Glibc

/// A keep-alive connection with at most one request under way.
final class Connection {
  let socket: Int32
  /// When the request under way was sent; nil while there is none.
  private(set) var sentAt: Int64?
  private var received: [UInt8] = []

  private static let readBytes = 16 << 10

  init(port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw SystemFailure("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { throw SystemFailure("connect") }
    var on: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(socket) }

  /// Sends a request, which is far smaller than a socket's buffer.
  func send(_ request: [UInt8]) throws {
    guard sentAt == nil else { throw Unexpected(description: "a second request on a connection that waits for an answer") }
    sentAt = MonotonicClock.nanoseconds
    guard Glibc.send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { throw SystemFailure("send") }
  }

  /// Reads what there is.
  ///
  /// - Returns: the response, once it is whole.
  func receive() throws -> Exchange? {
    let before = received.count
    received.append(contentsOf: repeatElement(0, count: Self.readBytes))
    let count = received.withUnsafeMutableBytes { recv(socket, $0.baseAddress?.advanced(by: before), Self.readBytes, 0) }
    guard count >= 0 else { throw SystemFailure("recv") }
    guard count > 0 else { throw Unexpected(description: "the server closed a connection") }
    received.removeLast(Self.readBytes - count)
    guard let response = Response(parsing: received) else { return nil }
    guard let sentAt else { throw Unexpected(description: "an answer to no request") }
    received.removeAll(keepingCapacity: true)
    self.sentAt = nil
    return Exchange(response: response, sentAt: sentAt, receivedAt: MonotonicClock.nanoseconds)
  }

  /// Sends a request and waits for the answer, whatever else goes on.
  func exchange(_ request: [UInt8]) throws -> Response {
    try send(request)
    while true {
      if let exchange = try receive() { return exchange.response }
    }
  }
}

/// A request's answer with its times.
struct Exchange {
  let response: Response
  let sentAt: Int64
  let receivedAt: Int64
}
