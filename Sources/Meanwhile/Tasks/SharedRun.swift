import Synchronization

/// One run whose output goes to several tasks: identical queries of one owner that came while it went on.
///
/// Each follower is an ordinary task, with an id, a place among the running, signals and an end of its own. The run has its own context: its memory is
/// counted once, and it is cancelled only when its last follower is. That follower waits for the run to end, so that its place is not given away before.
final class SharedRun: Sendable {
  /// Names one follower.
  typealias Token = Int

  private let context: QueryContext
  private let state = Mutex(State())

  private struct State {
    var followers: [Token: Follower] = [:]
    var nextToken: Token = 0
    var cancel: Spawner.Cancellation?
    /// Nobody can join any more: it has ended, or was told to end.
    var isClosed = false
    var outcome: Result<any QueryOutput, any Error>?
  }

  private struct Follower {
    /// How it waits; nil before it does.
    var continuation: CheckedContinuation<any QueryOutput, any Error>?
    /// What ended its wait before it began.
    var ending: Result<any QueryOutput, any Error>?
    var hasLeft = false
    var isStopAsked = false
  }

  init(_ context: QueryContext) { self.context = context }

  /// Runs the query to its end. Called once.
  func perform(_ work: TaskSubmission.Work) async {
    let outcome: Result<any QueryOutput, any Error>
    do {
      try context.signals.check()
      let output = try await work(context)
      context.progress.finish()
      outcome = .success(output)
    } catch {
      outcome = .failure(error)
    }
    context.partial.withdraw()
    context.memory.releaseAll()
    let waiting = state.withLock { state in
      state.isClosed = true
      state.outcome = outcome
      return state.followers.values.compactMap(\.continuation)
    }
    for continuation in waiting { continuation.resume(with: outcome) }
  }

  /// Remembers what cancels the Swift task that runs it.
  func attach(_ cancel: @escaping Spawner.Cancellation) {
    state.withLock { $0.cancel = cancel }
  }

  /// - Returns: nil where it is too late to join.
  func join() -> Token? {
    state.withLock { state in
      guard !state.isClosed else { return nil }
      defer { state.nextToken += 1 }
      state.followers[state.nextToken] = Follower()
      return state.nextToken
    }
  }

  /// Waits for the run's output as a follower's work, heeding the follower's own signals.
  func follow(as token: Token, in own: QueryContext) async throws -> any QueryOutput {
    own.progress.follow(context.progress)
    own.partial.offer { [partial = context.partial] in await partial.current() }
    own.signals.onEarlyFinish { [weak self] in self?.stop(token, spawner: own.session.service.environment.spawner) }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let ending = state.withLock { state in
          let ending = state.outcome ?? state.followers[token]?.ending
          if ending == nil { state.followers[token]?.continuation = continuation }
          return ending
        }
        if let ending { continuation.resume(with: ending) }
        if own.signals.isCancelled { leave(token) }
      }
    } onCancel: {
      leave(token)
    }
  }

  /// A follower is cancelled. The last one takes the run with it, and waits for its end.
  private func leave(_ token: Token) {
    let isLast = state.withLock { state in
      guard state.outcome == nil, state.followers[token]?.hasLeft == false else { return false }
      state.followers[token]?.hasLeft = true
      guard state.followers.values.allSatisfy({ $0.hasLeft || $0.ending != nil }) else { return false }
      state.isClosed = true
      return true
    }
    guard isLast else {
      end(token, with: .failure(CancellationError()))
      return
    }
    context.signals.cancel()
    state.withLock { $0.cancel }?()
  }

  /// A follower is to finish early: with what there is so far, or, once all are to, by the run's finishing early.
  private func stop(_ token: Token, spawner: any Spawner) {
    let isLast = state.withLock { state in
      state.followers[token]?.isStopAsked = true
      guard state.followers.values.allSatisfy({ $0.isStopAsked || $0.hasLeft || $0.ending != nil }) else { return false }
      state.isClosed = true
      return true
    }
    guard !isLast else {
      context.signals.requestEarlyFinish()
      return
    }
    spawner.spawn { [self] in
      if let partial = await context.partial.current() { end(token, with: .success(partial)) }
    }
  }

  /// Ends one follower's wait while the run goes on for others.
  private func end(_ token: Token, with ending: Result<any QueryOutput, any Error>) {
    let continuation: CheckedContinuation<any QueryOutput, any Error>? = state.withLock { state in
      guard state.outcome == nil, state.followers[token]?.ending == nil else { return nil }
      let isNeeded = state.followers.contains { $0.key != token && $0.value.ending == nil }
      guard isNeeded else { return nil }
      state.followers[token]?.ending = ending
      defer { state.followers[token]?.continuation = nil }
      return state.followers[token]?.continuation
    }
    continuation?.resume(with: ending)
  }
}
