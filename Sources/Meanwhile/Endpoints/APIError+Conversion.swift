extension APIError {
  /// Any error as clients see it. The one place where an error that is none of ours becomes one; its text stays here, since it may name internals.
  public init(from error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as JSONSyntaxError: self = .xContentParse(error.reason, at: error.location)
    case is CancellationError: self = .taskCancelled("the query was cancelled")
    default: self = .internalFailure("an unexpected error of type [\(Swift.type(of: error))]")
    }
  }
}
