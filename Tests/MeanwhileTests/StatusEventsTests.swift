import Meanwhile
import MeanwhileTestKit
import Synchronization
import Testing

/// A task's life as a client sees it that subscribed to its events.
struct StatusEventsTests {
  let toy = ToyLanguage()
  let store = TransientTaskStore()

  func service(time: any TimeSource = SystemTimeSource()) async throws -> Service {
    var builder = ServiceBuilder(taskStore: store, environment: Environment(time: time))
    builder.add(toy)
    return try await builder.build()
  }

  func submit(_ service: Service, _ body: JSONValue, _ parameters: Parameters = ["wait_for_completion_timeout": "0ms"]) async throws
    -> String
  {
    let response = await service.respond(to: EndpointRequest(.post, "/_toy/async", parameters: parameters, json: body))
    return try #require(try await response.json()["id"]?.string)
  }

  func subscribe(_ service: Service, _ id: String, _ parameters: Parameters = ["interval": "100ms"]) async throws -> Events {
    let response = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(id)/events", parameters: parameters))
    #expect(response.status == 200)
    #expect(response.headers["Content-Type"] == "text/event-stream")
    #expect(response.headers["Cache-Control"] == "no-store")
    guard case .stream(let stream) = response.body else { throw APIError.internalFailure("the events are no stream") }
    return Events(stream.makeAsyncIterator())
  }

  /// Reads a stream event by event, and forgets comments.
  struct Events {
    struct Event: Equatable {
      var name: String
      var data: JSONValue
    }

    private var chunks: ChunkStream.AsyncIterator
    private(set) var comments = 0

    init(_ chunks: ChunkStream.AsyncIterator) { self.chunks = chunks }

    mutating func next() async throws -> Event? {
      while let chunk = try await chunks.next() {
        let lines = String(decoding: chunk, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard lines[0] != ":" else {
          comments += 1
          continue
        }
        try #require(lines.count == 4 && lines[0].hasPrefix("event: ") && lines[1].hasPrefix("data: ") && lines[2...].allSatisfy(\.isEmpty))
        return Event(name: String(lines[0].dropFirst(7)), data: try JSONValue.parse(Array(lines[1].dropFirst(6).utf8)))
      }
      return nil
    }
  }

