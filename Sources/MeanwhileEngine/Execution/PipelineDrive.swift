import Meanwhile
import MeanwhileData
import Synchronization

/// Runs one pipeline: workers pull morsels in order, and take each through the steps batch by batch, until there are none, or none is wanted.
final class PipelineDrive: Sendable {
  private let pipeline: Pipeline
  private let morsels: [Pipeline.Morsel]
  private let next: MorselCounter
  /// Searches of whole segments, and who takes the next one.
  private let lookups: [(unit: Int, lookup: TextLookup)]
  private let nextLookup: MorselCounter
  /// What the pipeline reads where it does not read a scan.
  private let input: [Page]
  /// Whether an early finish ends it. What was read is always taken to the end.
  private let readsData: Bool
  private let scope: StageScope
  private let context: ExecutionContext
  private let counts: PlanRun.Counts
  private let clock = SystemTimeSource()

  init(_ pipeline: Pipeline, over input: [Page], _ scope: StageScope, _ run: PlanRun) {
    self.pipeline = pipeline
    self.input = input
    if case .stage = pipeline.source { readsData = false } else { readsData = true }
    self.scope = scope
    context = run.context
    counts = run.counts
    morsels = readsData && !run.readsData ? [] : pipeline.morsels(of: input)
    next = MorselCounter(count: morsels.count)
    if case .scan(let scan) = pipeline.source, !morsels.isEmpty { lookups = scan.lookups } else { lookups = [] }
    nextLookup = MorselCounter(count: lookups.count)
    guard case .scan(let scan) = pipeline.source, readsData else { return }
    var rowsLeft = [Int](repeating: 0, count: scan.units.count)
    for morsel in morsels { rowsLeft[morsel.unit] += morsel.rows.count }
    counts.rowsLeft.withLock { [rowsLeft] in $0 = rowsLeft }
  }

  /// Morsels that are worth working on at the same time.
  var workerCount: Int { max(1, min(context.workerCount, morsels.count)) }

  private var shouldFinishEarly: Bool { readsData && context.signals.shouldFinishEarly }

  /// - Parameter workers: at least one; each gets whole morsels.
  func run<Sink: PipelineSink>(into workers: [WorkerSlot<Sink>]) async throws {
    let rowsBefore = counts.rowsRead.load(ordering: .relaxed)
    guard workers.count > 1 else {
      try await work(workers[0])
      return skipRest(rowsBefore)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in workers { group.addTask { try await self.work(worker) } }
      try await group.waitForAll()
    }
    skipRest(rowsBefore)
  }

  /// What was announced and is not wanted counts as done, unless reading was cut short.
  private func skipRest(_ rowsBefore: Int) {
    guard case .scan(let scan) = pipeline.source, !counts.wasCutShort.load(ordering: .relaxed) else { return }
    context.progress.advance(rows: scan.rowCount - (counts.rowsRead.load(ordering: .relaxed) - rowsBefore))
  }

  private func work<Sink: PipelineSink>(_ worker: WorkerSlot<Sink>) async throws {
    if !worker.withSink(\.mayEndEarly) { try answerLookups() }
    var pace = BatchPace(rowCountMax: max(pipeline.batchRowCountMax, Sink.rowCountMax))
    while let number = next.take() {
      try check()
      if shouldFinishEarly { return counts.wasCutShort.store(true, ordering: .relaxed) }
      if worker.withSink(\.isFinished) { return }
      worker.withSink { $0.begin(morsel: number) }
      try await work(on: morsels[number], &pace, worker)
      if readsData, case .scan = pipeline.source { counts.rowsLeft.withLock { $0?[morsels[number].unit] -= morsels[number].rows.count } }
      worker.withSink { $0.end(morsel: number) }
    }
  }

  /// Answers what searches ask of whole segments, each answer by one worker, so that workers need not wait for one another when they come to a segment.
  private func answerLookups() throws {
    guard case .scan(let scan) = pipeline.source else { return }
    while let number = nextLookup.take(), !shouldFinishEarly {
      try check()
      let (unit, lookup) = lookups[number]
      _ = try lookup.answer(in: scan.units[unit].view.segment, checkpoint: scope.frame.signals.check)
    }
  }

  private func work<Sink: PipelineSink>(on morsel: Pipeline.Morsel, _ pace: inout BatchPace, _ worker: WorkerSlot<Sink>) async throws {
    var source = BatchSource(pipeline, unit: morsel.unit, input)
    var valuesCounted = 0
    defer { counts.valuesLoaded.add(source.valuesLoaded, ordering: .relaxed) }
    var start = morsel.rows.lowerBound
    while start < morsel.rows.upperBound {
      try check()
      if shouldFinishEarly { return counts.wasCutShort.store(true, ordering: .relaxed) }
      let (isSatisfied, bound) = worker.withSink { ($0.isSatisfied, pipeline.steps.isEmpty ? $0.bound : nil) }
      if isSatisfied { return }
      let first = try source.firstRow(from: start, to: morsel.rows.upperBound, bound)
      if first > start {
        counts.rowsRead.add(first - start, ordering: .relaxed)
        context.progress.advance(rows: first - start, bytes: source.byteCount(of: start..<first))
        worker.withSink { $0.pass(rowCount: first - start) }
        start = first
        continue
      }
      let rows = start..<pace.end(from: start, to: morsel.rows.upperBound)
      start = rows.upperBound
      let began = clock.uptimeNanoseconds()
      let page = try source.read(rows, scope.frame)
      if let meter = scope.meters.first {
        meter.add(nanoseconds: clock.uptimeNanoseconds() &- began, rowsReceived: rows.count)
        if let page { meter.emit(page) }
      }
      if source.isScan {
        counts.rowsRead.add(rows.count, ordering: .relaxed)
        counts.documentsFound.add(page?.rowCount ?? 0, ordering: .relaxed)
        context.progress.advance(rows: rows.count, bytes: source.byteCount(of: rows))
        context.progress.count(documents: page?.rowCount ?? 0, values: source.valuesLoaded - valuesCounted)
        valuesCounted = source.valuesLoaded
      }
      if let page { try process(page, worker) }
      // Lets others have the thread: the query's threads are everybody's.
      if pace.hasTaken(rows.count) { await Task.yield() }
    }
  }

