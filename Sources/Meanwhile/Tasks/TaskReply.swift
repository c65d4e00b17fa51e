/// What the manager answers to one who submitted a query or asked for its result.
public enum TaskReply: Sendable {
  /// The wait ran out. `partial` is where the run leaves what it has so far; nil where it has not begun.
  case running(TaskView, partial: PartialOutput?)
  case finished(TaskView, TaskResult)
  /// The query itself failed.
  case failed(TaskView, APIError)

  public var view: TaskView {
    switch self {
    case .running(let view, _), .finished(let view, _), .failed(let view, _): view
    }
  }
}

/// The outcome of a query: as it came from the run, or as the store kept it.
public enum TaskResult: Sendable {
  case live(any QueryOutput)
  case stored(ChunkStream)

  /// The output, read back where it was stored.
  ///
  /// - Throws: a 500 where it is another language's.
  public func read<Output: QueryOutput>(as type: Output.Type) async throws -> Output {
    switch self {
    case .stored(let stream): return try await Output.decode(stream)
    case .live(let output):
      guard let typed = output as? Output else { throw APIError.internalFailure("a result is not of the type that its language gives") }
      return typed
    }
  }
}
