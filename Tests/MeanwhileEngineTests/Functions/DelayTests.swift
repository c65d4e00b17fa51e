import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

@Suite struct DelayTests {
  private func frame(_ signals: QuerySignals, rowCount: Int) -> EvaluationFrame {
    EvaluationFrame(
      rowCount: rowCount, page: Page(rowCount: rowCount, columns: []), warnings: Warnings(),
      settings: QuerySettings(now: Timestamp(milliseconds: 0)), signals: signals, origin: .none)
  }

  private func delay(milliseconds: Int64) throws -> CompiledExpression {
    try CompiledExpression(FunctionRegistry.developer.call("delay", [.literal(.long(milliseconds), .timeDuration)]), layout: [])
  }

  private func elapsed(_ body: () throws -> Void) rethrows -> Duration { try ContinuousClock().measure(body) }

  @Test func isTrueAfterThatLongForEachRow() throws {
    let delay = try delay(milliseconds: 4)
    let took = try elapsed {
      let column = try delay.evaluate(frame(QuerySignals(), rowCount: 5))
      #expect(column.cells == Array(repeating: .boolean(true), count: 5))
    }
    #expect(took >= .milliseconds(20))
  }

  @Test func isNotAmongTheStandardFunctions() {
    #expect(FunctionRegistry.standard.scalar("delay") == nil)
    #expect(FunctionRegistry.developer.scalar("delay") != nil)
  }

  @Test func endsWhenCancelled() throws {
    let signals = QuerySignals()
    signals.cancel()
    let delay = try delay(milliseconds: 3_600_000)
    #expect(throws: CancellationError.self) { try delay.evaluate(frame(signals, rowCount: 1)) }
  }

  @Test func endsWhenToldToFinish() async throws {
    let signals = QuerySignals()
    let delay = try delay(milliseconds: 3_600_000)
    async let column = delay.evaluate(frame(signals, rowCount: 3))
    signals.requestEarlyFinish()
    #expect(try await column.cells == Array(repeating: .boolean(true), count: 3))
  }

  @Test func takesADuration() {
    #expect(throws: FunctionError.self) { try FunctionRegistry.developer.call("delay", [.long(1)]) }
  }
}
