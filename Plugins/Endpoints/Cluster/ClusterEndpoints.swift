import Meanwhile

/// What a server says about itself: who it is, how it is, and what it is busy with.
///
/// One node is the whole cluster, and each index is one shard on it, so health is a matter of which indices there are.
public struct ClusterEndpoints: EndpointProvider {
  public init() {}

  private static let cancelling = RoutePrivilege.owner("cluster:admin/tasks/cancel", orHolderOf: .cancelTask)

  public var routes: [Route] {
    [
      Route(.get, "/", summary: "Says what server this is.", privilege: .cluster(.monitor, "cluster:monitor/main"), handler: root),
      Route(.head, "/", summary: "Says that a server is there.", privilege: .cluster(.monitor, "cluster:monitor/main"), handler: root),
      Route(
        .get, "/_cluster/health", summary: "Says how the indices are.", parameters: Self.healthParameters,
        privilege: .cluster(.monitor, "cluster:monitor/health"), handler: health),
      Route(
        .get, "/_cluster/health/{index}", summary: "Says how some indices are.", parameters: Self.healthParameters,
        privilege: .cluster(.monitor, "cluster:monitor/health"), handler: health),
      Route(
        .get, "/_cluster/settings", summary: "Shows what is set, and with `include_defaults` what is not.",
        parameters: Self.settingsParameters + ["include_defaults"], privilege: .cluster(.monitor, "cluster:monitor/settings"),
        handler: showSettings),
      Route(
        .put, "/_cluster/settings", summary: "Changes settings while the server runs; null takes one back.",
        parameters: Self.settingsParameters, body: .required, privilege: .cluster(.manage, "cluster:admin/settings/update"),
        handler: changeSettings),
      Route(
        .get, "/_tasks", summary: "Lists the queries that run or wait for their turn.",
        parameters: Self.taskParameters + [Self.keptParameter],
        privilege: .owner("cluster:monitor/tasks/lists", orHolderOf: .monitor), handler: listTasks),
      Route(
        .get, "/_tasks/{task}", summary: "Shows one task, finished ones that are kept included.",
        parameters: ["timeout", "wait_for_completion"], privilege: .owner("cluster:monitor/task/get", orHolderOf: .monitor),
        handler: showTask),
      Route(
        .post, "/_tasks/_cancel", summary: "Cancels the tasks that match.", parameters: Self.taskParameters, privilege: Self.cancelling,
        handler: cancelTasks),
      Route(
        .post, "/_tasks/{task}/_cancel", summary: "Cancels one task.", parameters: ["wait_for_completion"], privilege: Self.cancelling,
        handler: cancelTask),
    ]
  }

  @Sendable private func root(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let configuration = session.service.configuration
    return .json([
      "name": .string(configuration.nodeName),
      "cluster_name": .string(configuration.clusterName),
      "cluster_uuid": .string(session.service.clusterUUID),
      "version": [
        "number": .string(configuration.compatibleVersion),
        "build_flavor": "default",  // Any other makes official clients behave differently.
        "build_type": "meanwhile",
        "build_hash": "unknown",
        "build_date": "unknown",
        "build_snapshot": false,
        "lucene_version": "10.2.2",
        "minimum_wire_compatibility_version": "8.19.0",
        "minimum_index_compatibility_version": "8.0.0",
        "meanwhile": .string(configuration.version),
      ],
      "tagline": "You Know, for Search",  // Older official clients compare it.
    ])
  }
}
