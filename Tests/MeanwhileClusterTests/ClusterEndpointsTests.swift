import Meanwhile
import Testing

@Suite("What a server says about itself")
struct ClusterEndpointsTests {
  @Test("GET / has the members that clients look for, in Elasticsearch's order")
  func root() async throws {
    let service = try await makeService()
    let answer = try await service.answer(.get, "/")
    #expect(answer.json.object?.names == ["name", "cluster_name", "cluster_uuid", "version", "tagline"])
    #expect(answer.json["name"] == "node-1")
    #expect(answer.json["cluster_uuid"] == .string(service.clusterUUID))
    #expect(answer.json["version"]?["number"] == .string(service.configuration.compatibleVersion))
  }

  @Test("Without an index store there are no shards, and health is green")
  func health() async throws {
    let answer = try await makeService().answer(.get, "/_cluster/health")
    #expect(answer.status == 200)
    #expect(answer.json["status"] == "green")
    #expect(answer.json["active_shards"] == 0)
  }

  static let nodeCounts: [(condition: String, status: Int)] = [
    ("1", 200), (">=1", 200), ("<=1", 200), (">0", 200), ("<2", 200), ("ge(1)", 200), ("lt(5)", 200), ("2", 408), (">=2", 408),
    ("gt(1)", 408),
    ("many", 400), (">=", 400),
  ]

  @Test("What is waited for is so at once, or the wait has run out", arguments: nodeCounts)
  func waitForNodes(_ condition: String, _ status: Int) async throws {
    let answer = try await makeService().answer(.get, "/_cluster/health", parameters: ["wait_for_nodes": condition])
    #expect(answer.status == status)
    if status != 400 { #expect(answer.json["timed_out"]?.bool == (status == 408)) }
  }
}

@Suite("Task management")
struct TaskManagementTests {
  /// A service in which one slow query runs, and that query's id.
  private func withRunningTask(_ body: (Service, _ id: String) async throws -> Void) async throws {
    let service = try await makeService()
    let submitted = try await service.answer(.post, "/_slow/async", parameters: ["wait_for_completion_timeout": "0"], json: [:])
    let id = try #require(submitted.json["id"]?.string, "\(submitted.json.text())")
    try await body(service, id)
    await service.shutDown()
  }

  /// What a task listing calls a query's task.
  private func task(_ id: String) throws -> String { try TaskID(parsing: id).task }

  @Test("A running query is listed under its node")
  func list() async throws {
    try await withRunningTask { service, id in
      let answer = try await service.answer(.get, "/_tasks", parameters: ["detailed": ""])
      let node = try #require(answer.json["nodes"]?[service.nodeID])
      #expect(node["name"] == "node-1")
      let task = try #require(node["tasks"]?[try task(id)])
      #expect(task["description"] == "a slow one")
      #expect(task["cancellable"] == true)
      #expect(task["cancelled"] == false)
      #expect(task["status"]?["request_id"] == .string(id))
    }
  }

  static let selections: [(parameters: Parameters, count: Int)] = [
    ([:], 1), (["actions": "*slow*"], 1), (["actions": "nothing,*slow*"], 1), (["actions": "indices:*"], 0), (["nodes": "node-1"], 1),
    (["nodes": "_local"], 1), (["nodes": "node-2"], 0), (["parent_task_id": "x:1"], 0),
  ]

  @Test("Tasks are selected by action and node", arguments: selections)
  func select(_ parameters: Parameters, _ count: Int) async throws {
    try await withRunningTask { service, _ in
      var parameters = parameters
      parameters["group_by"] = "none"
      let answer = try await service.answer(.get, "/_tasks", parameters: parameters)
      #expect(answer.json["tasks"]?.array?.count == count)
    }
  }

  @Test("Grouped by nodes, nothing is an empty object", arguments: ["nodes", "parents", "none"])
  func nothing(_ group: String) async throws {
    let answer = try await makeService().answer(.get, "/_tasks", parameters: ["group_by": group])
    #expect(answer.json == (group == "none" ? ["tasks": []] : group == "nodes" ? ["nodes": [:]] : ["tasks": [:]]))
  }

  @Test("A task is shown while it runs, and after that as long as it is kept")
  func show() async throws {
    try await withRunningTask { service, id in
      let path = "/_tasks/\(try task(id))"
      #expect(try await service.answer(.get, path).json["completed"] == false)
      _ = try await service.answer(.post, "/_slow/async/\(id)/stop")
      let finished = try await service.answer(.get, path)
      #expect(finished.json["completed"] == true && finished.json["response"] == ["done": true])
      #expect(try await service.answer(.get, "/_tasks", parameters: ["group_by": "none"]).json["tasks"] == [])
      let kept = try await service.answer(.get, "/_tasks", parameters: ["group_by": "none", "kept": "true", "detailed": "true"])
      #expect(kept.json["tasks"]?.array?.first?["status"]?["state"] == "completed")
    }
  }

  @Test("A cancelled task ends, and says so to whoever asks for its result")
  func cancel() async throws {
    try await withRunningTask { service, id in
      let answer = try await service.answer(.post, "/_tasks/\(try task(id))/_cancel")
      #expect(answer.json["nodes"]?[service.nodeID]?["tasks"]?[try task(id)]?["cancelled"] == true)
      let result = try await service.answer(.get, "/_slow/async/\(id)")
      #expect(result.status == 400)
      #expect(result.json["error"]?["type"] == "task_cancelled_exception")
    }
  }

  @Test("All tasks of an action are cancelled at once; where there are none, nothing is")
  func cancelSelected() async throws {
    try await withRunningTask { service, id in
      #expect(try await service.answer(.post, "/_tasks/_cancel", parameters: ["actions": "nothing"]).json == ["nodes": [:]])
      _ = try await service.answer(.post, "/_tasks/_cancel", parameters: ["actions": "*slow*"])
      #expect(try await service.answer(.get, "/_slow/async/\(id)").status == 400)
    }
  }

  static let wrongIDs: [(id: String, status: Int, type: String)] = [
    ("nonsense", 400, "illegal_argument_exception"), ("a:b", 400, "illegal_argument_exception"),
    ("elsewhere:1", 404, "resource_not_found_exception"),
  ]

  @Test("An id that is none, or nobody's, is an error", arguments: wrongIDs)
  func wrongID(_ id: String, _ status: Int, _ type: String) async throws {
    let answer = try await makeService().answer(.get, "/_tasks/\(id)")
    #expect(answer.status == status)
    #expect(answer.json["error"]?["type"] == .string(type))
  }
}
