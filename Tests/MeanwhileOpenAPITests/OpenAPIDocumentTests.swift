import Meanwhile
import MeanwhileMemoryStore
import Testing

@testable import MeanwhileOpenAPI

@Suite struct OpenAPIDocumentTests {
  private struct Toy: EndpointProvider {
    var routes: [Route] {
      var table = Route(
        .post, "/{index}/_toy", summary: "Plays.", parameters: ["speed", "format"], body: .required, privilege: .index(.read, "play")
      ) { _, _ in .json([:]) }
      table.mediaTypes = ["text/csv"]
      return [table, Route(.get, "/{index}/_toy", summary: "Looks.", privilege: .authenticated("look")) { _, _ in .json([:]) }]
    }
  }

  private func document() async throws -> JSONValue {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(endpoints: Toy())
    builder.add(endpoints: OpenAPIEndpoints())
    let response = await (try builder.build()).respond(to: EndpointRequest(.get, "/_openapi.json"))
    return try JSONValue.parse(try await response.collectBody())
  }

  @Test func `every route is an operation of its path`() async throws {
    let document = try await document()
    #expect(document["openapi"] == "3.1.0")
    #expect(document["paths"]?.object?.names == ["/_openapi.json", "/{index}/_toy"])
    let item = document["paths"]?["/{index}/_toy"]
    #expect(item?.object?.names == ["parameters", "get", "post"])
    #expect(item?["parameters"] == [["name": "index", "in": "path", "required": true, "schema": ["type": "string"]]])
    #expect(item?["get"]?["summary"] == "Looks." && item?["get"]?["requestBody"] == nil)
  }

  @Test func `an operation says what it takes and gives`() async throws {
    let operation = try await document()["paths"]?["/{index}/_toy"]?["post"]
    let parameters = operation?["parameters"]?.array ?? []
    #expect(parameters.contains(["name": "speed", "in": "query", "schema": ["type": "string"]]))
    #expect(
      parameters.contains(["$ref": "#/components/parameters/pretty"]) && !parameters.contains(["$ref": "#/components/parameters/format"]))
    #expect(operation?["requestBody"]?["required"] == true && operation?["x-privilege"] == "index read")
    #expect(operation?["responses"]?["2XX"]?["content"]?.object?.names == ["application/json", "text/csv"])
  }
}
