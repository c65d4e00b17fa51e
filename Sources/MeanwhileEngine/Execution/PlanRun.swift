import Meanwhile
import MeanwhileData
import Synchronization

/// One run of a plan's stages, one after another.
final class PlanRun: Sendable {
  let context: ExecutionContext
  private let stages: [Stage]
  let counts = Counts()
  /// What the current stage has so far.
  private let shown = Mutex<(stage: Int, pages: Snapshot)?>(nil)

  /// Makes the rows of a stage's result from what its workers have; nil while they are being put together.
  private typealias Snapshot = @Sendable (StageScope) throws -> [Page]?

  /// What a run counts.
  final class Counts: Sendable {
    /// Reading ended early, because it was asked to.
    let wasCutShort = Atomic(false)
    /// Rows that conditions were tried on.
    let rowsRead = Atomic<Int>(0)
    let documentsFound = Atomic<Int>(0)
    let valuesLoaded = Atomic<Int>(0)
  }

  init(_ stages: [Stage], _ context: ExecutionContext) {
    self.stages = stages
    self.context = context
  }

  /// The rows of the last stage.
  ///
  /// - Parameter given: what the first stage reads where it reads a stage before it.
  func pages(over given: [Page] = []) async throws -> [Page] {
    defer { shown.withLock { $0 = nil } }
    announce()
    var pages = given
    var held = MemoryAccount(context.memory)
    for (number, stage) in stages.enumerated() {
      let scope = StageScope(context)
      pages = try await run(stage, number, over: pages, scope)
      // The rows of the stage before are gone; of this one, what led to its rows.
      try scope.memory.resize(to: pages.reduce(0) { $0 + $1.byteCount })
      held = scope.memory
    }
    withExtendedLifetime(held) {}
    return pages
  }

  private func announce() {
    for stage in stages {
      guard case .scan(let scan) = stage.pipeline.source else { continue }
      context.progress.expect(rows: context.announcesRows ? scan.rowCount : 0, bytes: scan.byteCount)
    }
  }

  /// What there is so far, as if the data ended where reading has come to; nil before there is anything, and after the end.
  func soFar() async throws -> [Page]? {
    guard let (stage, snapshot) = shown.withLock({ $0 }), !context.signals.isCancelled else { return nil }
    let watching = ExecutionContext(memory: context.memory, settings: context.settings, workerCount: 1)
    let scope = StageScope(watching)
    guard let pages = try snapshot(scope) else { return nil }
    return try await PlanRun(Array(stages[(stage + 1)...]), watching).pages(over: pages)
  }

  // MARK: - Stages

  private func run(_ stage: Stage, _ number: Int, over input: [Page], _ scope: StageScope) async throws -> [Page] {
    switch stage.operation {
    case .collect(let limit):
      if let pages = stage.pipeline.rearranged(input) { return limit.map { pages.prefix(rowCount: $0) } ?? pages }
      let shared = limit.map(RowCollector.Limit.init)
      return try await run(stage, number, over: input, scope) {
        RowCollector(limit: shared)
      } result: { workers, _, _ in
        RowCollector.rows(of: workers, limit: limit)
      }
    case .limitBy(let limit):
      return try await run(stage, number, over: input, scope) {
        RowCollector()
      } result: { workers, scope, _ in
        try limit.apply(to: RowCollector.rows(of: workers), scope)
      }
    case .sort(let sort):
      return try await run(stage, number, over: input, scope) {
        RowCollector()
      } result: { workers, scope, _ in
        try sort.apply(to: RowCollector.rows(of: workers), scope)
      }
    case .top(let top):
      return try await run(stage, number, over: input, scope) {
        TopRows(top)
      } result: { workers, scope, _ in
        try TopRows.result(of: workers, top, scope)
      }
    case .aggregate(let specification, let channels):
      let frame = scope.frame
      return try await run(stage, number, over: input, scope) {
        Aggregator(specification, frame)
      } result: { workers, scope, isFinal in
        let page = try Aggregator.result(of: workers, specification, scope, mayConsume: isFinal)
        return page.selecting(channels).slices(rowCountMax: Page.rowCountMax).filter { $0.rowCount > 0 }
      }
    }
  }

  /// Runs a stage's pipeline into sinks, one a worker, and makes the result of them.
  ///
  /// - Parameter result: is told whether it is the last to see the sinks, and may use them up.
  private func run<Sink: PipelineSink>(
    _ stage: Stage, _ number: Int, over input: [Page], _ scope: StageScope, makeSink: () -> Sink,
    result: @escaping @Sendable ([WorkerSlot<Sink>], StageScope, _ isFinal: Bool) throws -> [Page]
  ) async throws -> [Page] {
    let drive = PipelineDrive(stage.pipeline, over: input, isFirst: number == 0, scope, self)
    let workers = (0..<drive.workerCount).map { _ in WorkerSlot(makeSink()) }
    let gate = Gate()
    shown.withLock { $0 = (number, { scope in try gate.whileOpen { try result(workers, scope, false) } }) }
    try await drive.run(into: workers)
    gate.close()
    return try result(workers, scope, true)
  }

  /// Keeps those who watch away from sinks that are being used up.
  private final class Gate: Sendable {
    private let isOpen = Mutex(true)

    func whileOpen<Result>(_ body: () throws -> Result) rethrows -> Result? {
      try isOpen.withLock { $0 ? try body() : nil }
    }

    func close() { isOpen.withLock { $0 = false } }
  }
}

extension Pipeline {
  /// The pages with the pipeline's columns where it does nothing but choose among them; nil where it does more, or reads something else.
  fileprivate func rearranged(_ input: [Page]) -> [Page]? {
    var pages = input
    switch source {
    case .scan: return nil
    case .pages(let given): pages = given
    case .stage: break
    }
    for step in steps {
      guard case .project(let channels) = step else { return nil }
      pages = pages.map { $0.selecting(channels) }
    }
    return pages
  }
}

extension Page {
  /// These columns, in this order.
  func selecting(_ channels: [Int]) -> Page { Page(rowCount: rowCount, columns: channels.map { columns[$0] }) }
}
