#if CLI
import ArgumentParser
import Meanwhile

/// A query that is submitted, watched, fetched and cleared away: it takes as long as it takes, and whoever interrupts it can come back for it.
struct FollowedQuery: Sendable {
  let service: any ServiceAccess
  /// Where the query is submitted, and where its tasks are.
  let path: String
  let body: JSONObject
  let format: OutputFormat

  func run() async throws {
    var body = body
    body["wait_for_completion_timeout"] = "0s"
    let submitted = try await service.json(.post, path, body: .object(body))
    guard let id = submitted["id"]?.string else { throw CommandFailure("the server gave no id") }
    let task = path + "/" + PercentEncoding.encode(id)
    guard let outcome = try await TaskWatch(service: service, path: task).run(on: WatchDisplay(.error)) else {
      if service.keepsTasks { Terminal.write(error: "The query has not ended. Come back for it: meanwhile tasks watch \(id)\n") }
      throw TaskWatch.interrupted
    }
    switch outcome {
    case .completed, .stopped: try ResultWriter(format: format).write(try await service.answer(EndpointRequest(.get, task)))
    case .failed(let reason): Terminal.write(error: "meanwhile: \(reason)\n")
    case .gone(let reason): Terminal.write(error: "meanwhile: the query was \(reason)\n")
    }
    // Its result has been given out, or its failure; there is nothing to come back for.
    _ = try? await service.json(.delete, task)
    guard outcome == .completed else { throw ExitCode(outcome.exitStatus) }
  }
}
#endif
