import Meanwhile

/// What of some indices may be added to rows by the value of one field: what `PUT /_enrich/policy/{name}` takes and ES|QL's `ENRICH` names.
public struct EnrichPolicy: Sendable, Hashable {
  /// How a row's value finds documents.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// It is equal to the match field.
    case match
    /// It lies in the range of the match field.
    case range
  }

  public var name: String
  public var kind: Kind
  /// Source indices, as they were written: names, patterns, aliases.
  public var indices: [String]
  /// The field of the source that a value is looked up in.
  public var matchField: String
  /// The fields of the source that are added.
  public var enrichFields: [String]
  /// Which documents of the source count, in Query DSL; nil for all.
  public var query: JSONObject?
  /// The hidden index that the last execution made; nil until there was one.
  public var enrichIndex: String?

  public init(
    name: String, kind: Kind, indices: [String], matchField: String, enrichFields: [String], query: JSONObject? = nil,
    enrichIndex: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.indices = indices
    self.matchField = matchField
    self.enrichFields = enrichFields
    self.query = query
    self.enrichIndex = enrichIndex
  }

  // MARK: Columns of the enrich index

  /// For ``Kind/match``, the keyword column of the enrich index that values are looked up in, whatever the source's type was: numbers as they were written.
  public var matchColumn: String { matchField }

  /// For ``Kind/range``, the columns of the enrich index with both ends of each range, which are part of it. Their type is that of the ends: `integer`, `long`, `double`,
  /// `date` or `ip`. A range without an end has that type's least or greatest value there. A document with several ranges has as many values in both, in one order.
  public var lowerColumn: String { matchField + ".gte" }
  public var upperColumn: String { matchField + ".lte" }

  /// What the enrich index for an execution at a moment is called.
  public func enrichIndexName(at moment: Timestamp) -> String { ".enrich-\(name)-\(moment.milliseconds)" }
}

// MARK: - As JSON

extension EnrichPolicy {
  /// Reads the body of a request: `{"match": {"indices": …, "match_field": …, "enrich_fields": …, "query": …}}`.
  ///
  /// - Throws: `illegal_argument_exception` or `x_content_parse_exception` (400).
  public init(named name: String, parsing body: JSONObject) throws(APIError) {
    try Self.checkName(name)
    guard let member = body.members.first else { throw .illegalArgument("expected FIELD_NAME token, but got [END_OBJECT]") }
    guard let kind = Kind(rawValue: member.name) else {
      throw .illegalArgument(
        "unsupported policy type [\(member.name)], supported types are [\(Kind.allCases.map(\.rawValue).joined(separator: ", "))]")
    }
    guard let object = member.value.object else { throw .xContentParse("[policy] expected an object", at: member.location) }
    self.init(name: name, kind: kind, indices: [], matchField: "", enrichFields: [])
    for field in object.members { try read(field) }
    let missing = ["indices", "match_field", "enrich_fields"].filter { object[$0] == nil }
    guard missing.isEmpty else { throw .illegalArgument("Required [\(missing.joined(separator: ", "))]") }
  }

  private mutating func read(_ field: JSONObject.Member) throws(APIError) {
    switch field.name {
    case "indices": indices = try Self.texts(field)
    case "match_field":
      guard let text = field.value.string else { throw Self.malformed(field) }
      matchField = text
    case "enrich_fields": enrichFields = try Self.texts(field)
    case "query":
      guard let object = field.value.object else { throw Self.malformed(field) }
      query = object
    // The version of the server that made the policy, which a copy of a policy carries.
    case "name", "elasticsearch_version": break
    default: throw .xContentParse("[policy] unknown field [\(field.name)]", at: field.location)
    }
  }

  private static func texts(_ field: JSONObject.Member) throws(APIError) -> [String] {
    if let text = field.value.string { return text.split(separator: ",").map(String.init) }
    guard let values = field.value.array else { throw malformed(field) }
    let texts = values.compactMap(\.string)
    guard texts.count == values.count else { throw malformed(field) }
    return texts
  }

  private static func malformed(_ field: JSONObject.Member) -> APIError {
    .xContentParse("[policy] \(field.name) doesn't support values of this type", at: field.location)
  }

  /// A policy's name becomes part of an index's, and has its rules.
  private static func checkName(_ name: String) throws(APIError) {
    do { try IndexName.check(name) } catch {
      throw .illegalArgument(error.reason.replacing("Invalid index name", with: "Invalid policy name", maxReplacements: 1))
    }
  }

  /// The policy as `GET /_enrich/policy` shows it, under `config`.
  public var json: JSONObject {
    var object: JSONObject = ["name": .string(name)]
    for member in definition.members { object.append(member.name, member.value) }
    return [kind.rawValue: .object(object)]
  }

  private var definition: JSONObject {
    var object: JSONObject = ["indices": .array(indices.map(JSONValue.string))]
    if let query { object["query"] = .object(query) }
    object["match_field"] = .string(matchField)
    object["enrich_fields"] = .array(enrichFields.map(JSONValue.string))
    return object
  }

  // MARK: Stored

  /// As it is kept.
  var stored: JSONObject {
    var object: JSONObject = [kind.rawValue: .object(definition)]
    object["enrich_index"] = enrichIndex.map(JSONValue.string)
    return object
  }

  /// From what ``stored`` gave; nil for anything else.
  init?(named name: String, stored object: JSONObject) {
    guard let kind = Kind.allCases.first(where: { object[$0.rawValue] != nil }), let definition = object[kind.rawValue],
      let policy = try? EnrichPolicy(named: name, parsing: [kind.rawValue: definition])
    else { return nil }
    self = policy
    enrichIndex = object["enrich_index"]?.string
  }
}
