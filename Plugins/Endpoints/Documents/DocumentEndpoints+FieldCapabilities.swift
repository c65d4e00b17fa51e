import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  var fieldCapabilityRoutes: [Route] {
    let parameters = ["fields", "include_unmapped", "types", "filters", "include_empty_fields"] + IndexResolver.Options.parameterNames
    return ["/_field_caps", "/{index}/_field_caps"].flatMap { path in
      [EndpointRequest.Method.get, .post].map { method in
        Route(
          method, path, summary: "Says which fields indices have, and what can be done with them.", parameters: parameters,
          body: .optional, privilege: .index(.read, "indices:data/read/field_caps"), handler: fieldCapabilities)
      }
    }
  }

  @Sendable func fieldCapabilities(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let body = try await request.jsonObject() ?? JSONObject()
    for name in body.names where !["fields", "index_filter", "runtime_mappings"].contains(name) {
      throw APIError.xContentParse("[field_caps] unknown field [\(name)]", at: body.location(of: name))
    }
    guard body["index_filter"] == nil, body["runtime_mappings"]?.object?.isEmpty != false else {
      throw APIError.illegalArgument("[field_caps] does not support [index_filter] or [runtime_mappings]")
    }
    let named = request.parameters["fields"].map { $0.split(separator: ",").map(String.init) } ?? body["fields"]?.strings ?? []
    guard !named.isEmpty else { throw APIError.validation(["no fields specified"]) }
    let types = request.parameters["types"].map { Set($0.split(separator: ",").map(String.init)) }
    let includesUnmapped = try request.parameters.bool("include_unmapped") ?? false

    let indices = try await selected(request, session).map(\.definition)
    var fields: [String: [String: FieldCapability]] = [:]
    for index in indices {
      for (path, capability) in FieldCapability.all(in: index.mapping) {
        guard named.contains(where: { Wildcard.matches($0, path) }), types?.contains(capability.type) != false else { continue }
        fields[path, default: [:]][capability.type, default: capability].add(capability, of: index.name)
      }
    }
    let names = indices.map(\.name)
    let members = fields.sorted { $0.key < $1.key }.map { path, capabilities in
      JSONObject.Member(name: path, value: .object(Self.json(of: capabilities, among: names, includesUnmapped: includesUnmapped)))
    }
    return .json(["indices": .array(names.map(JSONValue.string)), "fields": .object(JSONObject(members))])
  }

  /// A field's types, each with the indices that have it so, where not all have.
  private static func json(
    of capabilities: [String: FieldCapability], among names: [String], includesUnmapped: Bool
  ) -> JSONObject {
    var capabilities = capabilities
    let unmapped = names.filter { name in !capabilities.values.contains { $0.indices.contains(name) } }
    if includesUnmapped, !unmapped.isEmpty {
      capabilities["unmapped"] = FieldCapability(type: "unmapped", isSearchable: false, isAggregatable: false, indices: unmapped)
    }
    return JSONObject(
      capabilities.sorted { $0.key < $1.key }.map { type, capability in
        JSONObject.Member(name: type, value: .object(capability.json(namesIndices: capabilities.count > 1)))
      })
  }
}

/// What can be done with a field of a type.
private struct FieldCapability {
  var type: String
  var isSearchable: Bool
  var isAggregatable: Bool
  /// Those that have the field so.
  var indices: [String] = []

  mutating func add(_ other: FieldCapability, of index: String) {
    isSearchable = isSearchable && other.isSearchable
    isAggregatable = isAggregatable && other.isAggregatable
    indices.append(index)
  }

  func json(namesIndices: Bool) -> JSONObject {
    var object: JSONObject = [
      "type": .string(type), "metadata_field": false, "searchable": .bool(isSearchable), "aggregatable": .bool(isAggregatable),
    ]
    if namesIndices { object.append("indices", .array(indices.map(JSONValue.string))) }
    return object
  }

  /// The fields of a mapping by path, objects among them.
  static func all(in mapping: Mapping) -> [(path: String, capability: FieldCapability)] {
    var found = objects(in: mapping.properties, under: "")
    for leaf in mapping.leaves {
      let type = leaf.field.type
      let isIndexed = leaf.field.parameters["index"]?.bool ?? true
      let hasColumn = type.dataType != .text && type.dataType != .unsupported && leaf.field.parameters["doc_values"]?.bool ?? true
      found.append((leaf.path, FieldCapability(type: type.reported, isSearchable: isIndexed || hasColumn, isAggregatable: hasColumn)))
    }
    return found
  }

  private static func objects(in fields: [String: FieldMapping], under prefix: String) -> [(path: String, capability: FieldCapability)] {
    fields.flatMap { name, field -> [(path: String, capability: FieldCapability)] in
      guard field.type == .object || field.type == .nested else { return [] }
      let own = FieldCapability(type: field.type.rawValue, isSearchable: false, isAggregatable: false)
      return [(prefix + name, own)] + objects(in: field.properties, under: prefix + name + ".")
    }
  }
}

extension FieldType {
  /// Types of one family are reported as that.
  fileprivate var reported: String {
    switch self {
    case .constantKeyword, .wildcard: FieldType.keyword.rawValue
    case .matchOnlyText: FieldType.text.rawValue
    default: rawValue
    }
  }
}

extension JSONValue {
  /// One text, or an array of them.
  fileprivate var strings: [String]? {
    switch self {
    case .string(let text): [text]
    case .array(let values): values.compactMap(\.string)
    default: nil
    }
  }
}
