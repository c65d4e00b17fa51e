import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension ESQLLanguage {
  /// What the asynchronous API adds to a body: it says how long to wait and to keep, not what to run.
  private static let fieldsOfTasks: Set<String> = ["wait_for_completion_timeout", "keep_alive", "keep_on_completion"]

  /// The body without what is only about the task, and the segments and deletions that the query sees.
  public func flightKey(of query: ESQLQuery, _ request: EndpointRequest) async throws -> String? {
    let body = try JSONValue.parse(try await request.body.collect(bytesMax: EndpointRequest.bodyBytesMax))
    let members = (body.object?.members ?? []).filter { !Self.fieldsOfTasks.contains($0.name) }
    let snapshots = query.plan.scans.flatMap(\.snapshots).map(\.version)
    return JSONValue.object(JSONObject(members)).text() + " of " + snapshots.joined(separator: " ")
  }
}

extension IndexSnapshot {
  /// Names what can be seen in it. A segment's rows never change, and of its deletions none is taken back, so their number tells which they are.
  fileprivate var version: String {
    definition.uuid + segments.map { ":\($0.generation)-\($0.segment.rowCount - $0.liveCount)" }.joined()
  }
}
