import Meanwhile

/// The rules for names of indices and aliases.
public enum IndexName {
  /// Bytes.
  public static let lengthMax = 255

  /// - Throws: `invalid_index_name_exception` (400) that says which rule.
  public static func check(_ name: String) throws(APIError) {
    guard let problem = problem(with: name) else { return }
    throw APIError(
      type: "invalid_index_name_exception", reason: "Invalid index name [\(name)], \(problem)", status: 400,
      metadata: ["index_uuid": "_na_", "index": .string(name)])
  }

  private static let forbidden: [Character] = ["\\", "/", "*", "?", "\"", "<", ">", "|", " ", ","]

  private static func problem(with name: String) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.contains(where: { forbidden.contains($0) }) {
      return "must not contain the following characters ['\\','/','*','?','\"','<','>','|',' ',',']"
    }
    if name.contains("#") { return "must not contain '#'" }
    if name.contains(":") { return "must not contain ':'" }
    if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) { return "must not contain control characters" }
    if let first = name.first, "_-+".contains(first) { return "must not start with '_', '-', or '+'" }
    if name == "." || name == ".." { return "must not be '.' or '..'" }
    if name.lowercased() != name { return "must be lowercase" }
    if name.utf8.count > lengthMax { return "index name is too long, (\(name.utf8.count) > \(lengthMax))" }
    return nil
  }
}

extension APIError {
  /// An index is created that exists.
  public static func indexAlreadyExists(_ definition: IndexDefinition) -> APIError {
    APIError(
      type: "resource_already_exists_exception", reason: "index [\(definition.name)/\(definition.uuid)] already exists", status: 400,
      metadata: ["index_uuid": .string(definition.uuid), "index": .string(definition.name)])
  }
}
