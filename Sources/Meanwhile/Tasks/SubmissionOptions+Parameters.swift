extension SubmissionOptions {
  /// Names of the URL parameters that ``init(parametersOf:timing:)`` reads.
  public static let parameterNames = ["wait_for_completion_timeout", "keep_alive", "keep_on_completion"]

  /// Reads `wait_for_completion_timeout`, `keep_alive` and `keep_on_completion` from URL parameters.
  ///
  /// - Throws: a 400 for what cannot be read. The dialect's limits are checked by ``DialectTiming/check(_:)``, for every dialect.
  public init(parametersOf request: EndpointRequest, timing: DialectTiming) throws(APIError) {
    self.init(
      wait: try request.parameters.time("wait_for_completion_timeout") ?? timing.submitWait,
      keepAlive: try request.parameters.time("keep_alive") ?? timing.keepAlive,
      keepOnCompletion: try request.parameters.bool("keep_on_completion") ?? false)
  }
}

extension DialectTiming {
  /// Holds a submit's options against the limits.
  ///
  /// - Throws: the limit's own error.
  public func check(_ options: SubmissionOptions) throws(APIError) {
    if let wait = options.wait { try check(wait: wait) }
    if let keepAliveMin, options.keepAlive < keepAliveMin.limit { throw keepAliveMin.error(options.keepAlive) }
    if let keepAliveMax, options.keepAlive > keepAliveMax.limit { throw keepAliveMax.error(options.keepAlive) }
  }

  /// Holds a wait against the limit.
  public func check(wait: TimeValue) throws(APIError) {
    if let waitMax, wait > waitMax.limit { throw waitMax.error(wait) }
  }
}
