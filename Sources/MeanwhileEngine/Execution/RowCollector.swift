import MeanwhileData
import Synchronization

/// Keeps the batches of each morsel, so that rows come out in the order of the source, however many workers read it.
final class RowCollector: PipelineSink {
  /// The rows of all workers together, so that reading ends once the first ones are there.
  final class Limit: Sendable {
    let rowCount: Int
    private struct Finished {
      var counts: [Int: Int] = [:]
      var next = 0
      var rows = 0
    }
    private let finished = Mutex(Finished())
    private let reached = Atomic(false)

    init(_ rowCount: Int) {
      self.rowCount = rowCount
      if rowCount == 0 { reached.store(true, ordering: .relaxed) }
    }

    var isReached: Bool { reached.load(ordering: .relaxed) }

    /// Reports a morsel as read. The limit is reached when the morsels read without a gap have enough rows.
    func finish(morsel: Int, rows: Int) {
      finished.withLock { finished in
        finished.counts[morsel] = rows
        while let rows = finished.counts.removeValue(forKey: finished.next) {
          finished.rows += rows
          finished.next += 1
        }
        if finished.rows >= rowCount { reached.store(true, ordering: .relaxed) }
      }
    }
  }

  private let limit: Limit?
  private var morsel = 0
  private var rowsOfMorsel = 0
  private var current: [Page] = []
  private(set) var pages: [(morsel: Int, pages: [Page])] = []
  private(set) var byteCount = 0

  init(limit: Limit? = nil) { self.limit = limit }

  func begin(morsel: Int) {
    self.morsel = morsel
    rowsOfMorsel = 0
    current = []
  }

  func consume(_ page: Page, _ frame: EvaluationFrame) throws {
    var page = page
    if let limit, rowsOfMorsel + page.rowCount > limit.rowCount { page = page.slice(0..<max(0, limit.rowCount - rowsOfMorsel)) }
    guard page.rowCount > 0 else { return }
    rowsOfMorsel += page.rowCount
    byteCount += page.byteCount
    current.append(page)
  }

  func end(morsel: Int) {
    if !current.isEmpty { pages.append((morsel, current)) }
    limit?.finish(morsel: morsel, rows: rowsOfMorsel)
    current = []
  }

  var isSatisfied: Bool { limit.map { rowsOfMorsel >= $0.rowCount || $0.isReached } ?? false }
  var isFinished: Bool { limit?.isReached ?? false }
  var mayEndEarly: Bool { limit != nil }

  /// All rows in the order of the source, cut at the limit; also while they are being collected.
  static func rows(of collectors: [WorkerSlot<RowCollector>], limit: Int? = nil) -> [Page] {
    let collected = collectors.flatMap { slot in slot.withSink { $0.pages + [($0.morsel, $0.current)] } }
    let ordered = collected.sorted { $0.morsel < $1.morsel }.flatMap(\.pages)
    return limit.map { ordered.prefix(rowCount: $0) } ?? ordered
  }
}

extension [Page] {
  /// The first rows.
  func prefix(rowCount: Int) -> [Page] {
    var left = rowCount
    var result: [Page] = []
    for page in self {
      guard left > 0 else { break }
      result.append(page.rowCount <= left ? page : page.slice(0..<left))
      left -= page.rowCount
    }
    return result
  }
}

extension Page {
  /// Bytes of the rows' values, shared or not.
  var byteCount: Int { columns.reduce(0) { $0 + $1.byteCountOfRows } }
}

extension Column {
  /// Bytes of the rows' values, shared or not; a dictionary counts as nothing.
  fileprivate var byteCountOfRows: Int {
    if isConstant { return 0 }
    let slotCount = offsets.map { Int($0[rowCount] - $0[0]) } ?? values.count
    let size =
      switch values {
      case .none: 0
      case .booleans: slotCount
      case .longs, .doubles: slotCount * 8
      case .ordinals: slotCount * 4
      case .bytes(let values): slotCount * 4 + (slotCount == values.count ? Int(values.offsets[values.count] - values.offsets[0]) : 0)
      }
    return size + (offsets?.byteCount ?? 0) + (nulls?.words.byteCount ?? 0)
  }
}
