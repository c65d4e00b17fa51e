import Meanwhile
import MeanwhileData
import MeanwhileDocuments
import MeanwhileMemoryStore

/// Talks to a service of the document endpoints over a store in memory.
struct DocumentClient: Sendable {
  let store = MemoryStore()

  func send(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = [:], body: String? = nil
  ) async throws -> (status: Int, body: JSONValue) {
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(endpoints: DocumentEndpoints())
    let service = try await builder.build()
    let response = await service.respond(
      to: EndpointRequest(
        method: method, path: path, parameters: parameters, headers: body == nil ? [:] : ["Content-Type": "application/json"],
        body: body.map { ChunkStream([Array($0.utf8)]) } ?? .empty))
    let bytes = try await response.collectBody()
    return (response.status, bytes.isEmpty ? .null : try JSONValue.parse(bytes))
  }
}
