import Meanwhile
import MeanwhileData

/// Indices and documents over the API: creating indices, writing and reading documents, bulk loads, listings.
///
/// Needs an ``IndexStore`` among the service's resources.
public struct DocumentEndpoints: EndpointProvider {
  public init() {}

  public var routes: [Route] {
    let indices = indexRoutes + mappingRoutes + aliasRoutes + templateRoutes + componentTemplateRoutes + listingRoutes + upkeepRoutes
    let documents = writingRoutes + byQueryRoutes + readingRoutes + multiGetRoutes
    return indices + documents + fieldCapabilityRoutes + enrichRoutes
  }

  private static let timeouts = ["timeout", "master_timeout"]
  private static let targets = IndexResolver.Options.parameterNames

  private var indexRoutes: [Route] {
    [
      Route(
        .put, "/{index}", summary: "Creates an index.", parameters: ["wait_for_active_shards"] + Self.timeouts, body: .optional,
        privilege: .index(.createIndex, "indices:admin/create"), handler: createIndex),
      Route(
        .get, "/{index}", summary: "Shows mappings, settings and aliases of indices.",
        parameters: ["flat_settings", "include_defaults", "local", "features"] + Self.targets + Self.timeouts,
        privilege: .index(.viewIndexMetadata, "indices:admin/get"), handler: getIndex),
      Route(
        .head, "/{index}", summary: "Says whether indices exist.",
        parameters: ["flat_settings", "include_defaults", "local"] + Self.targets,
        privilege: .index(.viewIndexMetadata, "indices:admin/get"),
        handler: indexExists),
      Route(
        .delete, "/{index}", summary: "Deletes indices.", parameters: Self.targets + Self.timeouts,
        privilege: .index(.deleteIndex, "indices:admin/delete"),
        handler: deleteIndex),
    ]
  }

  private var mappingRoutes: [Route] {
    let view = ["local", "include_defaults", "flat_settings"] + Self.targets + Self.timeouts
    let change = ["write_index_only"] + Self.targets + Self.timeouts
    return [
      Route(
        .get, "/_mapping", summary: "Shows all mappings.", parameters: view,
        privilege: .index(.viewIndexMetadata, "indices:admin/mappings/get"), handler: getMapping),
      Route(
        .get, "/{index}/_mapping", summary: "Shows the mappings of indices.", parameters: view,
        privilege: .index(.viewIndexMetadata, "indices:admin/mappings/get"), handler: getMapping),
      Route(
        .put, "/{index}/_mapping", summary: "Adds fields to mappings.", parameters: change, body: .required,
        privilege: .index(.manage, "indices:admin/mapping/put"), handler: putMapping),
      Route(
        .post, "/{index}/_mapping", summary: "Adds fields to mappings.", parameters: change, body: .required,
        privilege: .index(.manage, "indices:admin/mapping/put"), handler: putMapping),
      Route(
        .get, "/_settings", summary: "Shows all settings.", parameters: view,
        privilege: .index(.viewIndexMetadata, "indices:monitor/settings/get"), handler: getSettings),
      Route(
        .get, "/{index}/_settings", summary: "Shows the settings of indices.", parameters: view,
        privilege: .index(.viewIndexMetadata, "indices:monitor/settings/get"), handler: getSettings),
    ]
  }

  private var writingRoutes: [Route] {
    let write =
      [
        "refresh", "routing", "version", "version_type", "if_seq_no", "if_primary_term", "pipeline", "op_type", "require_alias",
        "require_data_stream",
      ]
      + ["wait_for_active_shards", "timeout", "include_source_on_error"]
    let bulk =
      [
        "refresh", "routing", "pipeline", "require_alias", "require_data_stream", "wait_for_active_shards", "timeout", "_source",
        "list_executed_pipelines",
      ]
      + ["_source_includes", "_source_excludes", "include_source_on_error"]
    func route(
      _ method: EndpointRequest.Method, _ path: String, _ summary: String, _ parameters: [String], _ action: String,
      body: Route.BodyRule = .required, _ handler: @escaping Route.Handler
    ) -> Route {
      Route(
        method, path, summary: summary, parameters: parameters, body: body, privilege: .index(.write, "indices:data/write/" + action),
        handler: handler)
    }
    return [
      route(.post, "/_bulk", "Writes many documents.", bulk, "bulk", body: .lines, self.bulk),
      route(.put, "/_bulk", "Writes many documents.", bulk, "bulk", body: .lines, self.bulk),
      route(.post, "/{index}/_bulk", "Writes many documents.", bulk, "bulk", body: .lines, self.bulk),
      route(.put, "/{index}/_bulk", "Writes many documents.", bulk, "bulk", body: .lines, self.bulk),
      route(.post, "/{index}/_doc", "Adds a document.", write, "index", writeDocument),
      route(.put, "/{index}/_doc/{id}", "Adds or replaces a document.", write, "index", writeDocument),
      route(.post, "/{index}/_doc/{id}", "Adds or replaces a document.", write, "index", writeDocument),
      route(.put, "/{index}/_create/{id}", "Adds a document.", write, "index", createDocument),
      route(.post, "/{index}/_create/{id}", "Adds a document.", write, "index", createDocument),
      route(
        .post, "/{index}/_update/{id}", "Changes part of a document.", write + ["retry_on_conflict", "_source", "lang"], "update",
        updateDocument),
      Route(
        .delete, "/{index}/_doc/{id}", summary: "Deletes a document.", parameters: write,
        privilege: .index(.write, "indices:data/write/delete"),
        handler: deleteDocument),
    ]
  }

