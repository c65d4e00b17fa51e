import Meanwhile
import MeanwhileData
import Synchronization

/// One run of a plan's stages, one after another.
final class PlanRun: Sendable {
  let context: ExecutionContext
  private let stages: [Stage]
  /// For a stage, the last one that reads its rows.
  private let lastReaders: [Int]
  /// Whether data is read. Who watches takes what is there to the end, and reads none.
  let readsData: Bool
  let counts = Counts()
  private let profiled = Mutex(ExecutionProfile())
  private let clock = SystemTimeSource()

  /// What the stages that have run did.
  var profile: ExecutionProfile { profiled.withLock { $0 } }

  /// The current stage, what it reads, and what it has so far.
  private let shown = Mutex<(stage: Int, outputs: Outputs, pages: Snapshot)?>(nil)

  /// The rows that stages gave, by number, while they are needed.
  private typealias Outputs = [Int: [Page]]

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
    /// Of each segment of the last scan that began, the rows that nobody has read yet; nil before the first.
    let rowsLeft = Mutex<[Int]?>(nil)
  }

  init(_ stages: [Stage], _ context: ExecutionContext, readsData: Bool = true) {
    self.stages = stages
    self.context = context
    self.readsData = readsData
    var lastReaders = Array(stages.indices)
    for (number, stage) in stages.enumerated() { for input in stage.inputs { lastReaders[input] = number } }
    self.lastReaders = lastReaders
  }

  /// The rows of the last stage.
  func pages() async throws -> [Page] {
    defer { shown.withLock { $0 = nil } }
    announce()
    return try await pages(from: 0, [:])
  }

  private func pages(from first: Int, _ given: Outputs) async throws -> [Page] {
    var outputs = given
    var held: [Int: MemoryAccount] = [:]
    for number in first..<stages.count {
      var scope = StageScope(context)
      scope.meters = (0..<stages[number].pipeline.steps.count + 2).map { _ in StepMeter() }
      let (started, documents, values) = (
        clock.uptimeNanoseconds(), counts.documentsFound.load(ordering: .relaxed), counts.valuesLoaded.load(ordering: .relaxed)
      )
      let pages = try await run(number, over: outputs, scope)
      note(number, pages, scope.meters, since: started, documents: documents, values: values)
      // Of the stage, its rows are left; of those before, what others still read.
      try scope.memory.resize(to: pages.reduce(0) { $0 + $1.byteCount })
      held[number] = scope.memory
      outputs[number] = pages
      for (read, last) in lastReaders.enumerated() where read < number && last <= number {
        outputs[read] = nil
        held[read] = nil
      }
    }
    return outputs[stages.count - 1] ?? []
  }

  private func note(_ number: Int, _ pages: [Page], _ meters: [StepMeter], since started: UInt64, documents: Int, values: Int) {
    let stage = stages[number]
    var operators = stage.pipeline.operators
    let found = counts.documentsFound.load(ordering: .relaxed) - documents
    operators.append(ExecutionProfile.Operator(name: stage.operation.name, detail: ""))
    for index in operators.indices { meters[index].note(in: &operators[index]) }
    operators[operators.count - 1].rows = pages.reduce(0) { $0 + $1.rowCount }
    operators[operators.count - 1].bytes = pages.reduce(0) { $0 + $1.byteCount }
    let made = ExecutionProfile.Stage(
      operators: operators, startedNanoseconds: started, nanoseconds: clock.uptimeNanoseconds() &- started, documentsFound: found,
      valuesLoaded: counts.valuesLoaded.load(ordering: .relaxed) - values, workers: context.workerCount)
    profiled.withLock { $0.stages.append(made) }
  }

  private func announce() {
    for stage in stages {
      guard case .scan(let scan) = stage.pipeline.source else { continue }
      context.progress.expect(rows: context.announcesRows ? scan.rowCount : 0, bytes: scan.byteCount)
    }
  }

  /// What there is so far, as if the data ended where reading has come to; nil before there is anything, and after the end.
  func soFar() async throws -> [Page]? {
    guard let (number, outputs, snapshot) = shown.withLock({ $0 }), !context.signals.isCancelled else { return nil }
    let watching = ExecutionContext(memory: context.memory, settings: context.settings, workerCount: 1)
    guard let pages = try snapshot(StageScope(watching)) else { return nil }
    return try await PlanRun(stages, watching, readsData: false)
      .pages(from: number + 1, outputs.merging([number: pages]) { $1 })
  }

  // MARK: - Stages

  private func run(_ number: Int, over outputs: Outputs, _ scope: StageScope) async throws -> [Page] {
    var stage = stages[number]
    stage.pipeline.steps = try stage.pipeline.steps.map { step in
      guard case .joinWithStage(let right, let join) = step else { return step }
      return .join(try join.table(over: outputs[right] ?? [], scope))
    }
    switch stage.operation {
    case .unite(let numbers, let types):
      return numbers.flatMap { outputs[$0] ?? [] }.map { page in
        Page(rowCount: page.rowCount, columns: zip(page.columns, types).map { $0.retyped($1) })
      }
    case .collect(let limit):
      if let pages = stage.pipeline.rearranged(outputs) { return limit.map { pages.prefix(rowCount: $0) } ?? pages }
      let shared = limit.map(RowCollector.Limit.init)
      return try await run(stage, number, over: outputs, scope) {
        RowCollector(limit: shared)
      } result: { workers, _, _ in
        RowCollector.rows(of: workers, limit: limit)
      }
    case .limitBy(let limit):
      return try await run(stage, number, over: outputs, scope) {
        RowCollector()
      } result: { workers, scope, _ in
        try limit.apply(to: RowCollector.rows(of: workers), scope)
      }
    case .sort(let sort):
      return try await run(stage, number, over: outputs, scope) {
        RowCollector()
      } result: { workers, scope, _ in
        try sort.apply(to: RowCollector.rows(of: workers), scope)
      }
    case .window(let window):
      return try await run(stage, number, over: outputs, scope) {
        RowCollector()
      } result: { workers, scope, _ in
        try window.apply(to: RowCollector.rows(of: workers), scope)
      }
    case .top(let top):
      return try await run(stage, number, over: outputs, scope) {
        TopRows(top)
      } result: { workers, scope, _ in
        try TopRows.result(of: workers, top, scope)
      }
    case .aggregate(let specification, let channels):
      let frame = scope.frame
      return try await run(stage, number, over: outputs, scope) {
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
    _ stage: Stage, _ number: Int, over outputs: Outputs, _ scope: StageScope, makeSink: () -> Sink,
    result: @escaping @Sendable ([WorkerSlot<Sink>], StageScope, _ isFinal: Bool) throws -> [Page]
  ) async throws -> [Page] {
    let drive = PipelineDrive(stage.pipeline, over: stage.pipeline.input(outputs), scope, self)
    let workers = (0..<drive.workerCount).map { _ in WorkerSlot(makeSink()) }
    let gate = Gate()
    shown.withLock { $0 = (number, outputs, { scope in try gate.whileOpen { try result(workers, scope, false) } }) }
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
  /// What is read where it is not a scan.
  fileprivate func input(_ outputs: [Int: [Page]]) -> [Page] {
    switch source {
    case .scan: []
    case .pages(let pages): pages
    case .stage(let number): outputs[number] ?? []
    }
  }

  /// The pages with the pipeline's columns where it does nothing but choose among them; nil where it does more, or reads data.
  fileprivate func rearranged(_ outputs: [Int: [Page]]) -> [Page]? {
    if case .scan = source { return nil }
    var pages = input(outputs)
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
