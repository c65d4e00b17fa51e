import MeanwhileTestKit
import Synchronization
import Testing

@testable import Meanwhile

/// A shutdown: nothing new is taken on, what runs has a while to end, and what does not is run again by the next start.
@Suite(.timeLimit(.minutes(2)))
struct ShutdownTests {
  let toy = ToyLanguage()
  let store = TransientTaskStore()
  let time = SimulatedTimeSource()

  private func service(_ change: (inout ServiceConfiguration) -> Void = { _ in }) async throws -> Service {
    var configuration = ServiceConfiguration()
    configuration.shutdownGrace = .seconds(30)
    change(&configuration)
    var builder = ServiceBuilder(configuration, taskStore: store, environment: Environment(time: time))
    builder.add(toy)
    return try await builder.build()
  }

  private func submit(_ service: Service, hold gate: String, wait: String = "0ms", keep: Bool = false) async -> EndpointResponse {
    let parameters: Parameters = ["wait_for_completion_timeout": wait, "keep_on_completion": keep ? "true" : "false"]
    return await service.respond(
      to: EndpointRequest(.post, "/_toy/async", parameters: parameters, json: ["say": "done", "hold": .string(gate)]))
  }

  private func submitted(_ service: Service, hold gate: String) async throws -> String {
    try #require(try await submit(service, hold: gate).json()["id"]?.string)
  }

  private func get(_ service: Service, _ id: String, wait: String? = nil) async -> EndpointResponse {
    let parameters: Parameters = wait.map { ["wait_for_completion_timeout": $0] } ?? [:]
    return await service.respond(to: EndpointRequest(.get, "/_toy/async/" + PercentEncoding.encode(id), parameters: parameters))
  }

  private func record(_ id: String) async throws -> TaskRecord? { await store.load(try TaskID(parsing: id).number) }

  /// Begins a shutdown, and returns once nothing is admitted any more.
  private func begin(_ service: Service) async throws -> Task<Void, Never> {
    let shutdown = Task { await service.shutDown() }
    #expect(await eventually { await service.tasks.isClosing })
    return shutdown
  }

  /// Ends a shutdown, however long its waits are.
  private func end(_ shutdown: Task<Void, Never>) async throws {
    let ended = Ended()
    let watching = Task {
      await shutdown.value
      await ended.set()
    }
    // Slowly, as seen from the runs: they are told to end, and need a moment to hear of it.
    for _ in 0..<500 {
      if await ended.isSet { break }
      time.advance(by: .seconds(1))
      try await Task.sleep(for: .milliseconds(20))
    }
    try #require(await ended.isSet)
    watching.cancel()
  }

  private actor Ended {
    private(set) var isSet = false
    func set() { isSet = true }
  }

  @Test func nothingIsAdmittedAndTheRefusalSaysWhenToComeBack() async throws {
    let service = try await service()
    _ = try await submitted(service, hold: "gate")
    let shutdown = try await begin(service)
    let refused = await submit(service, hold: "nothing")
    #expect(refused.status == 503)
    #expect(refused.headers["Retry-After"] == "1")
    #expect(try await refused.json()["error"]?["type"] == "unavailable_exception")
    toy.gates.open("gate")
    try await end(shutdown)
  }

  @Test func whatEndsWithinTheGraceIsAnsweredAndKept() async throws {
    let service = try await service()
    let id = try await submitted(service, hold: "gate")
    async let waiting = get(service, id)
    let shutdown = try await begin(service)
    #expect(try await get(service, id, wait: "0ms").json()["is_running"] == true)
    toy.gates.open("gate")
    #expect(try await waiting.json()["said"] == "done")
    try await end(shutdown)
    #expect(try await record(id)?.state == .completed)
    #expect(try await get(try await self.service(), id).json()["said"] == "done")
  }

  @Test func whatWaitsForItsTurnMayStillRunWithinTheGrace() async throws {
    let service = try await service { $0.limits.runningMax = 1 }
    let first = try await submitted(service, hold: "gate")
    let second = try await submitted(service, hold: "gate")
    let shutdown = try await begin(service)
    toy.gates.open("gate")
    try await end(shutdown)
    for id in [first, second] { #expect(try await record(id)?.state == .completed) }
  }

  @Test func whatDoesNotEndIsRunAgainByTheNextStartAndTheAttemptDoesNotCount() async throws {
    let service = try await service { $0.limits.runningMax = 1 }
    let running = try await submitted(service, hold: "gate")
    let queued = try await submitted(service, hold: "gate")
    async let waiting = get(service, running)
    let shutdown = try await begin(service)
    try await end(shutdown)
    // Whoever waits is told to come back, and so is who asks later.
    let answer = await waiting
    #expect(answer.status == 503)
    #expect(answer.headers["Retry-After"] == "1")
    #expect(await get(service, running).status == 503)
    for id in [running, queued] {
      #expect(try await eventually { try await record(id)?.attempts == 0 })
      #expect(try await record(id)?.state.isFinished == false)
    }
    #expect(toy.gates.runs == 1)
    toy.gates.open("gate")
    let next = try await self.service()
    for id in [running, queued] { #expect(try await get(next, id).json()["said"] == "done") }
    #expect(toy.gates.runs == 3)
  }

  @Test func whoWaitsForASubmitWithoutAnIDIsToldAndNothingIsLeft() async throws {
    let service = try await service()
    async let waiting = submit(service, hold: "gate", wait: "1h", keep: true)
    #expect(await eventually { toy.gates.runs == 1 })
    let shutdown = try await begin(service)
    try await end(shutdown)
    #expect(await waiting.status == 503)
    #expect(await store.records().isEmpty)
  }
}

extension AsyncTaskManager {
  fileprivate var isClosing: Bool { get async { state.withLock { $0.machine.isClosing } } }
}
