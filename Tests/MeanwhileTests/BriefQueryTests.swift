import Meanwhile
import Testing

/// Queries that are over at once run in the task of their request; nobody can tell by the answers.
@Suite(.timeLimit(.minutes(2)))
struct BriefQueryTests {
  let toy = ToyLanguage()
  let store = TransientTaskStore()
  let spawner = CountingSpawner()

  private func service(runningMax: Int = 10) async throws -> Service {
    var configuration = ServiceConfiguration()
    configuration.limits.runningMax = runningMax
    var builder = ServiceBuilder(configuration, taskStore: store, environment: Environment(spawner: spawner))
    builder.add(toy)
    return try await builder.build()
  }

  private func submit(_ service: Service, _ body: JSONValue, _ parameters: Parameters) async throws -> JSONValue {
    try await service.respond(to: EndpointRequest(.post, "/_toy/async", parameters: parameters, json: body)).json()
  }

  private func get(_ service: Service, _ id: String) async throws -> JSONValue {
    try await service.respond(to: EndpointRequest(.get, "/_toy/async/" + PercentEncoding.encode(id))).json()
  }

  @Test func theResultIsKeptAllTheSame() async throws {
    let service = try await service()
    let answer = try await submit(service, ["say": "brief"], ["keep_on_completion": "true"])
    #expect(answer["said"] == "brief")
    #expect(spawner.runs == 0)
    #expect(await store.calls == ["insert"])
    #expect(try await get(service, try #require(answer["id"]?.string))["said"] == "brief")
  }

  @Test func soIsAFailure() async throws {
    let service = try await service()
    let answer = try await submit(service, ["say": "brief", "fail": "it fails"], ["keep_on_completion": "true"])
    #expect(answer["error"]?["reason"] == "it fails")
    #expect(spawner.runs == 0)
    #expect(await store.records().map(\.state) == [.failed])
  }

  @Test func whoDoesNotWaitIsAnsweredFirst() async throws {
    let service = try await service()
    let answer = try await submit(service, ["say": "brief", "hold": "gate"], ["wait_for_completion_timeout": "0ms"])
    #expect(answer["is_running"] == true)
    #expect(spawner.runs == 1)
    toy.gates.open("gate")
    #expect(try await get(service, try #require(answer["id"]?.string))["said"] == "brief")
  }

  @Test func whoMustWaitForAPlaceIsRunByWhoeverFreesIt() async throws {
    let service = try await service(runningMax: 1)
    _ = try await submit(service, ["say": "long", "hold": "gate"], ["wait_for_completion_timeout": "0ms"])
    async let brief = submit(service, ["say": "brief"], ["wait_for_completion_timeout": "1m"])
    #expect(try await eventually { try await service.tasks.list().count == 2 })
    toy.gates.open("gate")
    #expect(try await brief["said"] == "brief")
    #expect(spawner.runs == 2)
  }

  /// The request is cancelled with its query in the middle: the query, which is to be kept, is run again by itself.
  @Test func aRequestThatIsCancelledDoesNotTakeItsQueryAlong() async throws {
    let service = try await service()
    let request = Task {
      try await submit(service, ["say": "brief", "hold": "gate"], ["keep_on_completion": "true", "wait_for_completion_timeout": "1m"])
    }
    #expect(await eventually { toy.gates.runs == 1 })
    let id = try #require(try await service.tasks.list().first?.id.encoded)
    request.cancel()
    _ = try await request.value
    #expect(await eventually { toy.gates.runs == 2 })
    #expect(spawner.runs == 1)
    toy.gates.open("gate")
    #expect(try await get(service, id)["said"] == "brief")
  }
}
