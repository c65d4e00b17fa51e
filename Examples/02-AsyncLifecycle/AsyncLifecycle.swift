// 02: the life of an asynchronous query: submit, poll, get, stop, delete.
//
//     swift run MeanwhileAsyncLifecycle
//
// The query here counts slowly, so that there is something to wait for. Example 03 shows how a language is written; look here at what a client sees.

import Meanwhile
import MeanwhileMemoryStore

/// Counts to a number, one step every millisecond. It tells how far it is, and heeds both signals.
struct CountingLanguage: QueryLanguage {
  static let name = "count"

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> Int {
    let body = try JSONValue.parse(try await request.body.collect(bytesMax: 1024))
    guard let goal = body["to"]?.int, (0...1_000_000).contains(goal) else {
      throw APIError.illegalArgument("[to] must be a number between 0 and 1000000")
    }
    return Int(goal)
  }

  func run(_ goal: Int, in context: QueryContext) async throws -> JSONOutput {
    context.progress.expect(rows: goal)
    for count in 0..<goal {
      try context.signals.check()
      if context.signals.shouldFinishEarly { return JSONOutput(["counted": .integer(Int64(count))], isPartial: true) }
      try await Task.sleep(for: .milliseconds(1))
      context.progress.advance(rows: 1)
    }
    return JSONOutput(["counted": .integer(Int64(goal))])
  }
}

@main
struct AsyncLifecycle {
  static func main() async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(CountingLanguage())
    let service = try await builder.build()

    // Sends a request and returns its status and body.
    func send(_ method: EndpointRequest.Method, _ path: String, _ parameters: Parameters = [:], _ body: JSONValue? = nil) async throws
      -> (status: Int, body: JSONValue)
    {
      let response = await service.respond(to: EndpointRequest(method, path, parameters: parameters, json: body))
      return (response.status, try JSONValue.parse(try await response.collectBody()))
    }

    // Submit: wait a moment for the result, and take an id if it is not there by then.
    let submitted = try await send(.post, "/_count/async", ["wait_for_completion_timeout": "10ms"], ["to": 150])
    guard let id = submitted.body["id"]?.string else { return print("done already: \(submitted.body.text())") }
    print("submitted: running", submitted.body["is_running"]?.bool ?? false)

    // Status: how far it is, without its result.
    let status = try await send(.get, "/_count/async/\(id)/status")
    print("status: of", status.body["progress"]?["rows_total"]?.int ?? 0)

    // Get: wait until it is done. Waiting costs the server no thread. The result stays until its keep-alive has passed.
    let result = try await send(.get, "/_count/async/\(id)", ["wait_for_completion_timeout": "10s"])
    print("result: counted", result.body["counted"]?.int ?? -1)

    // Stop: a query that would take a quarter of an hour answers now, with what it has.
    let long = try await send(.post, "/_count/async", ["wait_for_completion_timeout": "50ms"], ["to": 1_000_000])
    guard let longID = long.body["id"]?.string else { return print("no id: \(long.body.text())") }
    let stopped = try await send(.post, "/_count/async/\(longID)/stop")
    print("stopped: partial", stopped.body["is_partial"]?.bool ?? false)

    // Delete: gone, whether it ran or was done.
    for each in [id, longID] { print("deleted:", try await send(.delete, "/_count/async/\(each)").status) }
    print("after that:", try await send(.get, "/_count/async/\(id)").status)

    await service.shutDown()
  }
}
