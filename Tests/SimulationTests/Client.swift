import Meanwhile
import MeanwhileTestKit

/// A client of the server: it asks one thing, and holds what it hears against what clients were promised.
struct Client: Sendable {
  let life: ServerLife
  let ledger: Ledger
  /// Names this asking, and says when it began.
  let key: Ledger.Instant
  let principal: Principal?
  let disconnection: Disconnection

  private var manager: AsyncTaskManager { life.service.tasks }

  // MARK: Asking

  /// - Parameters:
  ///   - options: nil for a synchronous call.
  ///   - habit: how the query is handed in.
  func submit(_ query: ScriptedQuery, _ options: SubmissionOptions?, _ habit: SubmissionHabit, language: ScriptedLanguage) async {
    let session = Session(service: life.service, principal: principal)
    var submission = TaskSubmission(
      language: ScriptedLanguage.name, dialect: ScriptedLanguage.name, action: "scripted", session: session, request: query.request,
      description: "\(query.label)", options: options, work: { try await language.run(query, in: $0) })
    submission.isBrief = habit.isBrief
    submission.keepsFailures = habit.keepsFailures
    if life.service.settings[ServiceSettings.singleFlight] { submission.flightKey = "\(query.source)" }
    do {
      let reply = try await manager.submit(submission, disconnection: disconnection)
      let shown = try await Shown(reply)
      hear {
        takeSubmitted(shown, query, options, habit)
        guard shown.outcome != nil else { return }
        if habit.isBrief { ledger.count("brief run") }
        if shown.outcome?.output != nil, language.runs.starts(of: query.label) == 0 { ledger.count("joined a run") }
      }
    } catch {
      hear { takeRefusal(of: "submit", query.label, error) }
    }
  }

  func get(_ label: Int, _ id: TaskID, wait: TimeValue?, keepAlive: TimeValue?) async {
    await ask("get", label, id, keepAlive: keepAlive) {
      try await Shown(
        manager.get(
          id, language: ScriptedLanguage.name, for: principal, wait: wait, keepAlive: keepAlive, disconnection: disconnection))
    }
  }

  /// Reads a part of a kept result, as a page of a table is read.
  func page(_ label: Int, _ id: TaskID, from offset: Int, count: Int) async {
    await ask("page", label, id) {
      let reply = try await manager.get(id, language: ScriptedLanguage.name, for: principal, wait: .zero)
      guard case .finished(let view, let result) = reply else { return Shown(view: reply.view, outcome: nil) }
      let stream: ChunkStream
      switch result {
      case .live(let output): stream = output.encode()
      case .stored(let stored):
        stream = stored
        ledger.count("page of a stored result")
      }
      let bytes = try await stream.dropping(offset).prefix(count)
      if let query = ledger[label]?.query {
        var pages: [[UInt8]] = []
        for isPartial in [false, true] {
          pages.append(try await ScriptedOutput(query, isPartial: isPartial).encode().dropping(offset).prefix(count))
        }
        if !pages.contains(bytes) { throw ScriptedOutput.WrongBytes() }
      }
      return Shown(view: view, outcome: nil)
    }
  }

  /// Hears of each state that a task comes to, as a stream of events does.
  func watch(_ label: Int, _ id: TaskID) async {
    await ask("watch", label, id) {
      var known: TaskState?
      for _ in 0..<8 {
        let status = try await manager.status(
          id, language: ScriptedLanguage.name, for: principal, since: known, wait: .seconds(20), disconnection: disconnection)
        let state = status.view.state
        if !life.isOver, let known, Self.order(of: state) < Self.order(of: known) {
          ledger.violate("\(label) was \(known.rawValue) and is \(state.rawValue)")
        }
        if state != known { ledger.count("watched \(state.rawValue)") }
        known = state
        if state.isFinished { return Shown(view: status.view, outcome: nil) }
      }
      return Shown(view: try await manager.status(id, language: ScriptedLanguage.name, for: principal).view, outcome: nil)
    }
  }

  /// Where a state stands in a task's life.
  private static func order(of state: TaskState) -> Int {
    switch state {
    case .queued: 0
    case .running: 1
    case .stopping: 2
    case .completed, .failed: 3
    }
  }

  /// Changes settings for good.
  func change(_ settings: [String: String]) async {
    do {
      try await life.service.settings.change(SettingsChange(persistent: settings))
      hear {
        ledger.count("settings changed")
        ledger.keepSettings(settings)
      }
    } catch {
      hear {
        ledger.count("settings refused")
        let error = APIError(from: error)
        if !isExcused(error) { ledger.violate("a change of settings is refused with \(error)") }
      }
    }
  }

  func stop(_ label: Int, _ id: TaskID) async {
    await ask("stop", label, id) {
      try await Shown(manager.stop(id, language: ScriptedLanguage.name, for: principal, disconnection: disconnection))
    }
  }