  @Test func aRunningTaskIsFollowedToItsEnd() async throws {
    let service = try await service()
    let id = try await submit(service, ["say": "done", "hold": "gate"])
    #expect(await eventually { toy.gates.runs == 1 })
    var events = try await subscribe(service, id)
    let state = try #require(try await events.next())
    #expect(state.name == "state")
    #expect(state.data["id"] == .string(id))
    #expect(state.data["state"] == "running")
    #expect(state.data["is_running"] == true)
    toy.gates.open("gate")
    var last = try #require(try await events.next())
    while last.name == "progress" { last = try #require(try await events.next()) }
    #expect(last.name == "completed")
    #expect(last.data["completion_status"] == 200)
    #expect(last.data["progress"] == ["rows": 2, "rows_total": 2, "bytes": 0, "bytes_total": 0, "fraction": 1.0])
    #expect(try await events.next() == nil)
  }

  @Test func eachPhaseIsAnEvent() async throws {
    var configuration = ServiceConfiguration()
    configuration.limits.runningMax = 1
    var builder = ServiceBuilder(configuration, taskStore: store)
    builder.add(toy)
    let service = try await builder.build()
    _ = try await submit(service, ["hold": "first"])
    let id = try await submit(service, ["hold": "never"])
    var events = try await subscribe(service, id)
    #expect(try await events.next()?.data["state"] == "queued")
    toy.gates.open("first")
    #expect(try await events.next()?.data["state"] == "running")
    _ = await service.respond(to: EndpointRequest(.post, "/_toy/async/\(id)/stop"))
    var last = try #require(try await events.next())
    while last.data["is_running"] == true { last = try #require(try await events.next()) }
    #expect(last.name == "stopped")
    #expect(last.data["is_partial"] == true)
    #expect(try await events.next() == nil)
  }

  @Test func progressComesAtAnIntervalAndOnlyWhenItChanged() async throws {
    let time = SimulatedTimeSource()
    let service = try await service(time: time)
    let id = try await submit(service, ["hold": "never"])
    #expect(await eventually { toy.gates.runs == 1 })
    var events = try await subscribe(service, id, ["interval": "2s"])
    #expect(try await events.next()?.name == "state")
    toy.gates.open("step 1")
    let pumping = Task { while !Task.isCancelled { time.advance(by: .milliseconds(100)); try await Task.sleep(for: .milliseconds(1)) } }
    let progress = try #require(try await events.next())
    #expect(progress.name == "progress")
    #expect(progress.data["progress"]?["rows"] == 2)
    #expect(events.comments == 0)
    let waiting = Task {
      var events = events
      let event = try await events.next()
      return (event, events.comments)
    }
    // Nothing changes for a while: a comment keeps the connection open.
    let before = time.uptimeNanoseconds()
    #expect(await eventually { time.uptimeNanoseconds() - before > 40_000_000_000 })
    toy.gates.open("step 2")
    let (event, comments) = try await waiting.value
    #expect(event?.data["progress"]?["rows"] == 3)
    #expect(comments == 2)
    pumping.cancel()
  }

  @Test func aFinishedTaskAnswersWithItsLastEventAtOnce() async throws {
    let service = try await service()
    let kept = try await submit(service, ["say": "x"], ["keep_on_completion": "true"])
    var events = try await subscribe(service, kept)
    #expect(try await events.next()?.name == "completed")
    #expect(try await events.next() == nil)

    let failed = try await submit(service, ["fail": "no such thing", "hold": "gate"])
    toy.gates.open("gate")
    _ = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(failed)"))
    events = try await subscribe(service, failed)
    let event = try #require(try await events.next())
    #expect(event.name == "failed")
    #expect(event.data["error"]?["reason"] == "no such thing")
    #expect(event.data["completion_status"] == 400)
    #expect(try await events.next() == nil)

    let stopped = try await submit(service, ["hold": "never"])
    _ = await service.respond(to: EndpointRequest(.post, "/_toy/async/\(stopped)/stop"))
    events = try await subscribe(service, stopped)
    #expect(try await events.next()?.name == "stopped")
  }

  @Test func aDeletionEndsTheStream() async throws {
    let service = try await service()
    let id = try await submit(service, ["hold": "never"])
    var events = try await subscribe(service, id)
    #expect(try await events.next()?.name == "state")
    _ = await service.respond(to: EndpointRequest(.delete, "/_toy/async/\(id)"))
    var last = try #require(try await events.next())
    while last.data["is_running"] == true { last = try #require(try await events.next()) }
    #expect(last == .init(name: "deleted", data: ["id": .string(id), "is_running": false, "reason": "deleted"]))
    #expect(try await events.next() == nil)
  }

  @Test func anExpiryEndsTheStreamWithItsReason() async throws {
    let time = SimulatedTimeSource()
    let service = try await service(time: time)
    let id = try await submit(service, ["hold": "never"], ["wait_for_completion_timeout": "0ms", "keep_alive": "90s"])
    var events = try await subscribe(service, id)
    #expect(try await events.next()?.name == "state")
    time.advance(by: .seconds(90))
    var last = try #require(try await events.next())
    while last.data["is_running"] == true { last = try #require(try await events.next()) }
    #expect(last.name == "deleted")
    #expect(last.data["reason"] == "expired")
  }

  @Test(.timeLimit(.minutes(1))) func aDroppedStreamCancelsNothingAndLeavesNothing() async throws {
    let time = SimulatedTimeSource()
    let service = try await service(time: time)
    let id = try await submit(service, ["say": "done", "hold": "gate"])
    #expect(await eventually { toy.gates.runs == 1 && time.sleeperCount == 2 })
    var request = EndpointRequest(.get, "/_toy/async/\(id)/events")
    request.disconnection = Disconnection()
    let response = await service.respond(to: request)
    guard case .stream(let stream) = response.body else { throw APIError.internalFailure("the events are no stream") }
    let chunks = stream.makeAsyncIterator()
    let reading = Task {
      var chunks = chunks
      var count = 0
      while try await chunks.next() != nil { count += 1 }
      return count
    }
    // The stream's question sleeps beside the sweeper's turn.
    #expect(await eventually { time.sleeperCount == 2 })
    request.disconnection.fire()
    #expect(try await reading.value <= 2)
    #expect(try await service.tasks.list().map(\.view.state) == [.running])
    toy.gates.open("gate")
    let result = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(id)"))
    #expect(try await result.json()["said"] == "done")
  }

  @Test func anUnknownTaskIsA404AsForGet() async throws {
    let service = try await service()
    let unknown = TaskID(document: TaskID.randomName(SystemRandomSource()), node: service.nodeID, number: 4_711).encoded
    let events = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(unknown)/events"))
    let get = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(unknown)"))
    #expect(events.status == 404)
    #expect(try await events.collectBody() == (try await get.collectBody()))
  }

  @Test func aHeadOfEventsIsAnsweredAtOnce() async throws {
    let service = try await service()
    let id = try await submit(service, ["hold": "never"])
    let response = await service.respond(to: EndpointRequest(.head, "/_toy/async/\(id)/events"))
    #expect(response.headers["Content-Type"] == "text/event-stream")
    #expect(try await response.collectBody() == [])
  }

  @Test(arguments: ["99ms", "61s", "-1"])
  func anIntervalHasBounds(interval: String) async throws {
    let service = try await service()
    let id = try await submit(service, ["hold": "never"])
    let response = await service.respond(to: EndpointRequest(.get, "/_toy/async/\(id)/events", parameters: ["interval": interval]))
    #expect(response.status == 400)
    #expect(try await response.json()["error"]?["reason"]?.string?.hasPrefix("[interval] must be between [100ms] and [1m], got: ") == true)
  }

  @Test(arguments: ["pretty", "filter_path"])
  func whatRewritesJSONLeavesEventsAlone(parameter: String) async throws {
    let service = try await service()
    let id = try await submit(service, ["hold": "never"])
    var events = try await subscribe(service, id, [parameter: "id"])
    let state = try await events.next()
    #expect(state?.name == "state")
    #expect(state?.data["state"] != nil)
  }
}
