import Meanwhile
import MeanwhileTestKit
import Testing

/// The asynchronous life of a query, as a client of the standard dialect sees it.
struct AsyncQueryEndpointsTests {
  let toy = ToyLanguage()
  let store = TransientTaskStore()
  let observer = CountingObserver()

  func service(
    time: any TimeSource = SystemTimeSource(), _ change: (inout ServiceConfiguration) -> Void = { _ in }
  ) async throws -> Service {
    var configuration = ServiceConfiguration()
    change(&configuration)
    var builder = ServiceBuilder(configuration, taskStore: store, environment: Environment(time: time))
    builder.add(toy)
    builder.observe(with: observer)
    return try await builder.build()
  }

  func submit(_ service: Service, _ body: JSONValue, _ parameters: Parameters = [:], as user: String? = nil) async -> EndpointResponse {
    await service.respond(to: EndpointRequest(.post, "/_toy/async", parameters: parameters, json: body, principal: principal(user)))
  }

  func ask(
    _ service: Service, _ method: EndpointRequest.Method, _ id: String, _ suffix: String = "", _ parameters: Parameters = [:],
    as user: String? = nil
  ) async -> EndpointResponse {
    await service.respond(
      to: EndpointRequest(
        method, "/_toy/async/" + PercentEncoding.encode(id) + suffix, parameters: parameters, principal: principal(user)))
  }

  func principal(_ user: String?) -> Principal? { user.map { Principal(username: $0, realm: "test") } }

  func attempts(of id: String, reach count: Int) async throws -> Bool {
    let number = try TaskID(parsing: id).number
    return await eventually { await store.load(number)?.attempts == count }
  }

  /// Submits a query that goes on until its gate opens.
  func submitHeld(_ service: Service, _ gate: String, _ parameters: Parameters = [:], as user: String? = nil) async throws -> String {
    var parameters = parameters
    parameters["wait_for_completion_timeout"] = "0ms"
    let response = await submit(service, ["say": "done", "hold": .string(gate)], parameters, as: user)
    return try #require(try await response.json()["id"]?.string)
  }

  @Test func aQueryThatIsDoneInTimeLeavesNothing() async throws {
    let response = await submit(try await service(), ["say": "hello"])
    #expect(response.status == 200)
    #expect(response.headers["X-Elasticsearch-Async-Is-Running"] == "?0")
    #expect(response.headers["X-Elasticsearch-Async-Id"] == nil)
    let body = try await response.json()
    #expect(body["id"] == nil)
    #expect(body["said"] == "hello")
    #expect(await store.calls == [])
  }

  @Test func aResultThatIsToBeKeptTakesOneDurableStep() async throws {
    let service = try await service()
    let response = await submit(service, ["say": "hello"], ["keep_on_completion": "true"])
    let id = try #require(response.headers["X-Elasticsearch-Async-Id"])
    #expect(try await response.json()["id"] == .string(id))
    #expect(await store.calls == ["insert"])
    let first = try await ask(service, .get, id).collectBody()
    let second = try await ask(service, .get, id).collectBody()
    #expect(first == second)
    #expect(first == (try await response.collectBody()))
  }

  @Test func aSlowQueryIsAnsweredWithAnIDAndThenWithItsResult() async throws {
    let service = try await service()
    let response = await submit(service, ["say": "done", "hold": "gate"], ["wait_for_completion_timeout": "5ms"])
    #expect(response.headers["X-Elasticsearch-Async-Is-Running"] == "?1")
    let running = try await response.json()
    #expect(running["is_running"] == true)
    let id = try #require(running["id"]?.string)
    async let waiting = ask(service, .get, id)
    #expect(await eventually { toy.gates.runs == 1 })
    try await Task.sleep(for: .milliseconds(2))
    let now = try await ask(service, .get, id, "", ["wait_for_completion_timeout": "0ms"]).json()
    #expect(now["is_running"] == true)
    #expect(now["said"] == "so far")
    toy.gates.open("gate")
    let finished = try await waiting.json()
    #expect(finished["is_running"] == false)
    #expect(finished["said"] == "done")
    #expect(finished["id"] == .string(id))
    #expect(await store.calls == ["insert", "replace"])
  }