  func status(_ label: Int, _ id: TaskID, isPrivileged: Bool) async {
    await ask("status", label, id, isPrivileged: isPrivileged) {
      let answer = try await manager.status(id, language: ScriptedLanguage.name, for: principal, isPrivileged: isPrivileged)
      return Shown(view: answer.view, outcome: nil)
    }
  }

  func delete(_ label: Int, _ id: TaskID, isPrivileged: Bool) async {
    do {
      try await manager.delete(id, for: principal, isPrivileged: isPrivileged)
      hear {
        ledger.count("delete acknowledged")
        if !mayAsk(label, isPrivileged) { ledger.violate("\(label) is deleted by \(name)") }
        let now = ledger.tick()
        ledger.change(label) { $0.deletionAcknowledged = $0.deletionAcknowledged ?? now }
      }
    } catch {
      hear { takeRefusal(of: "delete", label, error, id: id, isPrivileged: isPrivileged) }
    }
  }

  /// Asks for a task that never was.
  func getUnknown(_ id: TaskID) async {
    do {
      _ = try await manager.get(id, language: nil, for: principal, wait: .zero)
      hear { ledger.violate("an id that never was is answered") }
    } catch {
      hear {
        ledger.count("unknown id refused")
        let error = APIError(from: error)
        if error != .resourceNotFound(id.encoded), !isExcused(error) { ledger.violate("an id that never was gives \(error)") }
      }
    }
  }

  private func ask(
    _ kind: String, _ label: Int, _ id: TaskID, keepAlive: TimeValue? = nil, isPrivileged: Bool = false,
    _ question: () async throws -> Shown
  ) async {
    do {
      let shown = try await question()
      hear {
        if keepAlive != nil { ledger.settleKeepAlive(of: label, key: key, expires: shown.view.expires) }
        take(shown, kind, label, id, isPrivileged: isPrivileged)
      }
    } catch {
      if keepAlive != nil { ledger.forgetKeepAlive(of: label, key: key) }
      hear { takeRefusal(of: kind, label, error, id: id, isPrivileged: isPrivileged) }
    }
  }

  /// What is said after the server's end is heard by nobody.
  private func hear(_ body: () -> Void) {
    life.end(key)
    if !life.isOver { body() }
  }

  private func isAfter(_ instant: Ledger.Instant?) -> Bool { instant.map { key > $0 } ?? false }

  private var name: String { principal?.username ?? "nobody" }

  private func mayAsk(_ label: Int, _ isPrivileged: Bool) -> Bool {
    guard let owner = ledger[label]?.owner else { return true }
    return isPrivileged || owner == principal?.owner
  }
}

/// How a query is handed in.
struct SubmissionHabit: Sendable {
  var isBrief: Bool
  var keepsFailures: Bool
}

/// An answer about a task that is there.
struct Shown: Sendable {
  var view: TaskView
  /// Where the answer has one.
  var outcome: Ledger.Outcome?

  init(view: TaskView, outcome: Ledger.Outcome?) {
    self.view = view
    self.outcome = outcome
  }

  init(_ reply: TaskReply) async throws {
    view = reply.view
    outcome =
      switch reply {
      case .running: nil
      case .finished(let view, let result):
        Ledger.Outcome(state: view.state, completed: view.completed, output: try await result.read(as: ScriptedOutput.self), failure: nil)
      case .failed(let view, let error): Ledger.Outcome(state: view.state, completed: view.completed, output: nil, failure: error)
      }
  }
}

// MARK: - What must hold of an answer

extension Client {
  private func takeSubmitted(_ shown: Shown, _ query: ScriptedQuery, _ options: SubmissionOptions?, _ habit: SubmissionHabit) {
    let label = query.label
    ledger.count("submit \(shown.view.state.rawValue)")
    let hasID = shown.view.id != nil
    let isFailureToForget = shown.view.state == .failed && !habit.keepsFailures
    if isFailureToForget, !hasID { ledger.count("failure not kept") }
    let isKept = options.map { shown.view.isRunning || ($0.keepOnCompletion && !isFailureToForget) } ?? false
    // A wait that runs out while the outcome is being made durable keeps it too.
    if isKept, !hasID { ledger.violate("\(label) is kept or runs, and has no id") }
    if options == nil, hasID { ledger.violate("\(label) is synchronous, and has an id") }
    if let id = shown.view.id {
      if let twin = ledger.known.first(where: { $0.id?.number == id.number }) {
        ledger.violate("\(label) has the number of \(twin.query.label)")
      }
      ledger.change(label) { promise in
        promise.id = id
        promise.expiries = [Ledger.Expiry(moment: shown.view.expires, hasPassed: shown.view.expires <= shown.view.now)]
      }
    }
    take(shown, "submit", label, shown.view.id, isPrivileged: false)
  }

