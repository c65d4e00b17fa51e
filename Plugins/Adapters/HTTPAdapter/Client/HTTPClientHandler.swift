#if HTTP
import NIOCore
import NIOHTTP1

/// Hands on what comes over a connection that has one request on it: the answer's head, then its body's pieces.
final class HTTPClientHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let answered: EventLoopPromise<HTTPResponseHead>
  private let answer: AsyncThrowingStream<[UInt8], any Error>.Continuation

  private struct BrokenOff: Error, CustomStringConvertible {
    let description = "it closed the connection before its answer was whole"
  }

  init(answered: EventLoopPromise<HTTPResponseHead>, answer: AsyncThrowingStream<[UInt8], any Error>.Continuation) {
    self.answered = answered
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): answered.succeed(head)
    case .body(let piece): answer.yield(Array(piece.readableBytesView))
    case .end:
      answer.finish()
      context.close(promise: nil)
    }
  }

  /// After the answer's end neither of these changes anything.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(BrokenOff())
    context.fireChannelInactive()
  }

  private func fail(_ error: any Error) {
    answered.fail(error)
    answer.finish(throwing: error)
  }
}
#endif