  @Test func partialResultsAskForWhatThereIs() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "never")
    let body = try await ask(service, .get, id, "", ["partial_results": "true"]).json()
    #expect(body["is_running"] == true)
    #expect(await ask(service, .delete, id).status == 200)
  }

  @Test func stopGivesAPartialResultThatIsKept() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "never")
    let stopped = try await ask(service, .post, id, "/stop").json()
    #expect(stopped["is_running"] == false)
    #expect(stopped["is_partial"] == true)
    #expect(stopped["said"] == "part of it")
    #expect(try await ask(service, .get, id).json() == stopped)
    #expect(try await ask(service, .post, id, "/stop").json() == stopped)
  }

  @Test func deletingARunningQueryAnswersWhoWaitsForIt() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "never")
    async let waiting = ask(service, .get, id)
    try await Task.sleep(for: .milliseconds(10))
    #expect(try await ask(service, .delete, id).json() == ["acknowledged": true])
    let told = await waiting
    #expect(told.status == 400 || told.status == 404)
    let again = await ask(service, .delete, id)
    #expect(again.status == 404)
    #expect(try await again.json()["error"]?["reason"] == .string(id))
    #expect(try await eventually { try await service.tasks.list().isEmpty })
    #expect(await store.records().isEmpty)
  }

  @Test func aFailureIsTheSameForWhoWaitsAndWhoComesLater() async throws {
    let service = try await service()
    let synchronous = await service.respond(to: EndpointRequest(.post, "/_toy", json: ["fail": "no such thing"]))
    let waiting = await submit(service, ["fail": "no such thing"])
    let held = await submit(service, ["fail": "no such thing", "hold": "gate"], ["wait_for_completion_timeout": "0ms"])
    let id = try #require(try await held.json()["id"]?.string)
    toy.gates.open("gate")
    let later = await ask(service, .get, id)
    let fromStore = await ask(service, .get, id)
    let expected = try await synchronous.collectBody()
    for response in [waiting, later, fromStore] {
      #expect(response.status == 400)
      #expect(try await response.collectBody() == expected)
    }
    let status = try await ask(service, .get, id, "/status").json()
    #expect(status["completion_status"] == 400)
  }

  @Test func whatIsWrongWithAQueryNeverBecomesATask() async throws {
    let response = await submit(try await service(), ["bad": "mismatched input"])
    #expect(response.status == 400)
    #expect(try await response.json()["error"]?["type"] == "parsing_exception")
    #expect(observer[.submitted] == 0)
  }

  @Test func statusTellsProgressWithoutTheResult() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "gate")
    #expect(await eventually { toy.gates.runs == 1 })
    let running = try await ask(service, .get, id, "/status").json()
    #expect(running["is_running"] == true)
    #expect(running["start_time_in_millis"]?.int != nil)
    #expect(running["progress"]?["fraction"] == 0.5)
    #expect(running["said"] == nil)
    toy.gates.open("gate")
    _ = await ask(service, .get, id)
    let finished = try await ask(service, .get, id, "/status").json()
    #expect(finished["is_running"] == false)
    #expect(finished["completion_status"] == 200)
    #expect(finished["start_time_in_millis"] == nil)
  }

  @Test func anothersResultIsByteForByteOneThatNeverWas() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "never", as: "alice")
    let unknown = TaskID(document: TaskID.randomName(SystemRandomSource()), node: service.nodeID, number: 4_711).encoded
    for (method, suffix) in [(.get, ""), (.get, "/status"), (.post, "/stop"), (.delete, "")] as [(EndpointRequest.Method, String)] {
      let others = await ask(service, method, id, suffix, as: "bob")
      let nobodys = await ask(service, method, unknown, suffix, as: "bob")
      #expect(others.status == 404)
      #expect(others.untimedHeaders == nobodys.untimedHeaders)
      let text = String(decoding: try await others.collectBody(), as: UTF8.self)
      #expect(text.replacing(id, with: unknown) == String(decoding: try await nobodys.collectBody(), as: UTF8.self))
    }
    #expect(await ask(service, .delete, id, as: "alice").status == 200)
  }

  @Test(arguments: ["foobar", "%%%", TaskID(document: "d", node: "n", number: 1).encoded + "AAAA", "_"])
  func aMalformedIDIsABadRequest(id: String) async throws {
    let response = await ask(try await service(), .get, id)
    #expect(response.status == 400)
    let error = try await response.json()["error"]
    #expect(error?["type"] == "illegal_argument_exception")
    #expect(error?["reason"] == .string("invalid id: [\(id)]"))
  }

  @Test func whatIsFullIsRefusedWith429() async throws {
    let service = try await service {
      $0.limits.runningMax = 1
      $0.limits.queuedMax = 1
    }
    let first = try await submitHeld(service, "gate")
    let second = try await submitHeld(service, "gate")
    let third = await submit(service, ["say": "x"])
    #expect(third.status == 429)
    #expect(third.headers["Retry-After"] == "1")
    #expect(try await third.json()["error"]?["type"] == "es_rejected_execution_exception")
    #expect(try await service.tasks.list().map(\.view.state) == [.running, .queued])
    toy.gates.open("gate")
    for id in [first, second] { #expect(try await ask(service, .get, id).json()["said"] == "done") }
  }

  @Test func aClientThatGoesTakesItsQueryAlong() async throws {
    let service = try await service()
    var request = EndpointRequest(.post, "/_toy", json: ["hold": "never"])
    request.disconnection = Disconnection()
    async let response = service.respond(to: request)
    #expect(await eventually { toy.gates.runs == 1 })
    request.disconnection.fire()
    let told = await response
    #expect(try await told.json()["error"]?["type"] == "task_cancelled_exception")
    #expect(try await eventually { try await service.tasks.list().isEmpty })
    #expect(observer[.cancelled] == 1)
  }

  @Test func cancellingByNumberMakesAStoredFailure() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "never")
    let number = try TaskID(parsing: id).number
    #expect(await service.tasks.cancel(number))
    for _ in 0..<2 {
      let response = await ask(service, .get, id)
      #expect(response.status == 400)
      #expect(try await response.json()["error"]?["reason"] == "task cancelled [by user request]")
    }
    #expect(await service.tasks.cancel(number) == false)
  }

  @Test func anUnfinishedQueryRunsAgainAfterARestart() async throws {
    let id = try await submitHeld(try await service(), "gate")
    // The first service is never shut down: it is as if it had been killed.
    let restarted = try await service()
    #expect(try await attempts(of: id, reach: 2))
    toy.gates.open("gate")
    #expect(try await ask(restarted, .get, id).json()["said"] == "done")
  }

  @Test func aQueryThatBringsTheServerDownIsNotRunForEver() async throws {
    let id = try await submitHeld(try await service(), "never")
    for attempt in 2...3 {
      _ = try await service()
      #expect(try await attempts(of: id, reach: attempt))
    }
    let last = try await service()
    let response = await ask(last, .get, id)
    #expect(response.status == 500)
    #expect(try await response.json()["error"]?["reason"]?.string?.contains("[3] attempts") == true)
  }

  @Test func aShutdownLeavesWhatRunsToTheNextStart() async throws {
    let first = try await service { $0.shutdownGrace = .milliseconds(5) }
    let id = try await submitHeld(first, "gate")
    await first.shutDown()
    #expect(await submit(first, ["say": "x"]).status == 503)
    #expect(await store.load(try TaskID(parsing: id).number)?.attempts == 0)
    toy.gates.open("gate")
    #expect(try await ask(try await service(), .get, id).json()["said"] == "done")
  }

  @Test func aStoreThatFailsIsAnErrorAndNothingIsPromised() async throws {
    let service = try await service()
    await store.failNextWrites(1)
    let response = await submit(service, ["say": "x", "hold": "never"], ["wait_for_completion_timeout": "0ms"])
    #expect(response.status == 507)
    #expect(try await eventually { try await service.tasks.list().isEmpty })
    #expect(await store.records().isEmpty)
  }

  @Test func aResultThatCouldNotBeKeptIsKeptAtTheNextAsking() async throws {
    let service = try await service()
    let id = try await submitHeld(service, "gate")
    async let waiting = ask(service, .get, id)
    try await Task.sleep(for: .milliseconds(10))
    await store.failNextWrites(1)
    toy.gates.open("gate")
    let refused = await waiting
    #expect(refused.status == 507)
    #expect(try await ask(service, .get, id).json()["said"] == "done")
    #expect(observer[.persistFailed] == 1)
    #expect(observer[.persisted] == 1)
  }

  @Test func whatIsExpiredIsGoneAtOnceAndSweptLater() async throws {
    let time = SimulatedTimeSource()
    let service = try await service(time: time)
    let response = await submit(service, ["say": "x"], ["keep_on_completion": "true", "keep_alive": "1m"])
    let id = try #require(try await response.json()["id"]?.string)
    time.advance(by: .milliseconds(59_999))
    #expect(await ask(service, .get, id).status == 200)
    time.advance(by: .milliseconds(1))
    #expect(await ask(service, .get, id).status == 404)
    await service.tasks.sweep()
    #expect(await eventually { await store.records().isEmpty })
  }

  @Test(.timeLimit(.minutes(1))) func aWaitRunsOutOnTime() async throws {
    let time = SimulatedTimeSource()
    let service = try await service(time: time)
    async let response = submit(service, ["hold": "never"], ["wait_for_completion_timeout": "30s"])
    // The query runs, and both the sweeper and the timer of the wait sleep: one that went to sleep later would count from then.
    try #require(await eventually { toy.gates.runs == 1 && time.sleeperCount == 2 })
    time.advance(by: .milliseconds(29_999))
    #expect(await store.calls.isEmpty)
    time.advance(by: .milliseconds(1))
    let answer = await response
    #expect(try await answer.json()["is_running"] == true)
  }

  @Test func aGetMovesTheExpiryEitherWay() async throws {
    let service = try await service()
    let response = await submit(service, ["say": "x"], ["keep_on_completion": "true"])
    let id = try #require(try await response.json()["id"]?.string)
    let before = try await ask(service, .get, id, "/status").json()["expiration_time_in_millis"]?.int ?? 0
    _ = await ask(service, .get, id, "", ["keep_alive": "1h"])
    let after = try await ask(service, .get, id, "/status").json()["expiration_time_in_millis"]?.int ?? 0
    #expect(after < before)
    #expect(await store.load(try TaskID(parsing: id).number)?.expires.milliseconds == after)
  }

  @Test func countersAddUp() async throws {
    let service = try await service()
    _ = await submit(service, ["say": "x"])
    _ = await submit(service, ["fail": "x"])
    let id = try await submitHeld(service, "never")
    _ = await ask(service, .delete, id)
    #expect(observer[.submitted] == 3)
    #expect(observer[.admitted] == 3)
    #expect(observer[.completed] + observer[.failed] + observer[.cancelled] == 3)
    #expect(observer[.deleted] == 1)
  }
}
