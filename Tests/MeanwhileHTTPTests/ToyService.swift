#if HTTP
import Meanwhile
import MeanwhileHTTP
import MeanwhileMemoryStore
import Synchronization

/// Endpoints that show what reached them, and misbehave in every way an endpoint can.
struct ToyEndpoints: EndpointProvider {
  let probe: Probe

  /// What tests look at and steer.
  final class Probe: Sendable {
    let chunksMade = Atomic(0)
    let disconnections = Signal()
    let disconnectionCount = Atomic(0)
    let mayAnswer = Signal()
    let mayRead = Signal()
    let isWaiting = Signal()
    let lateRead = Mutex<String?>(nil)
    let lateReadIsDone = Signal()
    /// Nobody holds the endless stream any more.
    let streamIsReleased = Signal()

    func listen(to request: EndpointRequest) {
      request.disconnection.onDisconnect {
        self.disconnectionCount.add(1, ordering: .relaxed)
        self.disconnections.raise()
      }
    }
  }

  var routes: [Route] {
    [
      Route(.get, "/echo", summary: "Shows the request.", parameters: ["a", "b", "ä b"], privilege: .authenticated("toy"), handler: echo),
      Route(.get, "/echo/{rest}", summary: "Shows the request.", privilege: .authenticated("toy"), handler: echo),
      Route(.post, "/echo", summary: "Shows the request.", body: .optional, privilege: .authenticated("toy"), handler: echo),
      Route(.head, "/echo", summary: "Shows the request.", privilege: .authenticated("toy"), handler: echo),
      Route(.get, "/nothing", summary: "Has no content.", privilege: .authenticated("toy")) { _, _ in EndpointResponse(status: 204) },
      Route(.get, "/endless", summary: "Never ends.", privilege: .authenticated("toy")) { [probe] _, _ in
        EndpointResponse(
          body: .stream(
            ChunkStream {
              let holder = Holder(probe.streamIsReleased)
              return {
                _ = holder
                probe.chunksMade.add(1, ordering: .relaxed)
                return [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10)
              }
            }))
      },
      Route(.get, "/broken", summary: "Breaks off.", privilege: .authenticated("toy")) { _, _ in
        EndpointResponse(body: .stream(Self.failing(after: 2)))
      },
      Route(.get, "/broken-at-once", summary: "Breaks off before it begins.", privilege: .authenticated("toy")) { _, _ in
        EndpointResponse(body: .stream(Self.failing(after: 0)))
      },
      Route(.head, "/long", summary: "Three chunks.", privilege: .authenticated("toy")) { _, _ in
        EndpointResponse(body: .stream(ChunkStream([[1], [2], [3, 4]])))
      },
      Route(.get, "/long", summary: "Three chunks.", privilege: .authenticated("toy")) { _, _ in
        EndpointResponse(body: .stream(ChunkStream([[1], [2], [3, 4]])))
      },
      Route(.get, "/wait", summary: "Waits until it may answer.", privilege: .authenticated("toy")) { [probe] request, _ in
        probe.listen(to: request)
        probe.isWaiting.raise()
        await probe.mayAnswer.wait()
        return .json(["waited": true])
      },
      Route(.get, "/news", summary: "Tells something at once, and the rest when it may.", privilege: .authenticated("toy")) {
        [probe] request, _ in
        probe.listen(to: request)
        request.disconnection.onDisconnect { probe.mayAnswer.raise() }
        let news = ChunkStream {
          let told = Atomic(0)
          return {
            switch told.add(1, ordering: .relaxed).newValue {
            case 1: return Array("first".utf8)
            case 2:
              await probe.mayAnswer.wait()
              return Array("last".utf8)
            default:
              probe.lateReadIsDone.raise()
              return nil
            }
          }
        }
        return EndpointResponse(headers: ["Content-Type": "text/event-stream"], body: .stream(news))
      },
      Route(.get, "/text", summary: "Text that compresses well.", privilege: .authenticated("toy")) { _, _ in
        EndpointResponse(headers: ["Content-Type": "text/plain"], body: .bytes(Self.text))
      },
      Route(.get, "/much", summary: "1 MB, in pieces.", privilege: .authenticated("toy")) { _, _ in
        let much = ChunkStream {
          let made = Atomic(0)
          return { made.add(1, ordering: .relaxed).newValue <= 16 ? [UInt8](repeating: UInt8(ascii: "x"), count: 64 << 10) : nil }
        }
        return EndpointResponse(body: .stream(much))
      },
      Route(.post, "/slow", summary: "Reads its body when it may.", body: .required, privilege: .authenticated("toy")) {
        [probe] request, _ in
        probe.isWaiting.raise()
        await probe.mayRead.wait()
        var count = 0
        for try await chunk in request.body { count += chunk.count }
        return .json(["bytes": .integer(Int64(count))])
      },
      Route(.post, "/leak", summary: "Answers, and reads its body afterwards.", body: .required, privilege: .authenticated("toy")) {
        [probe] request, _ in
        Task {
          await probe.mayRead.wait()
          do {
            var count = 0
            for try await chunk in request.body { count += chunk.count }
            probe.lateRead.withLock { $0 = "read \(count) bytes" }
          } catch {
            probe.lateRead.withLock { $0 = "refused" }
          }
          probe.lateReadIsDone.raise()
        }
        return .json(["leaked": true])
      },
    ]
  }

