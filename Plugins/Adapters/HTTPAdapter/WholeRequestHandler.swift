#if HTTP
import HTTPTypes
import Meanwhile
import NIOCore
import NIOHTTPTypes

/// Answers requests that are small, on the thread that has read them: nearly all of a server for queries.
///
/// Such a request is gathered here until it is whole. Then its handler begins at once, and where it ends without having waited for anything its response
/// is written before this thread turns to the next socket: no task is handed to another thread, and none back. A handler that waits goes on elsewhere,
/// and comes back only with its response; one that would keep the thread busy leaves it by itself (``Service/respond(to:)``).
///
/// Other requests (those with a long body, or one whose length is not known) go on inwards to Hummingbird, which gives their body out as it comes. However
/// a request is answered, the next one waits for its response, in ``held``.
final class WholeRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private enum State {
    /// A request's head comes next.
    case idle
    case gathering(HTTPRequest, ByteBuffer?)
    case answering
    /// Answered, but the client has not taken enough of what it was sent.
    case blocked
    /// Hummingbird's, until its end has gone in and its response's has come out.
    case passing(isRead: Bool, isAnswered: Bool)
  }

  /// What came while a request before it had no response.
  private enum Arrival {
    case part(HTTPRequestPart)
    case event(Any)
    case error(any Error)
  }

  private let responder: RequestResponder
  private var context: ChannelHandlerContext?
  private var state = State.idle
  private var held = CircularBuffer<Arrival>()
  private var isDraining = false
  /// Between the first part that was read and the end of what there was to read.
  private var isReading = false
  private var isFlushDue = false
  /// Something went inwards since those there were told that it is all for now.
  private var isReadCompleteDue = false
  private var hasReadWaiting = false

  /// Bodies longer than this are not gathered.
  private static let bodyBytesMax = 16 << 10
  /// With so much of what a client sent ahead, no more is read.
  private static let heldMax = 64

  init(_ responder: RequestResponder) { self.responder = responder }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  // MARK: In

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isReading = true
    held.append(.part(unwrapInboundIn(data)))
    drain()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    isReadCompleteDue = false
    flushIfDue()
    context.fireChannelReadComplete()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    held.append(.event(event))
    drain()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    held.append(.error(error))
    drain()
  }

  func channelInactive(context: ChannelHandlerContext) {
    held.removeAll()
    context.fireChannelInactive()
  }

  func read(context: ChannelHandlerContext) {
    if held.count < Self.heldMax { context.read() } else { hasReadWaiting = true }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if case .blocked = state, context.channel.isWritable {
      state = .idle
      drain()
    }
    context.fireChannelWritabilityChanged()
  }

  /// Takes in what has come, as far as its turn is.
  private func drain() {
    guard !isDraining else { return }
    isDraining = true
    while isFree, let arrival = held.popFirst() { take(arrival) }
    isDraining = false
    if isReadCompleteDue, !isReading {
      isReadCompleteDue = false
      context?.fireChannelReadComplete()
    }
    if hasReadWaiting, held.count < Self.heldMax {
      hasReadWaiting = false
      context?.read()
    }
  }

  /// Whether what comes next can be taken in.
  private var isFree: Bool {
    switch state {
    case .idle, .gathering, .passing(isRead: false, _): true
    case .answering, .blocked, .passing(isRead: true, _): false
    }
  }

  private func take(_ arrival: Arrival) {
    guard let context else { return }
    switch arrival {
    case .part(let part): take(part, context)
    case .event(let event):
      flushIfDue()
      context.fireUserInboundEventTriggered(event)
    case .error(let error):
      flushIfDue()
      context.fireErrorCaught(error)
    }
  }

  private func take(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
    switch (state, part) {
    case (.idle, .head(let head)) where Self.gathers(head): state = .gathering(head, nil)
    case (.gathering(let head, nil), .body(let bytes)): state = .gathering(head, bytes)
    case (.gathering(let head, var gathered?), .body(let bytes)):
      state = .idle  // So that the bytes are not shared while they grow.
      gathered.writeImmutableBuffer(bytes)
      state = .gathering(head, gathered)
    case (.gathering(let head, let bytes), .end):
      state = .answering
      answer(head, bytes.map { Array($0.readableBytesView) } ?? [], context)
    case (.passing(_, let isAnswered), .end):
      state = isAnswered ? .idle : .passing(isRead: true, isAnswered: false)
      pass(part, context)
    default:
      if case .idle = state { state = .passing(isRead: false, isAnswered: false) }
      pass(part, context)
    }
  }

  private func pass(_ part: HTTPRequestPart, _ context: ChannelHandlerContext) {
    isReadCompleteDue = true
    context.fireChannelRead(wrapInboundOut(part))
  }

  /// Whether a request is one to be gathered: a short one, that asks for nothing but its answer.
  private static func gathers(_ head: HTTPRequest) -> Bool {
    let fields = head.headerFields
    guard fields[.transferEncoding] == nil, fields[.contentEncoding] == nil, fields[.expect] == nil else { return false }
    if let connection = fields[.connection], connection.lowercased() != "keep-alive" { return false }
    return fields[.contentLength].map { Int($0).map { 0...bodyBytesMax ~= $0 } ?? false } ?? true
  }

  // MARK: Out

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(data, promise: promise)
    guard case .passing(let isRead, _) = state, case .end = unwrapOutboundIn(data) else { return }
    state = isRead ? .idle : .passing(isRead: false, isAnswered: true)
    drain()
  }

  private func answer(_ head: HTTPRequest, _ body: [UInt8], _ context: ChannelHandlerContext) {
    // Closed: there is nobody to answer.
    guard let disconnection = try? responder.watch.begin() else { return }
    let (responder, channel, eventLoop) = (responder, context.channel, context.eventLoop)
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    Self.start {
      let started = SystemTimeSource().uptimeNanoseconds()
      let prepared = await responder.prepare(head, body: body, until: disconnection, on: channel)
      if case .stream(let first, let rest, let coding) = prepared.body {
        await Self.stream(prepared.head, first, rest, coding, over: handler)
        responder.tell(head, prepared, since: started)
        return
      }
      // Before the client has it, who may ask at once what was counted.
      responder.tell(head, prepared, since: started)
      if eventLoop.inEventLoop { handler.value.finish(prepared) } else { eventLoop.execute { handler.value.finish(prepared) } }
    }
  }

  /// Begins at once, on this thread, where that is possible.
  private static func start(_ work: @escaping @Sendable () async -> Void) {
    if #available(macOS 26, *) {
      Task.immediate { await work() }
    } else {
      Task { await work() }
    }
  }

  /// Writes a response that is whole, and turns to the next request.
  private func finish(_ prepared: ResponseSender.Prepared) {
    responder.watch.end()
    guard let context else { return }
    context.write(wrapOutboundOut(.head(prepared.head)), promise: nil)
    if case .whole(let buffer) = prepared.body { context.write(wrapOutboundOut(.body(buffer)), promise: nil) }
    context.write(wrapOutboundOut(.end(nil)), promise: nil)
    isFlushDue = true
    let isWritable = context.channel.isWritable
    if !isReading || !isWritable { flushIfDue() }
    state = isWritable || context.channel.isWritable ? .idle : .blocked
    drain()
  }

  private func flushIfDue() {
    guard isFlushDue else { return }
    isFlushDue = false
    context?.flush()
  }

  /// Sends a response piece by piece, no faster than the client takes it. Where the response breaks off, nothing but the connection's end can tell the client.
  private static func stream(
    _ head: HTTPResponse, _ first: [UInt8], _ rest: Gathering, _ coding: ContentCoding, over handler: NIOLoopBound<WholeRequestHandler>
  ) async {
    do {
      try await send(.head(head), over: handler)
      try await ResponseSender.forEachPiece(first, rest, coding) { try await send(.body($0), over: handler) }
      try await send(.end(nil), over: handler)
      handler.eventLoop.execute { handler.value.endStream() }
    } catch {
      handler.eventLoop.execute { handler.value.breakOff() }
    }
  }

  private static func send(_ part: HTTPResponsePart, over handler: NIOLoopBound<WholeRequestHandler>) async throws {
    let sent = handler.eventLoop.makePromise(of: Void.self)
    handler.eventLoop.execute { handler.value.send(part, sent) }
    try await sent.futureResult.get()
  }

  private func send(_ part: HTTPResponsePart, _ sent: EventLoopPromise<Void>) {
    guard let context else { return sent.fail(ChannelError.ioOnClosedChannel) }
    isFlushDue = false
    context.writeAndFlush(wrapOutboundOut(part), promise: sent)
  }

  private func endStream() {
    responder.watch.end()
    state = .idle
    drain()
  }

  private func breakOff() {
    responder.watch.end()
    context?.close(promise: nil)
  }
}
#endif
