#if HTTP && CLI
import Foundation
import Meanwhile
import Synchronization
import Testing

@Suite("End to end: crashes")
struct CrashTests {
  @Test("kill -9 while documents are loaded loses none that was acknowledged, ten times of ten", .timeLimit(.minutes(5)))
  func killWhileLoading() async throws {
    let folder = try TemporaryFolder()
    let data = folder.url.appendingPathComponent("data").path
    var acknowledged: Set<String> = []
    for round in 0..<10 {
      let server = try await ServerProcess(["--data", data])
      let loader = Loader(Client(server.url), round: round)
      async let loaded: Void = loader.run()
      await loader.hasBegun()
      // Later each time, so that the server dies in the middle of different things.
      try await Task.sleep(for: .milliseconds(7 + 31 * round))
      await server.end(SIGKILL)
      await loaded
      let fresh = loader.acknowledged
      #expect(!fresh.isEmpty, "round \(round) acknowledged nothing before it was killed")
      acknowledged.formUnion(fresh)

      let restarted = try await ServerProcess(["--data", data])
      let client = Client(restarted.url)
      let lost = try await Self.missing(fresh, client)
      #expect(lost.isEmpty, "round \(round) lost \(lost.count) of \(fresh.count)")
      await restarted.end(round.isMultiple(of: 2) ? SIGTERM : SIGKILL)
    }
    try await withServer(["--data", data]) { client in
      #expect(try await Self.missing(acknowledged, client).isEmpty)
      _ = try await client.post("/load/_refresh")
      let count = try await client.post("/_query", #"{"query":"FROM load | STATS n = COUNT(*)"}"#)
      let documents = try #require(count.json(at: "values", "0", "0")?.int, "\(count.text)")
      // More may be there: what was written, and not yet acknowledged when the server died.
      #expect(documents >= acknowledged.count)
    }
  }

  /// Which documents are not there.
  private static func missing(_ ids: Set<String>, _ client: Client) async throws -> [String] {
    var missing: [String] = []
    for id in ids.sorted() where try await client.get("/load/_doc/\(id)").json["found"] != true { missing.append(id) }
    return missing
  }

  /// Sends bulk requests, one after another, until the server is gone.
  private final class Loader: Sendable {
    private let client: Client
    private let round: Int
    private let ids = Mutex<Set<String>>([])

    init(_ client: Client, round: Int) {
      self.client = client
      self.round = round
    }

    var acknowledged: Set<String> { ids.withLock { $0 } }

    /// Waits until something was acknowledged, for at most half a minute.
    func hasBegun() async {
      for _ in 0..<3_000 where acknowledged.isEmpty { try? await Task.sleep(for: .milliseconds(10)) }
    }

    func run() async {
      for batch in 0... {
        let names = (0..<10).map { "\(round)-\(batch)-\($0)" }
        let body = names.map { "{\"index\":{\"_id\":\"\($0)\"}}\n{\"round\":\(round),\"name\":\"\($0)\"}\n" }.joined()
        guard let answer = try? await client.call("POST", "/load/_bulk", body, type: "application/x-ndjson"), answer.status == 200 else {
          return
        }
        let items = answer.json["items"]?.array ?? []
        let done = zip(names, items).filter { $1["index"]?["status"]?.int == 201 }.map(\.0)
        ids.withLock { $0.formUnion(done) }
      }
    }
  }
}
#endif
