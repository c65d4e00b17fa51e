// 05: a server of exactly the parts you want.
//
//     swift run --traits HTTP MeanwhileMixAndMatchServer           # an EQL server: one language, one store, one adapter
//     swift run MeanwhileMixAndMatchServer check                   # asks each API whether this build has it
//
// `Composition.swift` lists the parts, a line each. Leave a line out, and the part is left out of the service; the rest neither knows nor minds.

import Meanwhile
import MeanwhileHTTP

@main
struct MixAndMatchServer {
  static func main() async throws {
    let service = try await compose()
    if CommandLine.arguments.dropFirst().first == "check" {
      for (name, request) in probes {
        let status = await service.respond(to: request).status
        // A path that no part declares is a 400 that says so; one that a part declares answers for itself.
        print("\(name): \(status == 400 ? "not in this build" : "answers")")
      }
      await service.shutDown()
      return
    }
    #if HTTP
    try await HTTPAdapter().run(service)
    #else
    print("this build has no HTTP adapter; run it with: swift run --traits HTTP MeanwhileMixAndMatchServer")
    #endif
  }

  /// Something that each part would answer, given that the index is not there.
  private static let probes: [(String, EndpointRequest)] = [
    ("documents", EndpointRequest(.get, "/logs")),
    ("eql", EndpointRequest(.post, "/logs/_eql/search", parameters: ["ignore_unavailable": "false"], json: ["query": "any where true"])),
    ("esql", EndpointRequest(.get, "/_query/async/x/status")),
    ("search", EndpointRequest(.post, "/logs/_search", json: [:])),
  ]
}