  /// A task is shown to somebody.
  private func take(_ shown: Shown, _ kind: String, _ label: Int, _ id: TaskID?, isPrivileged: Bool) {
    guard let promise = ledger[label] else { return }
    if kind != "submit" { ledger.count("\(kind) \(shown.view.state.rawValue)") }
    if !mayAsk(label, isPrivileged) { ledger.violate("\(label) is shown to \(name)") }
    if shown.view.description != "\(label)" || shown.view.id != id { ledger.violate("\(label) is answered with another task") }
    if isAfter(promise.deletionAcknowledged) { ledger.violate("\(label) is shown after its deletion") }
    if shown.view.expires <= shown.view.now { ledger.violate("\(label) is shown after its expiry") }
    if let gone = promise.gone, gone.life == life.number, isAfter(gone.at) { ledger.violate("\(label) is back") }
    if let seen = promise.outcome, isAfter(promise.outcomeShown), shown.view.state != seen.state || shown.view.completed != seen.completed {
      ledger.violate("\(label) was \(seen.state) at \(seen.completed as Any), and is \(shown.view.state) at \(shown.view.completed as Any)")
    }
    guard let outcome = shown.outcome else { return }
    if outcome.output?.isPartial == true { ledger.count("partial") }
    check(outcome, of: promise)
    let now = ledger.tick()
    ledger.change(label) { promise in
      promise.outcome = outcome
      promise.outcomeShown = promise.outcomeShown ?? now
    }
  }

  private func check(_ outcome: Ledger.Outcome, of promise: Ledger.Promise) {
    let label = promise.query.label
    if let seen = promise.outcome, seen != outcome { ledger.violate("\(label) has two outcomes: \(seen), \(outcome)") }
    if let output = outcome.output {
      if output != ScriptedOutput(promise.query, isPartial: output.isPartial) { ledger.violate("\(label) has another's output") }
      if output.isPartial, !promise.isStopAsked { ledger.violate("\(label) is partial, and nobody stopped it") }
      if promise.query.ending == .fails, !output.isPartial { ledger.violate("\(label) completed, and should have failed") }
    }
    guard let failure = outcome.failure else { return }
    let isOwn = promise.query.ending == .fails && failure == ScriptedLanguage.failure(of: promise.query)
    let isCancelled = failure.type == "task_cancelled_exception" && promise.isCancelAsked
    let isAbandoned = failure.reason.contains("attempts to run this query") && promise.endingsSeen > 0
    let isTooLarge = failure.type == "circuit_breaking_exception" && promise.query.memoryBytes > 0
    if !isOwn, !isCancelled, !isAbandoned, !isTooLarge { ledger.violate("\(label) failed with \(failure)") }
    if isTooLarge { ledger.count("over the memory budget") }
    if isAbandoned { ledger.count("given up after attempts") }
  }

  /// Somebody was refused.
  private func takeRefusal(of kind: String, _ label: Int, _ error: any Error, id: TaskID? = nil, isPrivileged: Bool = false) {
    if error is ScriptedOutput.WrongBytes {
      ledger.violate("\(label) came back with other bytes")
      return
    }
    let error = APIError(from: error)
    ledger.count("\(kind) refused: \(error.status) \(error.type)")
    let isOwnFarewell = disconnection.hasFired && error.type == "task_cancelled_exception"
    guard let promise = ledger[label], !isOwnFarewell, !isExcused(error) else { return }
    guard mayAsk(label, isPrivileged) else {
      // Byte for byte what an id gives that never was.
      if let id, error != .resourceNotFound(id.encoded) { ledger.violate("\(label) is betrayed to \(name): \(error)") }
      return
    }
    switch error.type {
    case "resource_not_found_exception":
      if let id, error != .resourceNotFound(id.encoded) { ledger.violate("\(label) is refused with \(error)") }
      if !promise.isDeletionAsked, !promise.mayBeExpired { ledger.violate("\(label) is lost") }
      let now = ledger.tick()
      ledger.change(label) { $0.gone = (life.number, now) }
    case "task_cancelled_exception":
      let isSubmit = kind == "submit"
      if !(promise.isDeletionAsked || promise.mayBeExpired || isSubmit) {
        ledger.violate("\(label) is cancelled by nobody")
      }
    default: ledger.violate("\(kind) of \(label) is refused with \(error)")
    }
  }

  /// Whether the server may say that, since it is ending, or its disk fails.
  private func isExcused(_ error: APIError) -> Bool {
    if error.status == 503 { return life.isClosing }
    if error.status == 429 { return error.type != "circuit_breaking_exception" }
    return error.status >= 500 && life.hadFault
  }
}
