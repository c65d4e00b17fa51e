import Testing

@testable import Meanwhile

/// The manager's rules, one event at a time.
struct TaskMachineTests {
  @Test func anIDIsGivenOnlyOnceTheRequestIsDurable() {
    var bench = MachineBench()
    let (number, token) = bench.submit(wait: .zero)
    #expect(bench.writes.count == 1)
    #expect(bench.answers[token] == nil)
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[token]?.isRunning == true)
    #expect(bench.answers[token]?.snapshot?.hasID == true)
  }

  @Test func aResultInTimeIsWrittenOnceOrNotAtAll() throws {
    var bench = MachineBench()
    let kept = bench.submit(wait: .seconds(1), keeps: true)
    bench.send(.ended(kept.number, .completed(isPartial: false)))
    guard case .insert(let record, withOutput: true) = try #require(bench.writes.first) else {
      Issue.record("not an insertion with its output: \(bench.writes)")
      return
    }
    #expect(record.state == .completed)
    #expect(bench.answers[kept.token] == nil)
    bench.send(.written(kept.number, failure: nil))
    #expect(bench.answers[kept.token]?.isFinished == true)

    let loose = bench.submit(wait: .seconds(1))
    bench.send(.ended(loose.number, .completed(isPartial: false)))
    #expect(bench.writes.isEmpty)
    #expect(bench.answers[loose.token]?.snapshot?.hasID == false)
    #expect(bench.machine.tasks.isEmpty)
  }

  @Test func aWaitThatRunsOutMakesTheResultKept() {
    var bench = MachineBench()
    let (number, token) = bench.submit(wait: .milliseconds(100))
    bench.pass(.milliseconds(99))
    #expect(bench.writes.isEmpty)
    bench.pass(.milliseconds(1))
    #expect(bench.writes.count == 1)
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[token]?.isRunning == true)
    bench.send(.ended(number, .completed(isPartial: false)))
    guard case .replace(_, withOutput: true) = bench.writes.first else {
      Issue.record("not one replacement with the output: \(bench.writes)")
      return
    }
    #expect(bench.writes.count == 1)
  }

  @Test func whatEndsWhileItsRequestIsWrittenIsWrittenAfterwards() {
    var bench = MachineBench()
    let (number, token) = bench.submit(wait: .zero)
    bench.send(.ended(number, .completed(isPartial: false)))
    #expect(bench.writes.isEmpty, "one call of the store a task at a time")
    bench.send(.written(number, failure: nil))
    #expect(bench.writes.count == 1)
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[token]?.isFinished == true)
    #expect(bench.machine.tasks.isEmpty)
  }

  @Test func anOwnersFirstQueryDoesNotWaitForAnothersThousand() {
    var bench = MachineBench(runningMax: 1)
    let greedy = (0..<100).map { _ in bench.submit(owner: "greedy").number }
    let modest = bench.submit(owner: "modest").number
    bench.send(.ended(greedy[0], .completed(isPartial: false)))
    let next = bench.started
    bench.send(.ended(next[0], .completed(isPartial: false)))
    #expect((next + bench.started).contains(modest))
  }

  @Test func anOwnersQueueIsBoundedWithoutBoundingTheOthers() {
    var bench = MachineBench(runningMax: 1, queuedMax: 10, queuedPerOwnerMax: 2)
    for _ in 0..<3 { bench.submit(owner: "greedy") }
    let refused = bench.submit(owner: "greedy").token
    #expect(bench.answers[refused]?.refusal?.status == 429)
    let other = bench.submit(owner: "modest").token
    #expect(bench.answers[other]?.refusal == nil)
  }

  @Test func aDialectsOwnLimitHasItsOwnError() {
    var bench = MachineBench()
    let limit = ConcurrencyLimit(limit: 2, error: .rejected("too many concurrent searches", retryAfterSeconds: 1))
    let first = bench.submit(concurrency: limit).number
    bench.submit(concurrency: limit)
    let refused = bench.submit(concurrency: limit).token
    #expect(bench.answers[refused]?.refusal?.reason == "too many concurrent searches")
    bench.send(.ended(first, .completed(isPartial: false)))
    let taken = bench.submit(concurrency: limit).token
    #expect(bench.answers[taken]?.refusal == nil)
  }

  @Test func aDeletedRunKeepsItsPlaceUntilItHasEnded() {
    var bench = MachineBench(runningMax: 1)
    let (number, _) = bench.submit()
    bench.send(.written(number, failure: nil))
    let next = bench.submit().number
    let deletion = bench.ask(.delete, number)
    #expect(bench.started.isEmpty)
    #expect(bench.answers[deletion] == nil, "the removal is not durable yet")
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[deletion]?.isAcknowledged == true)
    let late = bench.ask(.get, number)
    #expect(bench.answers[late]?.refusal?.status == 404)
    bench.send(.ended(number, .completed(isPartial: false)))
    #expect(bench.started == [next])
    #expect(bench.machine.tasks[number] == nil)
  }

  @Test func aDeletionAnswersWhoWaitsWithTaskCancelled() {
    var bench = MachineBench()
    let (number, submitted) = bench.submit(wait: .seconds(60))
    let waiting = bench.ask(.get, number)
    _ = bench.ask(.delete, number)
    for token in [submitted, waiting] { #expect(bench.answers[token]?.refusal?.type == "task_cancelled_exception") }
  }

  @Test func expiryIsExact() {
    var bench = MachineBench()
    let (number, _) = bench.submit(keepAlive: .minutes(1))
    bench.send(.written(number, failure: nil))
    let waiting = bench.ask(.get, number)
    bench.pass(.milliseconds(59_999))
    #expect(bench.machine.tasks[number]?.phase == .running)
    bench.pass(.milliseconds(1))
    #expect(bench.machine.tasks[number]?.phase == .discarded)
    #expect(bench.answers[waiting]?.refusal?.status == 404)
    #expect(bench.writes == [.remove])
  }

  @Test func aKeepAliveIsDurableBeforeItIsAnswered() {
    var bench = MachineBench()
    let (number, _) = bench.submit(keepAlive: .minutes(1))
    bench.send(.written(number, failure: nil))
    let token = bench.ask(.get, number, wait: .zero, keepAlive: .hours(1))
    #expect(bench.writes.count == 1)
    #expect(bench.answers[token] == nil)
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[token]?.isRunning == true)
    bench.pass(.minutes(2))
    #expect(bench.machine.tasks[number]?.phase == .running)
  }

  @Test func aStopOfAQueuedTaskReachesItWhenItBegins() {
    var bench = MachineBench(runningMax: 1)
    let first = bench.submit().number
    let (number, _) = bench.submit()
    let stop = bench.ask(.stop, number)
    bench.send(.ended(first, .completed(isPartial: false)))
    #expect(bench.started == [number])
    #expect(bench.machine.tasks[number]?.phase == .stopping)
    bench.send(.written(number, failure: nil))
    bench.send(.ended(number, .completed(isPartial: true)))
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[stop]?.snapshot?.record.isPartial == true)
  }

  @Test func aFinishedTaskComesBackFromTheStoreWhenItIsAskedAbout() throws {
    var bench = MachineBench()
    let (number, token) = bench.submit(keeps: true)
    bench.send(.ended(number, .completed(isPartial: false)))
    bench.send(.written(number, failure: nil))
    bench.send(.written(number, failure: nil))
    let record = try #require(bench.answers[token]?.snapshot?.record)
    #expect(bench.machine.tasks.isEmpty)
    let first = bench.ask(.get, number)
    let second = bench.ask(.delete, number)
    bench.send(.loaded(number, record))
    #expect(bench.answers[first]?.isFinished == true)
    #expect(bench.writes == [.remove])
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[second]?.isAcknowledged == true)
    #expect(bench.machine.tasks.isEmpty)
  }

  @Test func anExpiredRecordIsSweptAndNeverShown() throws {
    var bench = MachineBench()
    var record = bench.record(7)
    record.state = .completed
    record.expires = bench.moment.wall
    let asked = bench.ask(.get, 7)
    bench.send(.loaded(7, record))
    #expect(bench.answers[asked]?.refusal == .notFound(record.id))
    #expect(bench.writes == [.remove])
    bench.send(.written(7, failure: nil))
    bench.send(.sweep([8]))
    bench.send(.loaded(8, nil))
    #expect(bench.machine.tasks.isEmpty)
    #expect(bench.machine.loading.isEmpty)
  }

  @Test func aDeletionThatTheStoreRefusesMayBeAskedForAgain() {
    var bench = MachineBench()
    let (number, _) = bench.submit()
    bench.send(.written(number, failure: nil))
    let first = bench.ask(.delete, number)
    bench.send(.written(number, failure: .internalFailure("disk full")))
    #expect(bench.answers[first]?.refusal?.status == 500)
    let get = bench.ask(.get, number)
    #expect(bench.answers[get]?.refusal?.status == 404)
    let second = bench.ask(.delete, number)
    #expect(bench.writes == [.remove])
    bench.send(.written(number, failure: nil))
    #expect(bench.answers[second]?.isAcknowledged == true)
  }

  @Test func aRecoveredTaskRunsOnceItsAttemptIsDurable() {
    var bench = MachineBench()
    var record = bench.record(3)
    record.attempts = 1
    record.state = .running
    bench.send(.recover(record))
    #expect(bench.started.isEmpty)
    guard case .replace(let written, withOutput: false) = bench.writes.first else {
      Issue.record("the attempt is not written: \(bench.writes)")
      return
    }
    #expect(written.attempts == 2)
    bench.send(.written(3, failure: nil))
    #expect(bench.started == [3])
  }

  @Test func aRecoveredTaskThatWasTriedOftenEnoughFails() {
    var bench = MachineBench()
    var record = bench.record(3)
    record.attempts = 3
    bench.send(.recover(record))
    guard case .replace(let written, withOutput: false) = bench.writes.first else {
      Issue.record("the failure is not written: \(bench.writes)")
      return
    }
    #expect(written.state == .failed)
    #expect(written.failure?.status == 500)
    bench.send(.written(3, failure: nil))
    #expect(bench.machine.tasks.isEmpty)
  }

  @Test func whatIsLeftToTheNextStartIsNotLostToThoseWhoAskMeanwhile() {
    var bench = MachineBench()
    var record = bench.record(7)
    record.owner = "user:native/alice"
    bench.send(.close)
    let owner = bench.ask(.get, 7, owner: record.owner)
    let stranger = bench.ask(.get, 7, owner: "user:native/bob")
    bench.send(.loaded(7, record))
    #expect(bench.answers[owner]?.refusal?.status == 503)
    #expect(bench.answers[stranger]?.refusal == .notFound(record.id))
  }

  @Test func thoseWhoWaitForALoadCountAsWaiting() {
    var limits = ServiceLimits()
    limits.waitersMax = 2
    var bench = MachineBench(limits)
    let asked = (1...3).map { _ in bench.ask(.get, 7) }
    #expect(bench.answers[asked[2]]?.refusal?.status == 429)
    bench.send(.abandon(asked[0]))
    #expect(bench.machine.waitingCount == 1)
    bench.send(.loaded(7, nil))
    #expect(bench.machine.waitingCount == 0)
  }

  @Test func whatKeepsNothingEndsWithItsClient() {
    var bench = MachineBench()
    let loose = bench.submit(wait: .seconds(1))
    bench.send(.abandon(loose.token))
    #expect(bench.machine.tasks[loose.number]?.phase == .discarded)
    let kept = bench.submit(wait: .seconds(1), keeps: true)
    bench.send(.abandon(kept.token))
    #expect(bench.machine.tasks[kept.number]?.phase == .running)
    let get = bench.ask(.get, kept.number)
    bench.send(.abandon(get))
    #expect(bench.machine.tasks[kept.number]?.phase == .running)
    #expect(bench.machine.waiters.isEmpty)
  }

  @Test func nothingIsLeftToDoWhenAllIsDone() {
    var bench = MachineBench()
    for _ in 0..<10 { bench.send(.ended(bench.submit(wait: .seconds(1)).number, .completed(isPartial: false))) }
    #expect(bench.machine.timeUntilDue(at: bench.moment) == nil)
    #expect(bench.machine.runningCount == 0)
    #expect(bench.machine.unfinishedCounts.isEmpty)
  }
}

