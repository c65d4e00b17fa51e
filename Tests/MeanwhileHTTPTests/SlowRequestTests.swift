#if HTTP
@testable import MeanwhileHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

/// Time goes on here as the tests say: what a slow client may do is a matter of seconds, which a loaded machine has other ideas of.
@Suite("HTTP: slow requests") struct SlowRequestTests {
  private static let timeout = TimeAmount.seconds(10)

  /// A channel with the handler in it, whose client has just connected.
  private static func connected() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: SlowRequestHandler(timeout: timeout))
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private static let head = HTTPRequestPart.head(HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/"))

  /// Somebody wants what comes, and takes it.
  private static func receive(_ part: HTTPRequestPart, on channel: EmbeddedChannel) throws {
    channel.pipeline.read()
    try channel.writeInbound(part)
    channel.pipeline.read()
  }

  private static func respond(_ channel: EmbeddedChannel) throws {
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
  }

  private static func piece(_ count: Int) -> HTTPRequestPart { .body(ByteBuffer(repeating: 0, count: count)) }

  @Test("A head that does not come whole in time ends the connection")
  func head() throws {
    let channel = try Self.connected()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test("Each answer gives the next head the whole time")
  func steady() throws {
    let channel = try Self.connected()
    for _ in 0..<5 {
      channel.embeddedEventLoop.advanceTime(by: .seconds(8))
      try Self.receive(Self.head, on: channel)
      try Self.receive(.end(nil), on: channel)
      try Self.respond(channel)
    }
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive)
  }

  @Test("A request that came whole may wait for its answer, and the next one behind it too")
  func answerIsAwaited() throws {
    let channel = try Self.connected()
    for _ in 0..<2 {
      try Self.receive(Self.head, on: channel)
      try Self.receive(.end(nil), on: channel)
    }
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    try Self.respond(channel)
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    try Self.respond(channel)
    channel.embeddedEventLoop.advanceTime(by: .seconds(11))
    #expect(!channel.isActive)
  }

  @Test("A body has to come on by so much in each timeout", arguments: [(1, false), (SlowRequestHandler.bodyBytesMin / 8, true)])
  func body(bytesPerSecond: Int, isFastEnough: Bool) throws {
    let channel = try Self.connected()
    try Self.receive(Self.head, on: channel)
    for _ in 0..<30 where channel.isActive {
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      try Self.receive(Self.piece(bytesPerSecond), on: channel)
    }
    #expect(channel.isActive == isFastEnough)
  }

  @Test("A body that nobody reads is not the client's fault")
  func unreadBody() throws {
    let channel = try Self.connected()
    try channel.writeInbound(Self.head)
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    channel.pipeline.read()
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(11))
    #expect(!channel.isActive)
  }
}
#endif
