#if HTTP && CLI
import Foundation
import Meanwhile
import Testing

/// The server is killed under load, again and again, and what clients see of it afterwards is held against what they were told before.
///
/// As many rounds as `MEANWHILE_KILL_ROUNDS` says:
///
///     MEANWHILE_KILL_ROUNDS=20 swift test --traits Server --filter KillTests
@Suite("End to end: kill -9 while queries are submitted, fetched and deleted")
struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["MEANWHILE_KILL_ROUNDS"].flatMap { Int($0) } ?? 4

  @Test("What was acknowledged comes back, what was deleted does not", .timeLimit(.minutes(15)))
  func killUnderLoad() async throws {
    let folder = try TemporaryFolder()
    let arguments = ["--developer", "--data", folder.url.appendingPathComponent("data").path]
    let ledger = TaskLedger()
    var unfinished = 0
    for round in 0..<Self.rounds {
      let server = try await ServerProcess(arguments)
      try await ledger.check(Client(server.url), "before round \(round)")
      let before = ledger.counts
      async let load: Void = withDiscardingTaskGroup { group in
        for number in 0..<6 {
          let client = TaskClient(Client(server.url), ledger: ledger, name: "\(round)-\(number)")
          group.addTask { await client.run() }
        }
      }
      try await Task.sleep(for: .milliseconds(.random(in: 500...2_000)))
      // On a busy machine, a moment longer.
      for _ in 0..<100 where ledger.counts.total == before.total { try await Task.sleep(for: .milliseconds(100)) }
      await server.end(SIGKILL)
      await load
      let fresh = ledger.counts
      #expect(fresh.total > before.total, "round \(round) had too little load: \(fresh)")
      unfinished += fresh.unfinished
      // Now and then it does not even come up before it is killed again.
      if round.isMultiple(of: 3) { await (try ServerProcess(arguments)).end(SIGKILL) }
    }
    let server = try await ServerProcess(arguments)
    try await ledger.check(Client(server.url), "at the end")
    // Each kind of task must have been there, or nothing was shown.
    #expect(unfinished > 0 && ledger.counts.kept > 0 && ledger.counts.deleted > 0, "\(ledger.counts)")
    #expect(await server.end(SIGTERM) == 0)
  }

  @Test("A query that the server never survives is given up after a few attempts")
  func attemptsAreBounded() async throws {
    let folder = try TemporaryFolder()
    let arguments = ["--developer", "--data", folder.url.appendingPathComponent("data").path]
    var server = try await ServerProcess(arguments)
    let submitted = try await Client(server.url).post(
      "/_query/async", #"{"query":"ROW a = 1 | EVAL b = DELAY(1 h)","wait_for_completion_timeout":"0s"}"#)
    let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
    var attempts = 1
    while true {
      await server.end(SIGKILL)
      server = try await ServerProcess(arguments)
      let answer = try await Client(server.url).get("/_query/async/\(id)?wait_for_completion_timeout=0s")
      guard answer.json["is_running"] == true else {
        #expect(answer.status == 500, "\(answer.text)")
        #expect(answer.errorReason?.contains("[\(attempts)] attempts") == true, "\(answer.text)")
        break
      }
      attempts += 1
      try #require(attempts < 10, "it is run again and again")
    }
    #expect(await server.end(SIGTERM) == 0)
  }
}
#endif
