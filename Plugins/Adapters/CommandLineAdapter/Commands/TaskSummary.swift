#if CLI
import Meanwhile

/// A task as the task management API shows it.
struct TaskSummary {
  let json: JSONValue

  init(_ json: JSONValue) { self.json = json }

  /// Finds a task by the id that its submit gave, or by `node:number`.
  static func find(_ id: String, in service: any ServiceAccess) async throws -> TaskSummary {
    let task = (try? TaskID(parsing: id))?.task ?? id
    let answer = try await service.json(.get, "/_tasks/\(PercentEncoding.encode(task))")
    return TaskSummary(answer["task"] ?? .null)
  }

  var id: String? { json["status"]?["request_id"]?.string }

  /// Where each dialect keeps its tasks, and whether they can be told to finish early. A language with no dialect of its own has them under its name.
  private static let places: [String: (path: String, hasStop: Bool)] = [
    "esql": ("/_query/async/", true), "eql": ("/_eql/search/", false), "async_search": ("/_async_search/", false),
    "opensearch": ("/_plugins/_asynchronous_search/", false),
  ]

  /// The path of the task's own endpoint.
  ///
  /// - Throws: ``CommandFailure`` for a synchronous query, which has none.
  func path() throws -> String { try place().path }

  /// The path that tells the task to finish early.
  ///
  /// - Throws: ``CommandFailure`` where its API has none.
  func stopPath() throws -> String {
    let (path, hasStop) = try place()
    guard hasStop else { throw CommandFailure("the API of this task cannot stop it early; cancel or delete it") }
    return path + "/stop"
  }

  private func place() throws -> (path: String, hasStop: Bool) {
    guard let id, let dialect = json["status"]?["dialect"]?.string else {
      throw CommandFailure("this task is a synchronous query; only the one who waits for it can get its result")
    }
    let (path, hasStop) = Self.places[dialect] ?? ("/_\(dialect)/async/", true)
    return (path + PercentEncoding.encode(id), hasStop)
  }
}

extension ResultTable {
  /// Tasks, one a row.
  init(tasks: [TaskSummary]) {
    columns = ["id", "task", "state", "language", "seconds", "rows", "description"]
    rows = tasks.map { task in
      let status = task.json["status"] ?? .null
      let number = "\(task.json["node"]?.string ?? ""):\(task.json["id"]?.int ?? 0)"
      let seconds = (task.json["running_time_in_nanos"]?.double ?? 0) / 1e9
      return [
        status["request_id"] ?? .null, .string(number), status["state"] ?? .null, status["language"] ?? .null,
        .double((seconds * 1000).rounded() / 1000), status["rows_read"] ?? .null, task.json["description"] ?? .null,
      ]
    }
  }
}
#endif
