// 03: a language of your own, served over HTTP, asynchronous life included.
//
//     swift run MeanwhileCustomLanguage                            # asks it three things in process
//     swift run --traits HTTP MeanwhileCustomLanguage serve        # listens on 127.0.0.1:9200
//     curl -H 'Content-Type: application/json' 127.0.0.1:9200/_primes -d '{"query": "primes from 1 to 1000 ending in 7"}'
//
// `PrimesLanguage.swift` is the language. The one line that composes it is `builder.add(PrimesLanguage())`.

import Meanwhile
import MeanwhileHTTP
import MeanwhileMemoryStore

@main
struct CustomLanguage {
  static func main() async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(PrimesLanguage())
    let service = try await builder.build()

    if CommandLine.arguments.dropFirst().first == "serve" {
      #if HTTP
      try await HTTPAdapter().run(service)
      #else
      print("this build has no HTTP adapter; run it with: swift run --traits HTTP MeanwhileCustomLanguage serve")
      #endif
      return
    }

    for query in ["primes from 1 to 1000 ending in 7", "primes from 90 to 100", "primes form 1 to 10"] {
      let response = await service.respond(to: EndpointRequest(.post, "/_primes", json: ["query": .string(query)]))
      print(response.status, String(decoding: try await response.collectBody(), as: UTF8.self))
    }
    await service.shutDown()
  }
}
