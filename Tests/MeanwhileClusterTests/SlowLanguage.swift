import Meanwhile
import MeanwhileCluster
import MeanwhileMemoryStore

/// A language whose queries run until they are told to stop.
struct SlowLanguage: QueryLanguage {
  static let name = "slow"

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> String { "a slow one" }

  func describe(_ query: String, _ request: EndpointRequest) -> String { query }

  func run(_ query: String, in context: QueryContext) async throws -> JSONOutput {
    context.progress.expect(rows: 10)
    context.progress.advance(rows: 4)
    while !context.signals.shouldFinishEarly {
      try context.signals.check()
      try await Task.sleep(for: .milliseconds(2))
    }
    return JSONOutput(["done": true], isPartial: true)
  }
}

/// A service with the cluster endpoints and the slow language.
func makeService() async throws -> Service {
  var configuration = ServiceConfiguration()
  configuration.nodeName = "node-1"
  var builder = ServiceBuilder(configuration, taskStore: MemoryStore())
  builder.add(SlowLanguage())
  builder.add(endpoints: ClusterEndpoints())
  return try await builder.build()
}

extension Service {
  /// Sends a request and reads its JSON answer.
  func answer(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = Parameters(), json: JSONValue? = nil
  ) async throws -> (status: Int, json: JSONValue) {
    let response = await respond(to: EndpointRequest(method, path, parameters: parameters, json: json))
    let body = try await response.collectBody()
    return (response.status, body.isEmpty ? .null : try JSONValue.parse(body))
  }
}