extension MachineBench {
  /// A record as a store might hold it.
  func record(_ number: TaskNumber) -> TaskRecord {
    TaskRecord(
      id: Self.id(number), language: "toy", dialect: "toy",
      request: StoredRequest(method: .post, path: "/", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: moment.wall, expires: moment.wall.advanced(by: .days(1)), keepOnCompletion: true)
  }

  @Test func whoWatchesIsAnsweredOnceTheStateIsAnother() {
    var bench = MachineBench(runningMax: 1)
    let first = bench.submit(wait: nil).number
    let (number, _) = bench.submit(wait: nil)
    let atOnce = bench.ask(.watch(since: nil), number, wait: .seconds(10))
    #expect(bench.answers[atOnce]?.snapshot?.record.state == .queued)
    let waiting = bench.ask(.watch(since: .queued), number, wait: .seconds(10))
    #expect(bench.answers[waiting] == nil)
    bench.send(.ended(first, .completed(isPartial: false)))
    #expect(bench.answers[waiting]?.snapshot?.record.state == .running)
    let stopping = bench.ask(.watch(since: .running), number, wait: .seconds(10))
    _ = bench.ask(.stop, number)
    #expect(bench.answers[stopping]?.snapshot?.record.state == .stopping)
  }

  @Test func whoWatchesIsAnsweredOnceTheWaitIsOver() {
    var bench = MachineBench()
    let (number, _) = bench.submit(wait: nil)
    let waiting = bench.ask(.watch(since: .running), number, wait: .milliseconds(100))
    bench.pass(.milliseconds(99))
    #expect(bench.answers[waiting] == nil)
    bench.pass(.milliseconds(1))
    #expect(bench.answers[waiting]?.isRunning == true)
  }

  @Test func whoWatchesSeesAnEndOnlyOnceItIsDurable() {
    var bench = MachineBench()
    let (number, _) = bench.submit(wait: nil, keeps: true)
    let waiting = bench.ask(.watch(since: .running), number, wait: .seconds(10))
    bench.send(.ended(number, .completed(isPartial: true), QueryProgress.Reading(rows: 7)))
    #expect(bench.answers[waiting] == nil)
    bench.send(.written(number, failure: nil))
    let record = bench.answers[waiting]?.snapshot?.record
    #expect(record?.state == .completed)
    #expect(record?.progress.rows == 7)
    #expect(record?.wasStopped == false, "nobody asked it to stop")
  }
}
