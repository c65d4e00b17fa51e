/// What the store holds of a task, and the call of the store that is under way, of which there is one at most.
struct TaskDurability: Sendable {
  /// What there can be of a task in the store, in order.
  enum Stage: Int, Sendable, Comparable {
    case nothing, request, outcome
    static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  private(set) var written = Stage.nothing
  private(set) var writtenRevision = 0
  /// Counts the record's changes that clients were promised, such as a new expiry.
  var revision = 0
  private(set) var inFlight: (stage: Stage, revision: Int)?
  /// Why the last call failed. Nothing is written while it stands; a new question or a sweep clears it, and so tries again.
  var failure: APIError?

  /// - Parameter written: what the store holds to begin with.
  init(written: Stage = .nothing) { self.written = written }

  /// Whether the store holds what it should, and no call is under way.
  func agrees(with wanted: Stage) -> Bool {
    inFlight == nil && written == wanted && (wanted == .nothing || writtenRevision == revision)
  }

  /// The call that brings the store to what is wanted, if one is to be made now.
  mutating func nextWrite(of record: TaskRecord, towards wanted: Stage) -> TaskMachine.Write? {
    guard inFlight == nil, failure == nil, !agrees(with: wanted) else { return nil }
    inFlight = (wanted, revision)
    guard wanted != .nothing else { return .remove }
    let withOutput = wanted == .outcome && written < .outcome && record.failure == nil
    return written == .nothing ? .insert(record, withOutput: withOutput) : .replace(record, withOutput: withOutput)
  }

  /// The call under way has returned.
  ///
  /// - Returns: the stage it was to bring.
  mutating func finishWrite(_ failure: APIError?) -> Stage? {
    guard let flight = inFlight.take() else { return nil }
    self.failure = failure
    if failure == nil { (written, writtenRevision) = (flight.stage, flight.revision) }
    return flight.stage
  }
}
