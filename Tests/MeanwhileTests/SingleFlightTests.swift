import Meanwhile
import Testing

/// Identical queries of one owner at the same moment share one run, if the setting says so.
struct SingleFlightTests {
  private let toy = ToyLanguage()

  private func service(isOn: Bool = true) async throws -> Service {
    var builder = ServiceBuilder(taskStore: TransientTaskStore())
    builder.add(toy)
    let service = try await builder.build()
    try await service.settings.change(SettingsChange(transient: ["meanwhile.tasks.single_flight": String(isOn)]))
    return service
  }

  private func submit(_ service: Service, _ body: JSONValue) async throws -> String {
    var request = EndpointRequest(.post, "/_toy/async", json: body)
    request.parameters = ["wait_for_completion_timeout": "0"]
    return try #require(await service.respond(to: request).json()["id"]?.string)
  }

  private func ask(_ service: Service, _ method: EndpointRequest.Method, _ id: String, _ what: String = "") async throws -> JSONValue {
    try await service.respond(to: EndpointRequest(method, "/_toy/async/\(id)\(what)")).json()
  }

  /// Waits until so many tasks follow a run: they show its progress.
  private func follow(_ service: Service, _ count: Int) async throws -> Bool {
    try await eventually {
      let tasks = try await service.tasks.list()
      return tasks.count == count && tasks.allSatisfy { $0.view.progress.rows == 1 }
    }
  }

  private func finishes(_ service: Service) async throws -> Bool {
    try await eventually { try await service.tasks.list().isEmpty }
  }

  @Test(arguments: [(true, 1), (false, 3)])
  func identicalQueriesRunOnce(isOn: Bool, runs: Int) async throws {
    let service = try await service(isOn: isOn)
    var ids: [String] = []
    for _ in 0..<3 { ids.append(try await submit(service, ["say": "hello", "hold": "gate"])) }
    #expect(await eventually { toy.gates.runs == runs })
    #expect(Set(ids).count == 3)
    #expect(try await follow(service, 3))
    toy.gates.open("gate")
    for id in ids { #expect(try await ask(service, .get, id)["said"] == "hello") }
    #expect(toy.gates.runs == runs)
    #expect(try await finishes(service))
  }

  @Test func differentQueriesDoNotShare() async throws {
    let service = try await service()
    let first = try await submit(service, ["say": "a", "hold": "gate"])
    let second = try await submit(service, ["say": "b", "hold": "gate"])
    #expect(await eventually { toy.gates.runs == 2 })
    toy.gates.open("gate")
    #expect(try await ask(service, .get, first)["said"] == "a")
    #expect(try await ask(service, .get, second)["said"] == "b")
  }

  @Test func theRunIsCancelledWithItsLastFollowerOnly() async throws {
    let service = try await service()
    let first = try await submit(service, ["say": "x", "hold": "gate"])
    let second = try await submit(service, ["say": "x", "hold": "gate"])
    #expect(try await follow(service, 2))
    _ = try await ask(service, .delete, first)
    #expect(try await eventually { try await service.tasks.list().count == 1 })
    toy.gates.open("gate")
    #expect(try await ask(service, .get, second)["said"] == "x")

    let third = try await submit(service, ["say": "y", "hold": "never"])
    let fourth = try await submit(service, ["say": "y", "hold": "never"])
    #expect(try await follow(service, 2))
    #expect(toy.gates.runs == 2)
    for id in [third, fourth] { _ = try await ask(service, .delete, id) }
    #expect(try await finishes(service))
    await service.shutDown()
  }

  @Test func aStopAnswersOneFollowerWithWhatThereIsAndTheLastWithTheRunsOwn() async throws {
    let service = try await service()
    let first = try await submit(service, ["say": "x", "hold": "never"])
    let second = try await submit(service, ["say": "x", "hold": "never"])
    #expect(try await follow(service, 2))
    let stopped = try await ask(service, .post, first, "/stop")
    #expect(stopped["is_partial"] == true)
    #expect(stopped["said"] == "so far")
    let last = try await ask(service, .post, second, "/stop")
    #expect(last["said"] == "part of it")
    #expect(toy.gates.runs == 1)
    #expect(try await finishes(service))
  }

  @Test func aFailureIsEverybodys() async throws {
    let service = try await service()
    var ids: [String] = []
    for _ in 0..<2 { ids.append(try await submit(service, ["say": "x", "hold": "gate", "fail": "it cannot be"])) }
    toy.gates.open("gate")
    for id in ids { #expect(try await ask(service, .get, id)["error"]?["reason"] == "it cannot be") }
  }
}
