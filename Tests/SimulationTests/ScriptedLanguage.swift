import Meanwhile
import MeanwhileTestKit
import Synchronization

/// A query that does what it says: how long it takes, how it ends, and which bytes it gives.
struct ScriptedQuery: Sendable, Hashable {
  enum Ending: String, Sendable, CaseIterable {
    case completes, fails
    /// The server dies when it starts, each time.
    case bringsDown
    /// It heeds no signal, and completes late.
    case isDeaf
  }

  /// Tells it from all others.
  var label: Int
  /// The label of the first query that asked the same: tells its bytes from all others' bytes.
  var source: Int
  var milliseconds: Int64
  var ending: Ending
  var outputBytes: Int
  /// What it draws from its budget.
  var memoryBytes: Int

  /// What a re-run is made from.
  var request: StoredRequest {
    let words = ["\(label)", "\(source)", "\(milliseconds)", ending.rawValue, "\(outputBytes)", "\(memoryBytes)"]
    return StoredRequest(
      method: .post, path: "/_scripted", parameters: [:], pathParameters: [:], body: Array(words.joined(separator: " ").utf8))
  }

  init(label: Int, source: Int? = nil, milliseconds: Int64, ending: Ending, outputBytes: Int, memoryBytes: Int) {
    self.label = label
    self.source = source ?? label
    self.milliseconds = milliseconds
    self.ending = ending
    self.outputBytes = outputBytes
    self.memoryBytes = memoryBytes
  }

  init(body: [UInt8]) throws {
    let words = String(decoding: body, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 6, let label = Int(words[0]), let source = Int(words[1]), let milliseconds = Int64(words[2]),
      let ending = Ending(rawValue: words[3]), let outputBytes = Int(words[4]), let memoryBytes = Int(words[5])
    else { throw APIError.illegalArgument("a stored request came back changed") }
    self.init(label: label, source: source, milliseconds: milliseconds, ending: ending, outputBytes: outputBytes, memoryBytes: memoryBytes)
  }
}

/// The language of scripted queries, under simulated time.
struct ScriptedLanguage: QueryLanguage {
  static let name = "scripted"

  let time: SimulatedTimeSource
  let scheduler: SimulatedScheduler
  let runs: ScriptedRuns

  /// None: the simulation's clients talk to the manager itself.
  var routes: [Route] { [] }

  func prepare(_ request: EndpointRequest, for session: Session) async throws -> ScriptedQuery {
    try ScriptedQuery(body: await request.body.collect(bytesMax: 1_000))
  }

  func run(_ query: ScriptedQuery, in context: QueryContext) async throws -> ScriptedOutput {
    runs.begin(query)
    defer { runs.end() }
    try context.memory.reserve(query.memoryBytes)
    if query.ending == .isDeaf {
      await sleepWhateverHappens(query.milliseconds)
      return ScriptedOutput(query)
    }
    // In parts, as a real query looks up between batches.
    let part = max(1, query.milliseconds / 3)
    var left = query.milliseconds
    while left > 0 {
      try context.signals.check()
      if context.signals.shouldFinishEarly { return ScriptedOutput(query, isPartial: true) }
      try await time.sleep(for: .milliseconds(min(left, part)))
      left -= part
    }
    if query.ending == .fails { throw Self.failure(of: query) }
    return ScriptedOutput(query)
  }

  static func failure(of query: ScriptedQuery) -> APIError { .illegalArgument("query \(query.source) fails") }

  private func sleepWhateverHappens(_ milliseconds: Int64) async {
    await withCheckedContinuation { done in
      scheduler.spawn {
        try? await time.sleep(for: .milliseconds(milliseconds))
        done.resume()
      }
    }
  }
}

/// What runs now, and how often each query was started in all lives of the server.
final class ScriptedRuns: Sendable {
  private let state = Mutex((active: 0, starts: [Int: Int](), bringsDown: false))

  func begin(_ query: ScriptedQuery) {
    state.withLock { state in
      state.active += 1
      state.starts[query.label, default: 0] += 1
      if query.ending == .bringsDown { state.bringsDown = true }
    }
  }

  func end() { state.withLock { $0.active -= 1 } }

  var activeCount: Int { state.withLock { $0.active } }

  func starts(of label: Int) -> Int { state.withLock { $0.starts[label, default: 0] } }

  /// Whether a query has begun that brings the server down; asking forgets.
  func takeBringsDown() -> Bool {
    state.withLock { state in
      defer { state.bringsDown = false }
      return state.bringsDown
    }
  }
}

/// Bytes that only one query gives, and that say how many they should be.
struct ScriptedOutput: QueryOutput, Hashable {
  var label: Int
  var byteCount: Int
  var isPartial: Bool

  init(_ query: ScriptedQuery, isPartial: Bool = false) {
    label = query.source
    byteCount = isPartial ? query.outputBytes / 2 : query.outputBytes
    self.isPartial = isPartial
  }

  private init(label: Int, byteCount: Int, isPartial: Bool) {
    self.label = label
    self.byteCount = byteCount
    self.isPartial = isPartial
  }

  func encode() -> ChunkStream {
    let head = Array("\(label) \(byteCount) \(isPartial)\n".utf8)
    let body = Self.body(label, byteCount)
    let chunk = 1 + (label &* 97) % 700
    return ChunkStream([head] + stride(from: 0, to: byteCount, by: chunk).map { Array(body[$0..<min(byteCount, $0 + chunk)]) })
  }

  static func decode(_ stored: ChunkStream) async throws -> ScriptedOutput {
    let bytes = try await stored.collect(bytesMax: .max)
    let words = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 3, let label = Int(words[0]), let byteCount = Int(words[1]), let isPartial = Bool(words[2]),
      byteCount >= 0, bytes.suffix(byteCount).elementsEqual(body(label, byteCount))
    else { throw WrongBytes() }
    return ScriptedOutput(label: label, byteCount: byteCount, isPartial: isPartial)
  }

  private static func body(_ label: Int, _ count: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: label &* 31 &+ 7), count: count)
  }

  /// The bytes that came back are not those that went in.
  struct WrongBytes: Error {}
}
