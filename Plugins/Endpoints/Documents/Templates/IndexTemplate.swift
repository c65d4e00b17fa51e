import Meanwhile
import MeanwhileData

/// What new indices with certain names begin with: `PUT /_index_template/{name}`.
struct IndexTemplate: Sendable {
  let name: String
  let patterns: [String]
  let priority: Int64
  /// Component templates that it is laid over, in their order.
  let components: [String]
  /// Those of them that need not be there.
  let mayLackComponents: Set<String>
  /// As it is shown: settings in one form, patterns as a list.
  let json: JSONObject

  private static let members: Set<String> = [
    "index_patterns", "template", "priority", "version", "_meta", "composed_of", "allow_auto_create", "ignore_missing_component_templates",
    "deprecated",
  ]

  /// - Throws: `x_content_parse_exception`, `illegal_argument_exception`, or what is wrong with the mapping (400).
  init(named name: String, parsing body: JSONObject) throws(APIError) {
    guard let given = body["index_patterns"] else { throw .illegalArgument("Required [index_patterns]") }
    patterns = given.string.map { [$0] } ?? given.array?.compactMap(\.string) ?? []
    guard !patterns.isEmpty else { throw .validation(["index patterns are missing"]) }
    for member in body.members {
      if member.name == "data_stream" { throw .illegalArgument("data streams are not supported") }
      guard Self.members.contains(member.name) else {
        throw .xContentParse("[index_template] unknown field [\(member.name)]", at: member.location)
      }
    }
    components = body["composed_of"]?.array?.compactMap(\.string) ?? []
    mayLackComponents = Set(body["ignore_missing_component_templates"]?.array?.compactMap(\.string) ?? [])
    self.name = name
    priority = body["priority"]?.int ?? 0
    guard priority >= 0 else { throw .validation(["index template priority must be >= 0"]) }
    var shown: JSONObject = ["index_patterns": .array(patterns.map(JSONValue.string))]
    for member in body.members where member.name != "index_patterns" {
      if member.name == "template" {
        guard let template = member.value.object else { throw .xContentParse("[template] expected an object", at: member.location) }
        shown["template"] = .object(try Self.normalized(template))
      } else {
        shown[member.name] = member.value
      }
    }
    if shown["composed_of"] == nil { shown["composed_of"] = [] }
    json = shown
  }

  /// Settings, mappings and aliases, checked, and settings in one form.
  static func normalized(_ template: JSONObject) throws(APIError) -> JSONObject {
    var made = JSONObject()
    for member in template.members {
      guard let object = member.value.object else { throw .xContentParse("[\(member.name)] expected an object", at: member.location) }
      switch member.name {
      case "settings":
        let settings = IndexSettings.normalized(object)
        try IndexSettings.check(settings)
        made["settings"] = ["index": .object(IndexSettings.texts(settings))]
      case "mappings": made["mappings"] = .object(try Mapping(parsing: object).json)
      case "aliases":
        var aliases = JSONObject()
        for alias in object.members {
          try DocumentEndpoints.checkAlias(alias.name)
          aliases[alias.name] = .object(try AliasChange.definition(alias.value.object ?? JSONObject()))
        }
        made["aliases"] = .object(aliases)
      case "lifecycle", "data_stream_options": throw .illegalArgument("[\(member.name)] of templates is not supported")
      default: throw .xContentParse("[template] unknown field [\(member.name)]", at: member.location)
      }
    }
    return made
  }

  func matches(_ index: String) -> Bool { patterns.contains { Wildcard.matches($0, index) } }

  // MARK: Using

  /// The body of a new index's creation, laid over what the template begins with, which is laid over its components.
  func applied(to body: JSONObject, over components: [JSONObject]) throws(APIError) -> JSONObject {
    var base = JSONObject()
    for component in components { base = try Self.laid(component, over: base) }
    return try Self.laid(body, over: try Self.laid(json["template"]?.object ?? JSONObject(), over: base))
  }

  private static func laid(_ body: JSONObject, over template: JSONObject) throws(APIError) -> JSONObject {
    var made = template
    for member in body.members {
      guard let own = member.value.object, let base = template[member.name]?.object else {
        made[member.name] = member.value
        continue
      }
      switch member.name {
      case "settings": made["settings"] = .object(merged(IndexSettings.normalized(base), with: IndexSettings.normalized(own)))
      case "mappings": made["mappings"] = .object(try overlaid(base, with: Mapping(parsing: own).json))
      default: made[member.name] = .object(JSONObject(base.members.filter { own[$0.name] == nil } + own.members))
      }
    }
    return made
  }

  private static func merged(_ base: JSONObject, with own: JSONObject) -> JSONObject {
    var merged = base
    for member in own.members {
      if let inner = base[member.name]?.object, let other = member.value.object {
        merged[member.name] = .object(Self.merged(inner, with: other))
      } else {
        merged[member.name] = member.value
      }
    }
    return merged
  }

  /// Objects grow together; of a field that both have, the index's own definition counts.
  private static func overlaid(_ base: JSONObject, with own: JSONObject) throws(APIError) -> JSONObject {
    var made = base
    for member in own.members {
      guard member.name == "properties", let fields = base["properties"]?.object, let others = member.value.object else {
        made[member.name] = member.value
        continue
      }
      var merged = fields
      for field in others.members {
        if let one = fields[field.name]?.object, let other = field.value.object, one["properties"] != nil, other["properties"] != nil {
          merged[field.name] = .object(try overlaid(one, with: other))
        } else {
          merged[field.name] = field.value
        }
      }
      made["properties"] = .object(merged)
    }
    return made
  }
}

/// The index templates of a store.
struct IndexTemplates: Sendable {
  private let objects: StoredObjects
  private let store: any IndexStore

  init(_ store: any IndexStore) {
    self.store = store
    objects = StoredObjects("index_templates", in: store)
  }

  /// All templates, by name.
  func all() async throws -> [IndexTemplate] {
    try await objects.all().members.compactMap { member in
      try member.value.object.map { try IndexTemplate(named: member.name, parsing: $0) }
    }.sorted { $0.name < $1.name }
  }

  /// The template for a new index: of those whose patterns have its name, the one of the highest priority.
  func template(for index: String) async throws -> IndexTemplate? {
    try await all().filter { $0.matches(index) }.max { $0.priority < $1.priority }
  }

  /// - Parameter mustBeNew: whether a template of that name is an error.
  func put(_ template: IndexTemplate, mustBeNew: Bool) async throws {
    let known = try await ComponentTemplates(store).names()
    let missing = template.components.filter { !known.contains($0) && !template.mayLackComponents.contains($0) }
    guard missing.isEmpty else {
      throw APIError(
        type: "invalid_index_template_exception",
        reason: "index_template [\(template.name)] invalid, cause [index template [\(template.name)] specifies component templates "
          + "[\(missing.joined(separator: ", "))] that do not exist]", status: 400)
    }
    try await objects.update { objects in
      guard !mustBeNew || objects[template.name] == nil else {
        throw APIError.illegalArgument("index template [\(template.name)] already exists")
      }
      objects[template.name] = .object(template.json)
    }
  }

  /// - Throws: `index_template_missing_exception` (404) for a name that is neither a pattern nor a template's.
  func remove(_ names: [String]) async throws {
    try await objects.update { objects in
      for name in names {
        let found = objects.names.filter { Wildcard.matches(name, $0) }
        guard !found.isEmpty || Wildcard.isPattern(name) else {
          throw APIError(type: "index_template_missing_exception", reason: "index_template [\(name)] missing", status: 404)
        }
        for own in found { objects[own] = nil }
      }
    }
  }
}
