#if HTTP
import HummingbirdCore
import HummingbirdHTTP2
import Logging
import Meanwhile
import NIOCore
import NIOSSL
import NIOTLS

/// Sets up and serves the connections of a server with TLS: HTTP/2 or HTTP/1.1, as client and server agree while they shake hands (ALPN, RFC 7301).
struct SecureConnection: ServerChildChannel {
  let plain: Connection
  let certificates: CertificateKeeper

  /// A connection that may still be shaking hands.
  struct Value: ServerChildChannelValue {
    let negotiated: EventLoopFuture<Negotiated>
    let channel: any Channel
  }

  enum Negotiated: Sendable {
    case http1(Connection.Value)
    case http2(HTTP2Channel.Value)
  }

  /// A client that takes longer to shake hands is cut off.
  private static let handshakeMax = TimeAmount.seconds(30)

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let (plain, http2) = (plain, http2)
    return channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
      let negotiation = NIOTypedApplicationProtocolNegotiationHandler<Negotiated> { result in
        if case .negotiated("h2") = result { return http2.setup(channel: channel, logger: logger).map { .http2($0) } }
        return plain.setup(channel: channel, logger: logger).map { .http1($0) }
      }
      try pipeline.addHandler(negotiation)
      let negotiated = negotiation.protocolNegotiationResult
      let deadline = channel.eventLoop.scheduleTask(in: Self.handshakeMax) { channel.close(promise: nil) }
      negotiated.whenComplete { _ in deadline.cancel() }
      return Value(negotiated: negotiated, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    guard let negotiated = try? await value.negotiated.get() else { return }
    switch negotiated {
    case .http1(let connection): await plain.handle(value: connection, logger: logger)
    case .http2(let connection): await http2.handle(value: connection, logger: logger)
    }
  }

  /// HTTP/2: each request is a stream, whose end before its response tells that its client has gone.
  private var http2: HTTP2Channel {
    let plain = plain
    let idleTimeout = plain.configuration.idleTimeout
    let stalledTimeout = TimeAmount.nanoseconds(idleTimeout.nanoseconds)
    return HTTP2Channel(
      responder: { request, writer, channel in
        let watch = DisconnectionWatch()
        channel.closeFuture.whenComplete { _ in watch.clientHasGone(isClosed: true) }
        let responder = RequestResponder(
          service: plain.service, configuration: plain.configuration, watch: watch, onAnswered: plain.onAnswered, isFramed: true)
        try await responder.respond(to: request, writer, on: channel)
      },
      configuration: HTTP2ChannelConfiguration(
        idleTimeout: .nanoseconds(idleTimeout.nanoseconds),
        gracefulCloseTimeout: .nanoseconds(plain.configuration.shutdownGrace.nanoseconds),
        streamConfiguration: HTTP1Channel.Configuration(additionalChannelHandlers: [
          StalledWriteHandler(timeout: stalledTimeout), SlowRequestHandler(timeout: stalledTimeout),
        ])))
  }
}
#endif
