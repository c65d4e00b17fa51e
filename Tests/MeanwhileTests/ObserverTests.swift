import Meanwhile
import MeanwhileTestKit
import Synchronization
import Testing

/// What observers are told while a query runs.
struct ObserverTests {
  /// Remembers how far runs were each time that it was told.
  final class ProgressObserver: Observer {
    let wantsProgress: Bool
    private let readings = Mutex<[QueryProgress.Reading]>([])

    init(wantsProgress: Bool) { self.wantsProgress = wantsProgress }

    func observe(_ event: TaskEvent) {
      if event.kind == .progressed { readings.withLock { $0.append(event.progress) } }
    }

    var rows: [Int] { readings.withLock { $0.map(\.rows) } }
  }

  @Test(.timeLimit(.minutes(2))) func progressIsToldToThoseWhoWantItAndOnlyWhenThereIsSome() async throws {
    let (toy, time) = (ToyLanguage(), SimulatedTimeSource())
    let (curious, other) = (ProgressObserver(wantsProgress: true), ProgressObserver(wantsProgress: false))
    var builder = ServiceBuilder(taskStore: TransientTaskStore(), environment: Environment(time: time))
    builder.add(toy)
    builder.observe(with: curious)
    builder.observe(with: other)
    let service = try await builder.build()
    let body: JSONValue = ["say": "done", "hold": "gate"]
    let submitted = await service.respond(
      to: EndpointRequest(.post, "/_toy/async", parameters: ["wait_for_completion_timeout": "0ms"], json: body))
    let id = try #require(try await submitted.json()["id"]?.string)

    #expect(
      await eventually {
        time.advance(by: .seconds(1))
        return curious.rows == [1]
      })
    toy.gates.open("step 1")
    #expect(
      await eventually {
        time.advance(by: .seconds(1))
        return curious.rows.count > 1
      })
    toy.gates.open("gate")
    _ = await service.respond(to: EndpointRequest(.get, "/_toy/async/" + PercentEncoding.encode(id)))
    for _ in 0..<20 {
      time.advance(by: .seconds(1))
      await Task.yield()
    }
    // However many seconds went by in between: once for each step, and never after the end.
    #expect(curious.rows == [1, 2])
    #expect(other.rows == [])
  }
}
