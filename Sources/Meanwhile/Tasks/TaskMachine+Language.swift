/// Names one who waits for an answer.
typealias WaiterToken = UInt64

/// What goes into the machine, what comes out, and what is said about both.
extension TaskMachine {
  enum Event: Sendable {
    /// A query was prepared and wants to run.
    case submit(Submission)
    /// The store holds a task that had not finished when the server ended.
    case recover(TaskRecord)
    /// A run has ended, having come this far.
    case ended(TaskNumber, Outcome, QueryProgress.Reading = QueryProgress.Reading())
    /// A client asks about a task.
    case ask(Question)
    /// A client has gone.
    case abandon(WaiterToken)
    /// Somebody entitled to cancels a task; it fails with the error.
    case cancel(TaskNumber, APIError)
    /// A write has returned; what the store holds now, where it says so.
    case written(TaskNumber, failure: APIError?, usage: TaskStoreUsage? = nil)
    /// A load has returned; nil where the store has no such record.
    case loaded(TaskNumber, TaskRecord?)
    case loadFailed(TaskNumber, APIError)
    /// How much the store holds now.
    case usage(TaskStoreUsage)
    /// The limits have changed. What there is already stays, even above a lower limit; places that a higher one gives are taken at once.
    case limit(ServiceLimits)
    /// Something is due.
    case tick
    /// The store lists these as expired; what could not be written is tried again.
    case sweep([TaskNumber])
    /// Admit no more.
    case close
    /// End what still runs, and leave what is durable to the next start.
    case abort
  }

  /// What to do. The large ones are indirect, so that a list of them is small.
  enum Effect: Sendable {
    /// Run the query.
    case start(TaskNumber)
    /// Tell the run to stop and throw away what it has.
    case cancel(TaskNumber)
    /// Tell the run to answer with what it has.
    case finishEarly(TaskNumber)
    case load(TaskNumber)
    indirect case write(TaskNumber, Write)
    indirect case answer(WaiterToken, Answer)
    /// Nothing of the task is held any more: its output may go.
    case forget(TaskNumber)
    indirect case observe(TaskEvent)
  }

  /// One durable step of the store. The output, where it is part of it, is the shell's to add.
  enum Write: Sendable, Hashable {
    case insert(TaskRecord, withOutput: Bool)
    case replace(TaskRecord, withOutput: Bool)
    case remove
  }

  enum Outcome: Sendable, Hashable {
    /// With the error that the task fails with if its output, which is too long for that, would be kept.
    case completed(isPartial: Bool, overlong: APIError? = nil)
    case failed(APIError)
  }

  enum Answer: Sendable {
    case running(TaskSnapshot)
    case finished(TaskSnapshot)
    /// The task is deleted.
    case acknowledged
    case refused(APIError)
  }

  /// A query that wants to run, and the client that waits for it.
  struct Submission: Sendable {
    var record: TaskRecord
    /// False for a call that says nothing of tasks: nothing of it is ever kept.
    var isAsynchronous: Bool
    var keepsFailures: Bool
    var concurrency: ConcurrencyLimit?
    var waiter: WaiterToken
    /// How long the client waits; nil: until it is done.
    var wait: TimeValue?
  }

  /// What a client asks about a task.
  struct Question: Sendable {
    enum Kind: Sendable, Hashable {
      /// The result, or how far it is once the wait is over.
      case get
      /// How far it is, once its state is no longer the one named, or once the wait is over.
      case watch(since: TaskState?)
      /// Finish early; then the result.
      case stop
      case delete
    }

    var kind: Kind
    var id: TaskID
    /// The language whose endpoint asks; nil for an endpoint that serves all.
    var language: String?
    var owner: String?
    /// Whether the asker's privileges reach other owners' tasks.
    var isPrivileged = false
    var waiter: WaiterToken
    /// How long the client waits; nil: until it is done.
    var wait: TimeValue?
    /// The new keep-alive, from now.
    var keepAlive: TimeValue?
  }

  /// One who waits for an answer.
  struct Waiter: Sendable {
    enum Kind: Sendable, Hashable {
      case submit, get, delete
      case watch(since: TaskState?)
    }

    var kind: Kind
    var task: TaskNumber
    /// The wait is over: an unfinished task is answer enough.
    var isOverdue = false
    /// The revision of the record that must be durable before the answer; 0 where none must.
    var revision = 0
  }
}
