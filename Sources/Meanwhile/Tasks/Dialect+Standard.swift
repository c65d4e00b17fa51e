extension Dialect where Language.Output: JSONRenderable {
  /// The dialect of a language that has none of its own: the output's members beside `id`, `is_running`, `is_partial` and `took`.
  public static var standard: Dialect<Language> {
    Dialect(name: Language.name, action: "query/\(Language.name)[a]") { view, partial, _ in
      .json(.object(try StandardBody.running(view, partial)))
    } renderFinished: { view, output, _ in
      .json(.object(try StandardBody.finished(view, output)))
    }
  }
}

extension AsyncQueryEndpoints where Language.Output: JSONRenderable {
  /// `POST /_{name}`, `POST /_{name}/async`, `GET` and `DELETE /_{name}/async/{id}`, `GET …/status` and `…/events`, `POST …/stop`.
  public func standardRoutes() -> [Route] {
    let base = "/_" + Language.name
    let asynchronous = base + "/async"
    let task = asynchronous + "/{id}"
    let query = RoutePrivilege.index(.read, "query/" + Language.name)
    let result = RoutePrivilege.owner("query/" + Language.name + "/get")
    return [
      Route(.post, base, summary: "Runs a query and waits for its result.", body: .required, privilege: query, handler: runSynchronously),
      Route(
        .post, asynchronous, summary: "Submits a query; answers with its result, or with its id once the wait is over.",
        parameters: SubmissionOptions.parameterNames, body: .required, privilege: query, handler: submit
      ).brief,
      Route(
        .get, task, summary: "The result of a query, or how far it is.",
        parameters: ["wait_for_completion_timeout", "keep_alive", "partial_results"], privilege: result, handler: get
      ).brief,
      statusRoute(task + "/status"),
      eventsRoute(task + "/events"),
      Route(.post, task + "/stop", summary: "Tells a query to finish with what it has.", privilege: result, handler: stop).brief,
      Route(
        .delete, task, summary: "Cancels a query, and removes its result.",
        privilege: .owner("query/" + Language.name + "/delete", orHolderOf: .cancelTask), handler: delete
      ).brief,
    ]
  }
}

/// The bodies of the standard dialect.
enum StandardBody {
  static func running(_ view: TaskView, _ partial: (some JSONRenderable)?) throws -> JSONObject {
    var body = head(view, isPartial: true)
    body.append("progress", .object(view.progress.json))
    try append(partial, to: &body)
    return body
  }

  static func finished(_ view: TaskView, _ output: some JSONRenderable) throws -> JSONObject {
    var body = head(view, isPartial: output.isPartial)
    try append(output, to: &body)
    return body
  }

  private static func head(_ view: TaskView, isPartial: Bool) -> JSONObject {
    var body = JSONObject()
    if let id = view.id { body.append("id", .string(id.encoded)) }
    if view.isAsynchronous { body.append("is_running", .bool(view.isRunning)) }
    body.append("is_partial", .bool(isPartial))
    body.append("took", .integer(view.elapsed.milliseconds))
    return body
  }

  private static func append(_ output: (some JSONRenderable)?, to body: inout JSONObject) throws {
    for member in try output?.json.members ?? [] { body.append(member.name, member.value) }
  }
}
