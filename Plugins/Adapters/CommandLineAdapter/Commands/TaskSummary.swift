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

  /// Where each dialect keeps its tasks. A language with no dialect of its own has them under its name.
  private static let paths: [String: String] = [
    "esql": "/_query/async/", "eql": "/_eql/search/", "async_search": "/_async_search/", "opensearch": "/_plugins/_asynchronous_search/",
  ]

  /// The path of the task's own endpoint.
  ///
  /// - Throws: ``CommandFailure`` for a synchronous query, which has none.
  func path() throws -> String {
    guard let id, let dialect = json["status"]?["dialect"]?.string else {
      throw CommandFailure("this task is a synchronous query; only the one who waits for it can get its result")
    }
    return (Self.paths[dialect] ?? "/_\(dialect)/async/") + PercentEncoding.encode(id)
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
