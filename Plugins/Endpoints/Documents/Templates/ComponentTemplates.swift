import Meanwhile
import MeanwhileData

/// Parts that index templates are composed of: `PUT /_component_template/{name}`.
struct ComponentTemplates: Sendable {
  private let objects: StoredObjects
  private let store: any IndexStore

  init(_ store: any IndexStore) {
    self.store = store
    objects = StoredObjects("component_templates", in: store)
  }

  func names() async throws -> Set<String> { Set(try await objects.all().names) }

  /// All of them, sorted by name, as they are shown.
  func all() async throws -> [JSONObject.Member] { try await objects.all().members.sorted { $0.name < $1.name } }

  /// The `template` of each name that there is one of, in the order of the names.
  func parts(named names: [String]) async throws -> [JSONObject] {
    guard !names.isEmpty else { return [] }
    let all = try await objects.all()
    return names.compactMap { all[$0]?["template"]?.object }
  }

  private static let members: Set<String> = ["template", "version", "_meta", "allow_auto_create", "deprecated"]

  /// - Throws: `x_content_parse_exception`, `illegal_argument_exception`, or what is wrong with the mapping (400).
  func put(_ name: String, _ body: JSONObject, mustBeNew: Bool) async throws {
    var shown = JSONObject()
    for member in body.members {
      guard Self.members.contains(member.name) else {
        throw APIError.xContentParse("[component_template] unknown field [\(member.name)]", at: member.location)
      }
      shown[member.name] = member.value
    }
    guard let template = body["template"]?.object else { throw APIError.illegalArgument("Required [template]") }
    shown["template"] = .object(try IndexTemplate.normalized(template))
    let made = shown
    try await objects.update { objects in
      guard !mustBeNew || objects[name] == nil else {
        throw APIError.illegalArgument("component template [\(name)] already exists")
      }
      objects[name] = .object(made)
    }
  }

  /// - Throws: `resource_not_found_exception` (404), or `illegal_argument_exception` (400) where an index template is composed of one of them.
  func remove(_ names: [String]) async throws {
    let users = try await IndexTemplates(store).all()
    try await objects.update { objects in
      for name in names {
        let found = objects.names.filter { Wildcard.matches(name, $0) }
        guard !found.isEmpty || Wildcard.isPattern(name) else {
          throw APIError.resourceNotFound("component template matching [\(name)] not found")
        }
        for own in found {
          let using = users.filter { $0.components.contains(own) }.map(\.name)
          guard using.isEmpty else {
            throw APIError.illegalArgument(
              "component templates [\(own)] cannot be removed as they are still in use by index templates "
                + "[\(using.joined(separator: ", "))]")
          }
          objects[own] = nil
        }
      }
    }
  }
}