  private var readingRoutes: [Route] {
    let read = [
      "_source", "_source_includes", "_source_excludes", "preference", "realtime", "refresh", "routing", "stored_fields", "version",
      "version_type",
    ]
    return [
      Route(
        .get, "/{index}/_doc/{id}", summary: "Reads a document.", parameters: read, privilege: .index(.read, "indices:data/read/get"),
        handler: getDocument),
      Route(
        .head, "/{index}/_doc/{id}", summary: "Says whether a document exists.", parameters: read,
        privilege: .index(.read, "indices:data/read/get"),
        handler: getDocument),
      Route(
        .get, "/{index}/_source/{id}", summary: "Reads a document's source.", parameters: read,
        privilege: .index(.read, "indices:data/read/get"),
        handler: getSource),
      Route(
        .head, "/{index}/_source/{id}", summary: "Says whether a document's source exists.", parameters: read,
        privilege: .index(.read, "indices:data/read/get"),
        handler: getSource),
    ]
  }

  private var upkeepRoutes: [Route] {
    let maintain = ["force", "wait_if_ongoing", "max_num_segments", "only_expunge_deletes", "flush", "wait_for_completion"] + Self.targets
    var routes: [Route] = []
    for (name, summary) in [
      ("_refresh", "Makes writes visible to queries."), ("_flush", "Makes writes durable."), ("_forcemerge", "Merges what can be merged."),
    ] {
      for method in [EndpointRequest.Method.post, .get] where method == .post || name != "_forcemerge" {
        for path in ["/\(name)", "/{index}/\(name)"] {
          routes.append(
            Route(
              method, path, summary: summary, parameters: maintain, body: .optional,
              privilege: .index(.maintenance, "indices:admin/" + name.dropFirst()), handler: refresh))
        }
      }
    }
    let cat =
      ["v", "h", "s", "help", "bytes", "time", "health", "pri", "include_unloaded_segments", "local", "master_timeout"] + Self.targets
    for path in ["/_cat/indices", "/_cat/indices/{index}"] {
      routes.append(
        Route(
          .get, path, summary: "Lists indices.", parameters: cat, privilege: .index(.monitor, "indices:monitor/stats"),
          mediaTypes: CatTable.mediaTypes, handler: catIndices)
      )
    }
    for path in ["/_stats", "/{index}/_stats"] {
      routes.append(
        Route(
          .get, path, summary: "Shows the sizes of indices.", parameters: ["level"] + Self.targets,
          privilege: .index(.monitor, "indices:monitor/stats"),
          handler: stats))
    }
    return routes
  }
}

extension Session {
  /// Where this service's indices live.
  func indexStore() throws -> any IndexStore { try resource((any IndexStore).self) }
}

extension EndpointRequest {
  /// A body of one JSON object; nil where there is no body.
  ///
  /// - Throws: a 400 for anything else.
  func jsonObject() async throws -> JSONObject? {
    let bytes = try await body.collect(bytesMax: Self.bodyBytesMax)
    guard !bytes.isEmpty else { return nil }
    guard let object = try JSONValue.parse(bytes).object else {
      throw APIError(type: "parse_exception", reason: "request body must be a JSON object", status: 400)
    }
    return object
  }

  /// The indices that the path names, as they were written.
  var indexExpression: String { pathParameters["index"] ?? "_all" }
}
