import Meanwhile

/// The OpenAPI document of a service.
struct OpenAPIDocument {
  let json: JSONValue

  init(of service: Service) {
    let formats = ["application/json"] + service.formats.flatMap { $0.mediaTypes.prefix(1) }
    var paths: [String: [Route]] = [:]
    for route in service.routes { paths[route.path, default: []].append(route) }
    let members = paths.sorted { $0.key < $1.key }.map { path, routes in
      JSONObject.Member(name: path, value: Self.item(path, routes, formats))
    }
    json = [
      "openapi": "3.1.0",
      "info": [
        "title": "Meanwhile", "version": .string(Service.version),
        "description": "Asynchronous queries over the wire formats of Elasticsearch and OpenSearch.",
      ],
      "paths": .object(JSONObject(members)),
      "components": [
        "parameters": .object(JSONObject(Route.commonParameters.map { .init(name: $0, value: Self.parameter($0, in: "query")) })),
        "schemas": ["Error": Self.errorSchema],
      ],
    ]
  }

  /// A path's operations, and the names in it.
  private static func item(_ path: String, _ routes: [Route], _ formats: [String]) -> JSONValue {
    var item = JSONObject()
    let names = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    if !names.isEmpty { item.append("parameters", .array(names.map { parameter($0, in: "path") })) }
    for route in routes.sorted(by: { $0.method.rawValue < $1.method.rawValue }) {
      item.append(route.method.rawValue.lowercased(), operation(route, formats))
    }
    return .object(item)
  }

  private static func operation(_ route: Route, _ formats: [String]) -> JSONValue {
    let common = Route.commonParameters.filter { !route.parameters.contains($0) }
    let parameters =
      route.parameters.map { parameter($0, in: "query") }
      + common.map { JSONValue.object(["$ref": .string("#/components/parameters/\($0)")]) }
    var operation: JSONObject = [
      "operationId": .string("\(route.method.rawValue.lowercased()) \(route.path)"), "summary": .string(route.summary),
      "parameters": .array(parameters),
    ]
    operation.append("x-privilege", .string(route.privilege.summary))
    if route.body != .none {
      let readsLines = route.body == .lines
      let types = readsLines ? ["application/x-ndjson", "application/json"] : formats
      let schema: JSONValue = readsLines ? ["type": "string"] : ["type": "object"]
      operation.append("requestBody", ["required": .bool(route.body.isRequired), "content": content(types, schema)])
    }
    operation.append("responses", route.method == .head ? bodilessResponses : responses(formats, besides: route.mediaTypes))
    return .object(operation)
  }

  private static func responses(_ formats: [String], besides types: [String]) -> JSONValue {
    [
      "default": ["description": "What went wrong.", "content": content(formats, ["$ref": "#/components/schemas/Error"])],
      "2XX": ["description": "The answer.", "content": content(formats + types, [:])],
    ]
  }

  /// Of `HEAD`.
  private static let bodilessResponses: JSONValue = [
    "default": ["description": "Something went wrong, or there is nothing."],
    "2XX": ["description": "What the answer would say, without its body."],
  ]

  private static func content(_ types: [String], _ schema: JSONValue) -> JSONValue {
    .object(JSONObject(types.map { .init(name: $0, value: ["schema": schema]) }))
  }

  private static func parameter(_ name: String, in place: String) -> JSONValue {
    var parameter: JSONObject = ["name": .string(name), "in": .string(place)]
    if place == "path" { parameter.append("required", true) }
    // Present without a value, a flag is true.
    if flags.contains(name) {
      parameter.append("schema", ["type": "string", "enum": ["", "true", "false"]])
    } else {
      parameter.append("schema", ["type": "string"])
    }
    return .object(parameter)
  }

  private static let flags: Set<String> = [
    "pretty", "human", "error_trace", "drop_null_columns", "allow_partial_results", "partial_results", "keep_on_completion",
    "ignore_unavailable",
    "allow_no_indices", "flat_settings", "include_defaults", "local", "include_unmapped", "detailed", "version", "realtime", "v", "help",
  ]

  /// The status is a number, but for a health that was waited for in vain (408), whose status is a colour.
  private static let errorSchema: JSONValue = [
    "type": "object", "properties": ["error": ["type": ["object", "string"]], "status": ["type": ["integer", "string"]]],
  ]
}
