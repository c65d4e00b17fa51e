import Meanwhile
import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension FunctionRegistry {
  /// Every function that ships with the engine, and those that only tests and demonstrations want.
  public static let developer: FunctionRegistry = {
    var registry = FunctionRegistry.standard
    registry.add(.delay)
    return registry
  }()
}

extension ScalarFunction {
  /// Makes a query take as long as a test wants (as in Elasticsearch's snapshot builds). It keeps its thread for the time.
  static let delay = ScalarFunction(
    name: "delay",
    documentation: FunctionDocumentation(
      category: .conditional, syntax: "DELAY(duration)", summary: "Waits that long for each row, and is true.", propagatesNull: false,
      examples: [.init("ROW a = DELAY(1 ms)", "true")]),
    isDeterministic: false
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("delay", 1...1)
    try arguments.expect(0, TypeSet([.timeDuration], ["time_duration"]))
    try arguments.expectConstant(0)
    let milliseconds: Int64 = if case .long(let span)? = arguments[0].constant { max(0, span) } else { 0 }
    return Resolution(
      type: .boolean,
      kernel: .eager { _, frame in
        try Delay(milliseconds: milliseconds).wait(rowCount: frame.rowCount, frame.signals)
        return Column(constant: .boolean(true), type: .boolean, rowCount: frame.rowCount)
      })
  }
}

/// Sleeps in slices, so that a query that is cancelled or told to finish ends at once.
private struct Delay {
  let milliseconds: Int64
  private static let sliceNanoseconds: UInt64 = 2_000_000

  /// - Throws: `CancellationError` once cancelled.
  func wait(rowCount: Int, _ signals: QuerySignals) throws {
    let clock = SystemTimeSource()
    let (span, overflow) = UInt64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return try wait(until: .max, clock, signals) }
    var deadline = clock.uptimeNanoseconds()
    for _ in 0..<rowCount {
      // From one deadline to the next, so that what sleeping takes longer does not add up.
      let (sum, overflow) = deadline.addingReportingOverflow(span)
      deadline = overflow ? .max : sum
      try wait(until: deadline, clock, signals)
      if signals.shouldFinishEarly { return }
    }
  }

  private func wait(until deadline: UInt64, _ clock: SystemTimeSource, _ signals: QuerySignals) throws {
    while true {
      try signals.check()
      let now = clock.uptimeNanoseconds()
      guard now < deadline, !signals.shouldFinishEarly else { return }
      var slice = timespec(tv_sec: 0, tv_nsec: Int(min(deadline - now, Self.sliceNanoseconds)))
      nanosleep(&slice, nil)
    }
  }
}
