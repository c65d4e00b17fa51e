import Meanwhile

extension APIError {
  /// A query that is not written correctly: `parsing_exception` with `line` and `col` beside the reason.
  static func queryParsing(_ reason: String, at location: JSONLocation?, causedBy cause: APIError? = nil) -> APIError {
    var metadata = JSONObject()
    if let location {
      metadata.append("line", .integer(Int64(location.line)))
      metadata.append("col", .integer(Int64(location.column)))
    }
    return APIError(type: "parsing_exception", reason: reason, status: 400, metadata: metadata, causedBy: cause)
  }

  /// A query that an index cannot answer: a value that its field cannot have, say.
  ///
  /// - Parameter cause: the type and reason one level down.
  public static func searchFailure(
    type: String = "query_shard_exception", _ reason: String, index: String?, status: Int = 400, causedBy cause: APIError? = nil
  ) -> APIError {
    var metadata = JSONObject()
    if let index {
      metadata.append("index_uuid", "_na_")
      metadata.append("index", .string(index))
    }
    let shard = APIError(type: type, reason: reason, status: status, metadata: metadata)
    var details = shard.object
    if let cause { details.append("caused_by", .object(cause.object)) }
    let failure: JSONValue = .object(["shard": 0, "index": index.map(JSONValue.string) ?? .null, "reason": .object(details)])
    return APIError(
      type: "search_phase_execution_exception", reason: "all shards failed", status: status,
      metadata: ["phase": "query", "grouped": true, "failed_shards": .array([failure])], rootCauses: [shard])
  }
}
