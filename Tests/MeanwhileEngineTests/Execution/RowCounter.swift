import Meanwhile
import MeanwhileData
import Synchronization
import Testing

@testable import MeanwhileEngine

/// A condition that is true of every row, counts the rows it is asked about, and does something once there are enough: how a test acts in the middle of a
/// run, without looking at a clock.
final class RowCounter: Sendable {
  private let counted = Atomic<Int>(0)
  private let triggered = Atomic<Bool>(false)
  private let threshold: Int
  private let action: @Sendable () -> Void

  init(after threshold: Int, _ action: @escaping @Sendable () -> Void) {
    self.threshold = threshold
    self.action = action
  }

  /// Rows so far.
  var rows: Int { counted.load(ordering: .relaxed) }

  /// The condition, over any column.
  func condition(over attribute: Attribute) -> Expression {
    let resolution = ScalarFunction.Resolution(
      type: .boolean,
      kernel: .eager { _, frame in
        self.count(frame.rowCount)
        return Column(constant: .boolean(true), type: .boolean, rowCount: frame.rowCount)
      })
    let function = ScalarFunction(
      name: "count_rows", documentation: FunctionDocumentation(category: .operators, syntax: "count_rows(any)", summary: "A test's."),
      isDeterministic: false
    ) { _ throws(FunctionError) in resolution }
    return .call(Expression.Call(function: function, arguments: [.column(attribute)], resolution: resolution, origin: .none))
  }

  private func count(_ rowCount: Int) {
    guard counted.add(rowCount, ordering: .relaxed).newValue >= threshold else { return }
    if triggered.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged { action() }
  }
}

/// Holds a run in the middle until a test has seen what it wants.
final class Holdup: Sendable {
  private let isReached = Atomic<Bool>(false)
  private let isOpen = Atomic<Bool>(false)

  /// Called on the run's thread, which waits.
  func hold() {
    isReached.store(true, ordering: .sequentiallyConsistent)
    let clock = SystemTimeSource()
    let deadline = clock.uptimeNanoseconds() + 30_000_000_000
    while !isOpen.load(ordering: .sequentiallyConsistent), clock.uptimeNanoseconds() < deadline {}
  }

  func reached() async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !isReached.load(ordering: .sequentiallyConsistent) {
      try #require(ContinuousClock.now < deadline, "nothing ran that far")
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  func open() { isOpen.store(true, ordering: .sequentiallyConsistent) }
}

/// Runs what holds its thread where it does not keep the tests from going on.
func onThreadsOfItsOwn<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    _ = SystemSpawner().spawnRun {
      do {
        continuation.resume(returning: try await body())
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}

/// An index of one number a row, 0 ..< `rowCount`, in segments.
struct NumberedRows {
  static let number = Attribute(name: "number", type: .long)
  static let remainder = Attribute(name: "remainder", type: .long)
  static let text = Attribute(name: "text", type: .keyword)

  let rowCount: Int
  let snapshot: IndexSnapshot

  init(rowCount: Int, segmentCount: Int = 3) {
    self.rowCount = rowCount
    let index = SampleIndex(
      name: "numbers",
      segments: (0..<segmentCount).map { segment in
        let rows = rowCount * segment / segmentCount..<rowCount * (segment + 1) / segmentCount
        return [
          ("number", .flat(rows.map { Int64($0) })), ("remainder", .flat(rows.map { Int64($0 % 1_000) })),
          ("text", .dictionary(rows.map { "text-\($0 % 7)" })),
        ]
      })
    snapshot = index.snapshot
  }

  func scan(filter: Expression? = nil) -> Plan {
    .scan(
      Plan.Scan(
        snapshots: [snapshot],
        columns: [
          .init(Self.number, .field("number")), .init(Self.remainder, .field("remainder")), .init(Self.text, .field("text")),
        ], filter: filter))
  }
}

extension Column {
  /// Numbers without nulls, made at once.
  static func flat(_ values: [Int64]) -> Column { Column(type: .long, rowCount: values.count, values: .longs(Vector(values))) }
}

extension Plan.Aggregate {
  static func of(_ name: String, _ arguments: Expression...) throws -> Plan.Aggregate {
    let (function, resolution) = try FunctionRegistry.standard.resolveAggregate(name, arguments)
    return Plan.Aggregate(
      attribute: Attribute(name: name, type: resolution.type), function: function, resolution: resolution, arguments: arguments)
  }
}
