#if HTTP && CLI
import Foundation
import Meanwhile
import Synchronization
import Testing

/// What clients know of the tasks that they submitted: only what the server told them.
final class TaskLedger: Sendable {
  enum Entry: Sendable {
    /// Acknowledged, and to answer with this value once it is done.
    case submitted(value: Int)
    /// Fetched once; every later get gives the same bytes.
    case fetched([UInt8])
    /// The deletion was acknowledged.
    case deleted
  }

  /// How many tasks are known in each way.
  struct Counts: Sendable {
    var unfinished = 0
    var kept = 0
    var deleted = 0
    var total: Int { unfinished + kept + deleted }
  }

  private let entries = Mutex<[String: Entry]>([:])

  var counts: Counts {
    entries.withLock { entries in
      entries.values.reduce(into: Counts()) { counts, entry in
        switch entry {
        case .submitted: counts.unfinished += 1
        case .fetched: counts.kept += 1
        case .deleted: counts.deleted += 1
        }
      }
    }
  }

  subscript(id: String) -> Entry? {
    get { entries.withLock { $0[id] } }
    set { entries.withLock { $0[id] = newValue } }
  }

  /// Takes a task out, so that nobody else asks about it meanwhile.
  func take(where isWanted: @Sendable (Entry) -> Bool) -> (id: String, entry: Entry)? {
    entries.withLock { entries in
      guard let (id, entry) = entries.filter({ isWanted($0.value) }).randomElement() else { return nil }
      entries[id] = nil
      return (id, entry)
    }
  }

  /// Asks about every task, and says where the answer is not what it must be. Tasks that were running are waited for.
  func check(_ client: Client, _ moment: Comment) async throws {
    for (id, entry) in entries.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      let answer = try await client.get("/_query/async/\(id)?wait_for_completion_timeout=25s")
      switch entry {
      case .submitted(let value):
        #expect(answer.status == 200 && answer.json["is_running"] == false, "\(moment): \(answer.text)")
        #expect(answer.json(at: "values", "0", "0")?.int == Int64(value), "\(moment): \(answer.text)")
        #expect(answer.json["id"]?.string == id, "\(moment)")
        self[id] = .fetched(answer.body)
      case .fetched(let body): #expect(answer.body == body, "\(moment): \(answer.text)")
      case .deleted: #expect(answer.status == 404, "\(moment): \(answer.text)")
      }
    }
  }
}

/// One client of many: submits, fetches and deletes, in no particular order, until the server is gone.
struct TaskClient: Sendable {
  private let client: Client
  private let ledger: TaskLedger

  private let name: String

  /// - Parameter name: another for each client, so that the server can tell them apart in its listings.
  init(_ client: Client, ledger: TaskLedger, name: String) {
    self.client = client
    self.ledger = ledger
    self.name = name
  }

  func run() async {
    do {
      for step in 0..<100_000 {
        switch Int.random(in: 0..<10) {
        case 0..<4: try await submit(delayMilliseconds: 0, step)
        case 4..<6: try await submit(delayMilliseconds: .random(in: 100...1_500), step)
        case 6..<8: try await fetch()
        default: try await delete()
        }
      }
    } catch {
      // The server is gone.
    }
  }

  private func submit(delayMilliseconds: Int, _ step: Int) async throws {
    let value = Int.random(in: 0..<1_000_000_000)
    let wait = delayMilliseconds == 0 ? "10s" : "0s"
    let answer = try await client.call(
      "POST", "/_query/async",
      """
      {"query":"ROW a = \(value) | EVAL b = DELAY(\(delayMilliseconds) ms)","keep_on_completion":true,"wait_for_completion_timeout":"\(wait)"}
      """, headers: ["X-Opaque-Id": "\(name)-\(step)"])
    guard answer.status == 200, let id = answer.json["id"]?.string else {
      Issue.record("a submit was answered with [\(answer.status)]: \(answer.text)")
      return
    }
    ledger[id] = .submitted(value: value)
  }

  /// Fetches a result that is there. What was fetched before must be the same still.
  private func fetch() async throws {
    guard let (id, entry) = ledger.take(where: { if case .deleted = $0 { false } else { true } }) else { return }
    // It is put back whatever happens: a get that is lost with the server changes nothing.
    defer { if ledger[id] == nil { ledger[id] = entry } }
    let answer = try await client.get("/_query/async/\(id)?wait_for_completion_timeout=0s")
    #expect(answer.status == 200, "\(answer.text)")
    switch entry {
    case .submitted(let value) where answer.json["is_running"] == false:
      #expect(answer.json(at: "values", "0", "0")?.int == Int64(value), "\(answer.text)")
      ledger[id] = .fetched(answer.body)
    case .fetched(let body): #expect(answer.body == body, "\(answer.text)")
    case .submitted, .deleted: break
    }
  }

  /// Deletes a task, running or not. One whose deletion was not acknowledged may be there or not, so it is forgotten.
  private func delete() async throws {
    guard let (id, _) = ledger.take(where: { if case .deleted = $0 { false } else { true } }) else { return }
    let answer = try await client.delete("/_query/async/\(id)")
    #expect(answer.status == 200, "\(answer.text)")
    ledger[id] = .deleted
    #expect(try await client.get("/_query/async/\(id)").status == 404)
  }
}
#endif
