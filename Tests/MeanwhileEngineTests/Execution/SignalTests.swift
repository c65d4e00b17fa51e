import Foundation
import Meanwhile
import MeanwhileData
import Synchronization
import Testing

@testable import MeanwhileEngine

/// Every operator ends in the middle of its rows when it is told to.
@Suite struct SignalTests {
  enum Operator: String, CaseIterable, Sendable {
    case collect, eval, limit, limitBy, sort, top, aggregate, groups, severalKeys, distinct, expand, afterAggregate

    func plan(over input: Plan) throws -> Plan {
      let (number, remainder, text) = (NumberedRows.number, NumberedRows.remainder, NumberedRows.text)
      let more = Attribute(name: "more", type: .long)
      let groups = Plan.aggregate(
        input,
        .init(
          groups: [.init(remainder, .column(remainder))],
          aggregates: [try .of("count"), try .of("sum", .column(number)), try .of("values", .column(text))]))
      return switch self {
      case .collect: .project(input, [number])
      case .eval: .project(.eval(input, [.init(more, try .call("+", .column(number), .long(1)))]), [more])
      case .limit: .limit(input, 1_000_000)
      case .limitBy: .limitBy(input, [remainder], count: 10_000)
      case .sort: .sort(input, [.init(.column(text)), .init(.column(number), isAscending: false)])
      case .top: .top(input, [.init(.column(remainder)), .init(.column(number), isAscending: false)], count: 5_000)
      case .aggregate: .aggregate(input, .init(groups: [], aggregates: [try .of("count"), try .of("sum", .column(number))]))
      case .groups: groups
      case .severalKeys:
        .aggregate(
          input,
          .init(groups: [.init(text, .column(text)), .init(remainder, .column(remainder))], aggregates: [try .of("max", .column(number))]))
      case .distinct: .aggregate(input, .init(groups: [], aggregates: [try .of("count_distinct", .column(number))]))
      case .expand: .expand(input, number, as: more)
      case .afterAggregate:
        .limit(.sort(.filter(groups, try .call(">=", .column(remainder), .long(0))), [.init(.column(remainder))]), 5_000)
      }
    }
  }

  static let data = NumberedRows(rowCount: 200_000)
  /// Rows that may be under way when a signal is given: a batch a worker, and one that has begun.
  static let slack = 4 * Page.rowCountMax

  @Test(arguments: Operator.allCases, [1, 2]) func isCancelled(_ tested: Operator, workerCount: Int) async throws {
    let context = ExecutionContext.testing(workerCount: workerCount)
    let signals = context.signals
    let counter = RowCounter(after: 20_000) { signals.cancel() }
    let plan = try tested.plan(over: Self.data.scan(filter: counter.condition(over: NumberedRows.number)))
    await #expect(throws: CancellationError.self) { try await Executor(context).run(plan) }
    #expect(counter.rows < 20_000 + Self.slack)
    #expect(context.memory.bytesPeak > 0 || tested == .aggregate)
    #expect(context.memory.bytesUsed == 0)
  }

  @Test(arguments: Operator.allCases, [1, 2]) func finishesEarlyWithWhatItHas(_ tested: Operator, workerCount: Int) async throws {
    let context = ExecutionContext.testing(workerCount: workerCount)
    let signals = context.signals
    let counter = RowCounter(after: 20_000) { signals.requestEarlyFinish() }
    let plan = try tested.plan(over: Self.data.scan(filter: counter.condition(over: NumberedRows.number)))
    let result = try await Executor(context).run(plan)
    #expect(result.isPartial)
    #expect(result.documentsFound >= 20_000 && result.documentsFound < 20_000 + Self.slack)
    #expect(context.memory.bytesUsed == 0)
    let rows = result.table.rows
    switch tested {
    case .collect, .eval, .limit, .limitBy, .expand: #expect(rows.count == result.documentsFound)
    case .sort:
      #expect(rows.count == result.documentsFound)
      #expect(rows.map { $0[2].text } == rows.map { $0[2].text }.sorted())
    case .top: #expect(rows.count == 5_000 && rows[0][1] == .long(0))
    case .aggregate: #expect(rows[0][0] == .long(Int64(result.documentsFound)))
    case .groups, .afterAggregate:
      #expect(rows.count == 1_000)
      #expect(rows.reduce(0) { $0 + $1[0].number } == Int64(result.documentsFound))
    case .severalKeys: #expect(rows.count == 7_000)
    case .distinct: #expect(abs(rows[0][0].number - Int64(result.documentsFound)) < 2_000)
    }
  }

  /// What cannot be reached by a row: sorting and merging after the last one.
  @Test func sortingAndMergingAreCancelled() throws {
    let signals = QuerySignals()
    signals.cancel()
    let column = Column.flat((0..<10_000).map { $0 * 7_919 % 10_000 })
    #expect(throws: CancellationError.self) {
      try RowOrder([column], [Plan.SortKey(.column(NumberedRows.number))], QuerySignals()).sorted(rowCount: 10_000, signals)
    }
    let (table, other) = (GroupTable([.long]), GroupTable([.long]))
    var groups = [UInt32](repeating: 0, count: 10_000)
    groups.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { other.assign([column], rowCount: 10_000, position: 0, into: base) }
    }
    #expect(throws: CancellationError.self) { try table.merge(other, signals) }
  }

  @Test func aSortIsCancelledOnItsWay() throws {
    let signals = QuerySignals()
    let column = Column.flat((0..<2_000_000).map { $0 &* 2_654_435_761 % 1_000_003 })
    // From a thread of its own: on a loaded machine a task might be let run only when the sort has ended.
    let cancelled = Mutex<ContinuousClock.Instant?>(nil)
    let canceller = Thread {
      Thread.sleep(forTimeInterval: 0.005)
      cancelled.withLock { $0 = .now }
      signals.cancel()
    }
    canceller.start()
    #expect(throws: CancellationError.self, "the sort ran to its end") {
      try RowOrder([column, column], [.init(.column(NumberedRows.number)), .init(.column(NumberedRows.number))], signals)
        .sorted(rowCount: 2_000_000, signals)
    }
    let ended = ContinuousClock.now
    // Unoptimised and on a loaded machine; the whole sort takes many times longer.
    #expect(ended - (try #require(cancelled.withLock { $0 })) < .seconds(5))
  }
}

extension Value {
  /// Of a text, itself; of anything else, nothing.
  var text: String { if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" } }

  /// Of a whole number, itself; of anything else, -1.
  var number: Int64 { if case .long(let value) = self { value } else { -1 } }
}
