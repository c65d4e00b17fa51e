import Synchronization
import Testing

@testable import Meanwhile

/// What the machine holds tasks to, and what changes while it runs.
struct TaskMachineLimitTests {
  private func limits(_ change: (inout ServiceLimits) -> Void) -> ServiceLimits {
    var limits = ServiceLimits()
    change(&limits)
    return limits
  }

  @Test func morePlacesAreTakenAtOnceAndFewerEndNobody() {
    var bench = MachineBench(runningMax: 1)
    let numbers = (0..<4).map { _ in bench.submit(wait: nil).number }
    bench.send(.limit(limits { $0.runningMax = 3 }))
    #expect(bench.started == Array(numbers[1...2]))
    bench.send(.limit(limits { $0.runningMax = 1 }))
    #expect(bench.machine.runningCount == 3)
    bench.send(.ended(numbers[0], .completed(isPartial: false)))
    #expect(bench.started.isEmpty)
    bench.send(.ended(numbers[1], .completed(isPartial: false)))
    bench.send(.ended(numbers[2], .completed(isPartial: false)))
    #expect(bench.started == [numbers[3]])
  }

  @Test func aRunThatGoesOnForTooLongIsCancelled() {
    var bench = MachineBench(runningMax: 1)
    let (number, token) = bench.submit(wait: nil, keeps: true, runMax: .hours(12))
    let (next, _) = bench.submit(wait: nil, runMax: .hours(12))
    bench.pass(.hours(12))
    #expect(bench.effects.contains { if case .cancel(number) = $0 { true } else { false } })
    bench.send(.ended(number, .failed(.taskCancelled("the query was cancelled"))))
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[token]?.snapshot?.record.failure?.reason == "task cancelled [it ran for longer than [12h]]")
    #expect(bench.events.contains(.cancelled))
    bench.pass(.hours(11))
    #expect(bench.machine.tasks[next]?.cancellation == nil, "time in the queue is not counted")
  }

  @Test(
    arguments: [
      (TaskStoreUsage(records: 7, bytes: 0), "[7] tasks are kept, and the limit is [7]", "meanwhile.tasks.stored_max"),
      (
        TaskStoreUsage(records: 1, bytes: 2_048), "kept tasks and results take [2kb], and the limit is [1kb]",
        "meanwhile.tasks.stored_bytes_max"
      ),
    ])
  func nothingIsTakenOnThatCouldNotBeKept(usage: TaskStoreUsage, what: String, setting: String) {
    var bench = MachineBench()
    bench.send(
      .limit(
        limits {
          $0.storedMax = 7
          $0.storedBytesMax = 1_024
        }))
    bench.send(.usage(usage))
    let refused = bench.answers[bench.submit().token]?.refusal
    #expect(refused?.status == 429)
    #expect(refused?.headers["Retry-After"] == "60")
    #expect(refused?.reason.contains(what) == true)
    #expect(refused?.reason.contains(setting) == true)
    #expect(bench.answers[bench.submit(wait: nil, isAsynchronous: false).token] == nil, "a synchronous query keeps nothing")
    bench.send(.usage(TaskStoreUsage()))
    #expect(bench.answers[bench.submit().token]?.refusal == nil)
  }

  @Test func aThousandOfOneOwnersQueriesDoNotDelayAnothersFirst() {
    var bench = MachineBench(runningMax: 4)
    var running = (0..<1_000).map { _ in bench.submit(owner: "greedy", wait: nil).number }.prefix(4).map(\.self)
    let modest = bench.submit(owner: "modest", wait: nil).number
    var ended = 0
    while !running.contains(modest) {
      bench.send(.ended(running.removeFirst(), .completed(isPartial: false)))
      running += bench.started
      ended += 1
    }
    #expect(ended <= 2)
  }

  @Test func observersHearHowLongATaskWaitedAndRan() {
    var bench = MachineBench(runningMax: 1)
    let first = bench.submit(wait: nil).number
    let second = bench.submit(wait: nil).number
    bench.pass(.seconds(3))
    bench.send(.ended(first, .completed(isPartial: false)))
    bench.pass(.seconds(4))
    bench.send(.ended(second, .completed(isPartial: false), QueryProgress.Reading(rows: 5, rowsTotal: 5)))
    #expect(bench.lastEvent?.kind == .completed)
    #expect(bench.lastEvent?.queued == .seconds(3))
    #expect(bench.lastEvent?.running == .seconds(4))
    #expect(bench.lastEvent?.elapsed == .seconds(7))
    #expect(bench.lastEvent?.progress.rows == 5)
  }

  @Test func aRecoveredTaskKeepsItsActionAndItsLimit() throws {
    var bench = MachineBench()
    var record = TaskRecord(
      id: MachineBench.id(1), language: "toy", dialect: "toy", action: "indices:data/read/toy[a]",
      request: StoredRequest(method: .post, path: "/", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: bench.moment.wall, expires: bench.moment.wall.advanced(by: .days(1)), keepOnCompletion: true)
    record.runMax = .hours(1)
    let read = try TaskRecord(json: record.json)
    #expect(read == record)
    bench.send(.recover(read))
    #expect(bench.started.isEmpty, "the attempt is not counted durably yet")
    bench.send(.written(1, failure: nil))
    #expect(bench.started == [1])
    bench.pass(.hours(1))
    #expect(bench.machine.tasks[1]?.cancellation != nil)
  }

  @Test func aRecordWithoutAnActionHasItsDialects() throws {
    let record = TaskRecord(
      id: MachineBench.id(1), language: "toy", dialect: "toy-dialect", action: "x",
      request: StoredRequest(method: .post, path: "/", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: Timestamp(milliseconds: 1), expires: Timestamp(milliseconds: 2), keepOnCompletion: true)
    var old = try #require(record.json.object)
    old["action"] = nil
    #expect(try TaskRecord(json: .object(old)).action == "toy-dialect")
  }
}

/// The manager's clock.
struct SteadyClockTests {
  final class JumpingTime: TimeSource {
    let wall = Atomic<Int64>(1_000)
    let uptime = Atomic<UInt64>(50)
    func now() -> Timestamp { Timestamp(milliseconds: wall.load(ordering: .relaxed)) }
    func uptimeNanoseconds() -> UInt64 { uptime.load(ordering: .relaxed) * 1_000_000 }
    func sleep(for duration: TimeValue) async throws {}
  }

  @Test(arguments: [-100_000, 100_000])
  func settingTheMachinesClockMovesNothing(by jump: Int64) {
    let time = JumpingTime()
    let clock = SteadyClock(time)
    time.wall.add(jump, ordering: .relaxed)
    #expect(clock.now().wall == Timestamp(milliseconds: 1_000))
    time.uptime.add(25, ordering: .relaxed)
    #expect(clock.now().wall == Timestamp(milliseconds: 1_025))
  }
}
