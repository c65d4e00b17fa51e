import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  @Sendable func bulk(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let time = session.service.environment.time
    let start = time.uptimeNanoseconds()
    var run = BulkRun(
      session: session, store: try session.indexStore(), defaultIndex: request.pathParameters["index"],
      policy: try RefreshPolicy(request.parameters))
    let answer = try await run.run(request.body)
    return answer.response(tookMillis: Int64((time.uptimeNanoseconds() - start) / 1_000_000))
  }
}

/// One bulk request on its way: reads actions, writes runs of them that go to one index as batches, and collects the answers in order.
///
/// What arrives is written as it arrives, so that a load of any length holds one batch. A body that fits into one batch is read to its end first: if a
/// line of it is no action, then nothing of it is written.
struct BulkRun {
  let session: Session
  let store: any IndexStore
  let defaultIndex: String?
  let policy: RefreshPolicy

  /// Bytes of documents in a batch at most, but for a single longer one.
  static let batchBytesMax = 4 << 20

  private struct Step {
    var action: BulkAction
    var source: ArraySlice<UInt8>
  }

  private var steps: [Step] = []
  private var pendingBytes = 0
  private var answer = BulkAnswer()
  private var targets: [String: WriteTarget] = [:]
  private var lineNumber = 0
  private var count = 0
  /// The last action line and what it said: loads without ids repeat one line for every document.
  private var lastLine: ArraySlice<UInt8> = []
  private var lastAction: BulkAction?

  init(session: Session, store: any IndexStore, defaultIndex: String?, policy: RefreshPolicy) {
    self.session = session
    self.store = store
    self.defaultIndex = defaultIndex
    self.policy = policy
  }

  mutating func run(_ body: ChunkStream) async throws -> BulkAnswer {
    var lines = BulkBody(body)
    while let line = try await lines.next() {
      lineNumber += 1
      if line.isEmpty { continue }
      let action = try action(of: line)
      var source: ArraySlice<UInt8> = []
      if action.kind != .delete {
        guard let next = try await lines.next() else {
          throw APIError.illegalArgument("The bulk request must be terminated by a newline [\\n]")
        }
        lineNumber += 1
        source = next
      }
      count += 1
      steps.append(Step(action: action, source: source))
      pendingBytes += source.count
      if pendingBytes >= Self.batchBytesMax { try await flush() }
    }
    guard count > 0 else { throw APIError.validation(["no requests added"]) }
    try await flush()
    if policy != .no {
      for target in Set(targets.values.map(\.name)).sorted() { try await store.refresh(target) }
    }
    return answer
  }

  private mutating func action(of line: ArraySlice<UInt8>) throws -> BulkAction {
    if let lastAction, line == lastLine { return lastAction }
    let action = try BulkAction(line, number: lineNumber)
    guard action.index != nil || defaultIndex != nil else { throw APIError.validation(["index is missing"]) }
    if action.kind == .delete || action.kind == .update, action.id == nil { throw APIError.validation(["id is missing"]) }
    lastLine = line
    lastAction = action
    return action
  }

  /// Writes what has been read.
  private mutating func flush() async throws {
    var first = 0
    while first < steps.count {
      let index = steps[first].action.index ?? defaultIndex ?? ""
      if steps[first].action.kind == .update {
        await update(steps[first], index: index)
        first += 1
        continue
      }
      var end = first + 1
      while end < steps.count, steps[end].action.kind != .update, (steps[end].action.index ?? defaultIndex) == index { end += 1 }
      await write(steps[first..<end], index: index)
      first = end
    }
    steps.removeAll(keepingCapacity: true)
    pendingBytes = 0
  }

  private mutating func target(_ index: String, mayCreate: Bool) async throws -> WriteTarget {
    if let known = targets[index] { return known }
    let found = try await WriteTarget(index, session: session, mayCreate: mayCreate)
    targets[index] = found
    return found
  }

  private mutating func write(_ run: ArraySlice<Step>, index: String) async {
    do {
      let target = try await target(index, mayCreate: run.contains { $0.action.kind != .delete })
      let batch = run.map { step in
        let operation: DocumentWrite.Operation =
          switch step.action.kind {
          case .create: .create
          case .delete: .delete
          case .index, .update: .index
          }
        return DocumentWrite(operation: operation, id: step.action.id, source: step.source, ifSequenceNumber: step.action.ifSequenceNumber)
      }
      for (step, result) in zip(run, try await store.write(batch, to: target.name)) {
        answer.append(result, kind: step.action.kind, target: target, isRefreshed: policy == .now)
      }
    } catch {
      // What is wrong with an index is wrong with each of its items, not with the request.
      let problem = APIError(from: error)
      for step in run { answer.append(problem, kind: step.action.kind, index: index, id: step.action.id) }
    }
  }

  private mutating func update(_ step: Step, index: String) async {
    guard let id = step.action.id else { return }
    do {
      guard case .object(let body) = try JSONValue.parse(step.source) else {
        throw APIError(type: "parse_exception", reason: "the update must be a JSON object", status: 400)
      }
      let update = try DocumentUpdate(body)
      let target = try await target(index, mayCreate: true)
      switch try await update.apply(to: id, in: target.name, store: store, retriesMax: step.action.retriesMax) {
      case .written(let result): answer.append(result, kind: .update, target: target, isRefreshed: policy == .now)
      case .unchanged(let document): answer.append(unchanged: document, target: target)
      }
    } catch {
      answer.append(APIError(from: error), kind: .update, index: index, id: id)
    }
  }
}
