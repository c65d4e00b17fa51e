import Meanwhile
import MeanwhileData

/// The indices that an enrich policy gathers from, their mappings checked, and what the enrich index is like that they make.
struct EnrichSource: Sendable {
  let policy: EnrichPolicy
  /// Concrete names.
  let targets: [IndexResolver.Target]
  private let mappings: [Mapping]

  /// - Throws: `index_not_found_exception` (404); an `exception` (500, as in Elasticsearch) where a source lacks the match field.
  init(_ policy: EnrichPolicy, store: any IndexStore) async throws {
    self.policy = policy
    let all = try await store.indices()
    let targets = try IndexResolver(all, access: store.access).targets(of: policy.indices.joined(separator: ","))
    self.targets = targets
    let names = targets.map(\.name)
    let sources = all.map(\.definition).filter { names.contains($0.name) }
    mappings = sources.map(\.mapping)
    for source in sources { try Self.check(policy, source) }
  }

  private static func check(_ policy: EnrichPolicy, _ source: IndexDefinition) throws(APIError) {
    guard !source.mapping.properties.isEmpty else {
      throw failure(
        "Enrich policy execution for [\(policy.name)] failed. Could not read mapping for source [\(source.name)] included by pattern "
          + "[\(policy.indices.joined(separator: ", "))]")
    }
    do {
      _ = try field(policy.matchField, in: source.mapping, isRequired: true)
      for path in policy.enrichFields { _ = try field(path, in: source.mapping, isRequired: false) }
    } catch {
      throw failure(
        "Enrich policy execution for [\(policy.name)] failed while validating field mappings for index [\(source.name)]", causedBy: error)
    }
  }

  private static func failure(_ reason: String, causedBy cause: APIError? = nil) -> APIError {
    APIError(type: "exception", reason: reason, status: 500, causedBy: cause)
  }

  /// A field by its path; objects may be walked through, nothing else.
  private static func field(_ path: String, in mapping: Mapping, isRequired: Bool) throws(APIError) -> FieldMapping? {
    var found = FieldMapping(type: .object, properties: mapping.properties)
    var parent = "root"
    for part in path.split(separator: ".").map(String.init) {
      let lost = "Could not traverse mapping to field [\(path)]."
      guard found.type == .object else {
        throw failure("\(lost) The [\(parent)] field must be regular object but was [\(found.type.rawValue)].")
      }
      guard let child = found.properties[part] else {
        guard isRequired else { return nil }
        guard !found.properties.isEmpty else {
          throw failure("\(lost) Expected the [\(parent)] field to have sub fields but none were configured.")
        }
        throw failure("\(lost) Could not find the [\(part)] field under [\(parent)]")
      }
      found = child
      parent = parent == "root" ? part : parent + "." + part
    }
    return found
  }

  // MARK: The enrich index

  /// The match field, the same in all sources.
  ///
  /// - Throws: an `exception` (500) where it is not.
  func matchField() throws(APIError) -> FieldMapping {
    guard let field = try common(policy.matchField, isRequired: true) else {
      throw Self.failure("Match field '\(policy.matchField)' doesn't have a correct mapping type for policy type '\(policy.kind.rawValue)'")
    }
    return field
  }

  /// What a field is in all sources; nil where they differ, or none has it.
  private func common(_ path: String, isRequired: Bool) throws(APIError) -> FieldMapping? {
    var found: [FieldMapping] = []
    for mapping in mappings {
      guard let field = try Self.field(path, in: mapping, isRequired: isRequired) else { continue }
      if !found.contains(where: { $0.type == field.type && $0.parameters["format"] == field.parameters["format"] }) { found.append(field) }
    }
    guard found.count > 1, isRequired else { return found.count == 1 ? found[0] : nil }
    let indices = policy.indices.joined(separator: ",")
    let types = Set(found.map(\.type.rawValue)).sorted()
    if types.count > 1 {
      throw Self.failure(
        "Multiple distinct mapping types for field '\(path)' - indices(\(indices))  types(\(types.joined(separator: ",")))")
    }
    let formats = found.compactMap { $0.parameters["format"]?.string }.sorted()
    throw Self.failure(
      "Multiple distinct formats specified for field '\(path)' - indices(\(indices))  format entries(\(formats.joined(separator: ",")))")
  }

  /// The mapping of the enrich index: the match field as ``EnrichPolicy`` says, the others as they are in the source.
  func enrichMapping() throws(APIError) -> Mapping {
    var properties = JSONObject()
    let match = try matchField()
    switch policy.kind {
    case .match: properties[policy.matchColumn] = ["type": "keyword"]
    case .range:
      guard let bounds = RangeBounds(match) else {
        throw Self.failure("Field '\(policy.matchField)' has type [\(match.type.rawValue)] which doesn't appear to be a range type")
      }
      for column in [policy.lowerColumn, policy.upperColumn] { properties[column] = .object(bounds.endMapping) }
    }
    for path in policy.enrichFields where path != policy.matchField {
      guard var field = try common(path, isRequired: false) else { continue }
      field.multiFields = [:]
      field.parameters["copy_to"] = nil
      properties[path] = .object(field.json)
    }
    let meta: JSONObject = [
      "enrich_policy_name": .string(policy.name), "enrich_match_field": .string(policy.matchField),
      "enrich_policy_type": .string(policy.kind.rawValue),
    ]
    return try Mapping(parsing: ["dynamic": false, "_meta": .object(meta), "properties": .object(properties)])
  }
}
