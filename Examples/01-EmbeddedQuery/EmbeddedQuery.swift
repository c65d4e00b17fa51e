// 01: a query in your own process.
//
//     swift run MeanwhileEmbeddedQuery
//
// A service is a value that your program holds. It needs no server, no socket and no file: requests go in, responses come out.

import Meanwhile
import MeanwhileData
import MeanwhileDocuments
import MeanwhileESQL
import MeanwhileMemoryStore

@main
struct EmbeddedQuery {
  static func main() async throws {
    // One store for both: tasks, and indices. A builder takes what you choose; here that is one language and the document endpoints.
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(endpoints: DocumentEndpoints())
    builder.add(ESQLLanguage())
    let service = try await builder.build()

    // Documents go in the way they would over HTTP. The index is made, and its fields are typed, as they arrive.
    let lines = [
      #"{"index":{}}"#, #"{"city":"Graz","celsius":21.5}"#,
      #"{"index":{}}"#, #"{"city":"Graz","celsius":24.0}"#,
      #"{"index":{}}"#, #"{"city":"Porto","celsius":27.5}"#,
    ]
    let bulk = EndpointRequest(
      method: .post, path: "/weather/_bulk", parameters: ["refresh": "true"], headers: ["Content-Type": "application/x-ndjson"],
      body: ChunkStream([Array((lines.joined(separator: "\n") + "\n").utf8)]))
    print("bulk:", await service.respond(to: bulk).status)

    // Ask. `format` picks how the answer is written; leave it out for JSON.
    let query: JSONValue = ["query": "FROM weather | STATS warmest = MAX(celsius) BY city.keyword | SORT warmest DESC | LIMIT 10"]
    let response = await service.respond(to: EndpointRequest(.post, "/_query", parameters: ["format": "txt"], json: query))
    print(String(decoding: try await response.collectBody(), as: UTF8.self))

    await service.shutDown()
  }
}
