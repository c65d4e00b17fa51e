#if HTTP
import HummingbirdCore
import Logging
import Meanwhile
import NIOCore

/// Sets up and serves the connections of a server: Hummingbird's HTTP/1.1 with a watch beside it that tells when the client has gone.
struct Connection: ServerChildChannel {
  let service: Service
  let configuration: HTTPAdapter.Configuration
  let onAnswered: @Sendable (HTTPAdapter.Exchange) -> Void

  /// A connection that is set up.
  struct Value: ServerChildChannelValue {
    let http: HTTP1Channel
    let exchange: HTTP1Channel.Value
    var channel: any Channel { exchange.channel }
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let watch = DisconnectionWatch()
    let responder = RequestResponder(
      service: service, configuration: configuration, watch: watch, onAnswered: onAnswered)
    let idleTimeout = TimeAmount.nanoseconds(configuration.idleTimeout.nanoseconds)
    let http = HTTP1Channel(
      responder: { request, writer, channel in try await responder.respond(to: request, writer, on: channel) },
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [
          DisconnectionHandler(watch), StalledWriteHandler(timeout: idleTimeout), SlowRequestHandler(timeout: idleTimeout),
          ParseErrorHandler(),
        ],
        idleTimeout: idleTimeout,
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: configuration.headerBytesMax, maxHeaderListSize: configuration.headerBytesMax)))
    return http.setup(channel: channel, logger: logger).flatMapThrowing { exchange in
      // Behind Hummingbird's handler of idle and ending connections, which has to see every request and response.
      let pipeline = channel.pipeline.syncOperations
      let last = try pipeline.handler(type: HTTPConnectionStateHandler.self)
      try pipeline.addHandler(WholeRequestHandler(responder), position: .after(last))
      return Value(http: http, exchange: exchange)
    }
  }

  func handle(value: Value, logger: Logger) async {
    await value.http.handle(value: value.exchange, logger: logger)
  }
}

extension Channel {
  /// Where the client is, as logs write it; of a stream of HTTP/2, where its connection's is.
  var clientAddress: String? {
    guard let address = remoteAddress ?? parent?.remoteAddress, let host = address.ipAddress, let port = address.port else { return nil }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
#endif
