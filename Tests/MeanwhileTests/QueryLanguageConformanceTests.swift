import Meanwhile
import MeanwhileTestKit
import Testing

struct QueryLanguageConformanceTests {
  @Test(arguments: QueryLanguageConformance<ToyLanguage>.clauses)
  func theToyConforms(clause: QueryLanguageConformance<ToyLanguage>.Clause) async throws {
    var builder = ServiceBuilder(taskStore: TransientTaskStore())
    let toy = ToyLanguage()
    builder.add(toy)
    try await clause.check(
      QueryLanguageConformance(
        language: toy, service: try await builder.build(), valid: EndpointRequest(.post, "/_toy", json: ["say": "hello"]),
        invalid: EndpointRequest(.post, "/_toy", json: ["bad": "query"]), slow: EndpointRequest(.post, "/_toy", json: ["hold": "never"])))
  }
}