  private func process<Sink: PipelineSink>(_ page: Page, _ worker: WorkerSlot<Sink>) throws {
    // Accounted for and asked after each batch that comes out: one that goes in may expand to any number of rows.
    _ = try pipeline.process(page, scope.frame, scope.meters) { batch in
      try worker.withSink { sink in
        let before = sink.byteCount
        let began = clock.uptimeNanoseconds()
        try sink.consume(batch, scope.frame)
        scope.meters.last?.add(nanoseconds: clock.uptimeNanoseconds() &- began, rowsReceived: batch.rowCount)
        try scope.memory.reserve(sink.byteCount - before)
        try context.signals.check()
        if shouldFinishEarly { counts.wasCutShort.store(true, ordering: .relaxed) }
        return !sink.isSatisfied && !shouldFinishEarly
      }
    }
  }

  private func check() throws {
    try context.signals.check()
    try Task.checkCancellation()
  }
}

/// Where a worker's batches come from: a segment, or a page that is there.
private struct BatchSource {
  private var reader: SegmentReader?
  private let page: Page
  private let unitByteCount: Int
  private let unitRowCount: Int

  init(_ pipeline: Pipeline, unit: Int, _ input: [Page]) {
    if case .scan(let scan) = pipeline.source {
      reader = SegmentReader(scan, unit: scan.units[unit])
      page = Page(rowCount: 0, columns: [])
      unitByteCount = scan.byteCount(ofUnit: unit)
      unitRowCount = scan.units[unit].view.segment.rowCount
    } else {
      page = input[unit]
      unitByteCount = 0
      unitRowCount = page.rowCount
    }
  }

  var isScan: Bool { reader != nil }
  var valuesLoaded: Int { reader?.valuesLoaded ?? 0 }

  /// The first row from one on, and before another, that may be wanted.
  mutating func firstRow(from row: Int, to end: Int, _ bound: RowBound?) throws -> Int {
    try reader?.firstRow(from: row, to: end, bound) ?? row
  }

  mutating func read(_ rows: Range<Int>, _ frame: EvaluationFrame) throws -> Page? {
    isScan ? try reader?.read(rows, frame) : page.slice(rows)
  }

  /// The rows' share of the columns' bytes, such that the shares of all rows add up.
  func byteCount(of rows: Range<Int>) -> Int {
    func upTo(_ row: Int) -> Int { Int(Double(unitByteCount) * Double(row) / Double(max(1, unitRowCount))) }
    return upTo(rows.upperBound) - upTo(rows.lowerBound)
  }
}

/// How many rows a worker takes at a time: few at first, then as many as take a few milliseconds, so that a query whose rows are slow heeds its
/// signals, shows what it has, and lets others have its thread.
struct BatchPace {
  private(set) var rowCount = 1
  private let rowCountMax: Int
  private let clock = SystemTimeSource()
  private var batchStart: UInt64
  private var turnStart: UInt64

  private static let batchNanoseconds: UInt64 = 4_000_000
  private static let turnNanoseconds: UInt64 = 10_000_000
  /// How much more than the last batch is tried.
  private static let growth = 8

  init(rowCountMax: Int) {
    self.rowCountMax = rowCountMax
    batchStart = clock.uptimeNanoseconds()
    turnStart = batchStart
  }

  /// Where a batch ends that begins at a row: full ones where the bounds of blocks of rows hold for whole batches.
  func end(from start: Int, to limit: Int) -> Int {
    let end = start + rowCount
    return min(limit, rowCount < BlockBounds.rowCount ? end : end / BlockBounds.rowCount * BlockBounds.rowCount)
  }

  /// Reports a batch as done.
  ///
  /// - Returns: whether the worker has had its thread for long enough.
  mutating func hasTaken(_ rows: Int) -> Bool {
    let now = clock.uptimeNanoseconds()
    let nanosecondsPerRow = max(1, (now &- batchStart) / UInt64(max(1, rows)))
    let fitting = Int(clamping: Self.batchNanoseconds / nanosecondsPerRow)
    rowCount = max(1, min(rowCountMax, fitting, rowCount * Self.growth))
    batchStart = now
    guard now &- turnStart >= Self.turnNanoseconds else { return false }
    turnStart = now
    return true
  }
}

/// Hands out morsels, each to one worker, in order.
private final class MorselCounter: Sendable {
  private let taken = Atomic<Int>(0)
  private let count: Int

  init(count: Int) { self.count = count }

  func take() -> Int? {
    let number = taken.add(1, ordering: .relaxed).oldValue
    return number < count ? number : nil
  }
}