  static let text = [UInt8](repeating: UInt8(ascii: "a"), count: 100_000)

  @Sendable private func echo(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    var bytes = 0
    var checksum = 0
    for try await chunk in request.body {
      bytes += chunk.count
      checksum = chunk.reduce(checksum) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
    }
    let parameters = request.parameters.pairs.map { JSONValue.string("\($0.name)=\($0.value)") }
    return .json([
      "method": .string(request.method.rawValue), "path": .string(request.path), "parameters": .array(parameters),
      "header": request.headers["X-Test"].map(JSONValue.string) ?? .null, "bytes": .integer(Int64(bytes)),
      "checksum": .integer(Int64(checksum)),
    ])
  }

  private static func failing(after count: Int) -> ChunkStream {
    ChunkStream {
      let left = Mutex(count)
      return {
        let isOver = left.withLock { left in
          defer { left -= 1 }
          return left == 0
        }
        if isOver { throw APIError(type: "broken_exception", reason: "it broke", status: 503) }
        return Array("piece".utf8)
      }
    }
  }
}

/// Raises a signal when nobody holds it any more.
private final class Holder: Sendable {
  private let signal: Signal
  init(_ signal: Signal) { self.signal = signal }
  deinit { signal.raise() }
}

/// Something that happens once, and those that wait for it.
final class Signal: Sendable {
  private enum State {
    case waiting([CheckedContinuation<Void, Never>])
    case raised
  }

  private let state = Mutex(State.waiting([]))

  var isRaised: Bool {
    state.withLock { if case .raised = $0 { true } else { false } }
  }

  func raise() {
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      defer { state = .raised }
      guard case .waiting(let waiting) = state else { return [] }
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let isRaised = state.withLock { state in
        guard case .waiting(let waiting) = state else { return true }
        state = .waiting(waiting + [continuation])
        return false
      }
      if isRaised { continuation.resume() }
    }
  }

  /// Waits for at most half a minute.
  ///
  /// - Returns: whether it happened.
  func happens() async -> Bool {
    for _ in 0..<3_000 where !isRaised { try? await Task.sleep(for: .milliseconds(10)) }
    return isRaised
  }
}

/// Runs the toy service behind an adapter on a free port, and ends it afterwards.
func withToyServer(
  _ configuration: HTTPAdapter.Configuration = HTTPAdapter.Configuration(port: 0),
  _ body: (_ port: Int, _ probe: ToyEndpoints.Probe) async throws -> Void
) async throws {
  let probe = ToyEndpoints.Probe()
  let server = try await RunningServer(configuration, probe: probe)
  do {
    try await body(server.port, probe)
  } catch {
    try await server.stop()
    throw error
  }
  try await server.stop()
}

/// An adapter that runs.
struct RunningServer {
  let port: Int
  private let run: Task<Void, any Error>

  /// Runs the toy service.
  init(_ configuration: HTTPAdapter.Configuration = HTTPAdapter.Configuration(port: 0), probe: ToyEndpoints.Probe) async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(endpoints: ToyEndpoints(probe: probe))
    let service = try await builder.build()
    try await self.init(service, configuration)
  }

  init(_ service: Service, _ configuration: HTTPAdapter.Configuration = HTTPAdapter.Configuration(port: 0)) async throws {
    let (ports, announce) = AsyncStream<Int>.makeStream()
    let adapter = HTTPAdapter(configuration: configuration) { announce.yield($0.port) }
    let run = Task {
      defer { announce.finish() }
      try await adapter.run(service)
    }
    self.run = run
    var iterator = ports.makeAsyncIterator()
    guard let port = await iterator.next() else {
      try await run.value
      throw RawConnection.Failure(description: "the adapter ended without having listened")
    }
    self.port = port
  }

  /// Tells the adapter to end, without waiting for it.
  func beginStopping() { run.cancel() }

  /// Ends the adapter, and waits until it has.
  func stop() async throws {
    run.cancel()
    try await run.value
  }
}
#endif
