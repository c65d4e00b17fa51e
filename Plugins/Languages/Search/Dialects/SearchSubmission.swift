import Meanwhile

/// What an asynchronous submit refuses before it looks at the search itself.
enum SearchSubmission {
  /// The request, its body made to be read again.
  ///
  /// - Throws: `action_request_validation_exception` with every problem at once.
  static func checked(_ request: EndpointRequest, _ session: Session, pre what: String) async throws -> EndpointRequest {
    var request = request
    let body = try await request.body.collect(bytesMax: session.service.configuration.limits.bodyBytesMax)
    request.body = ChunkStream([body])
    var problems: [String] = []
    if request.parameters["scroll"] != nil { problems.append("[scroll] queries are not supported") }
    if isSuggestOnly(body) { problems.append("suggest-only queries are not supported") }
    if let size = try request.parameters.int("pre_filter_shard_size"), size != 1 {
      problems.append("[pre_filter_shard_size] cannot be changed for \(what)")
    }
    if let size = try request.parameters.int("batched_reduce_size"), size < 2 {
      throw APIError.illegalArgument("batchedReduceSize must be >= 2")
    }
    guard problems.isEmpty else { throw APIError.validation(problems) }
    return request
  }

  static func isSuggestOnly(_ body: [UInt8]) -> Bool {
    guard let object = (try? JSONValue.parse(body))?.object, object["suggest"] != nil else { return false }
    return object["query"] == nil && object["aggs"] == nil && object["aggregations"] == nil
  }
}
