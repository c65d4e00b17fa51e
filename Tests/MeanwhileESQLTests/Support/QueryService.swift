import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore

/// A service over one index of given documents, and how to ask it.
struct QueryService {
  private let service: Service

  /// - Parameters:
  ///   - fields: the mapping's fields; others that the documents have are not mapped.
  ///   - documents: JSON texts; their ids are their numbers, from 0.
  init(index: String = "docs", fields: [String: FieldType] = [:], documents: [String] = []) async throws {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.add(ESQLLanguage())
    builder.provide(store, as: (any IndexStore).self)
    let mapping = Mapping(properties: fields.mapValues { FieldMapping(type: $0) }, dynamic: .false)
    try await store.createIndex(IndexDefinition(name: index, uuid: index, created: Timestamp(milliseconds: 0), mapping: mapping))
    let writes = documents.enumerated().map { DocumentWrite(operation: .index, id: "\($0.offset)", source: Array($0.element.utf8)) }
    _ = try await store.write(writes, to: index)
    try await store.refresh(index)
    service = try await builder.build()
  }

  /// The answer's body.
  func ask(_ query: String, _ more: JSONObject = [:]) async throws -> JSONValue {
    var body: JSONObject = ["query": .string(query)]
    for member in more.members { body.append(member.name, member.value) }
    let response = await service.respond(to: EndpointRequest(.post, "/_query", json: .object(body)))
    return try JSONValue.parse(await response.collectBody())
  }

  /// The warnings that come with the answer, without code, agent and quotes, and without the one about a missing limit.
  func warnings(_ query: String) async throws -> [String] {
    let response = await service.respond(to: EndpointRequest(.post, "/_query", json: ["query": .string(query)]))
    return response.headers.all("Warning").map { String($0.drop { $0 != "\"" }.dropFirst().dropLast()) }
      .filter { !$0.hasPrefix("No limit") }
  }

  /// The answer's rows as JSON, or the reason why there are none.
  func rows(_ query: String) async throws -> String {
    let answer = try await ask(query)
    return answer["values"]?.text() ?? answer["error"]?["reason"]?.string ?? answer.text()
  }
}
