import Meanwhile
import MeanwhileData

/// Which parts of a document's source a reader wants: the parameters `_source`, `_source_includes`, `_source_excludes`.
struct SourceFilter {
  private var isWanted = true
  private var includes: [String] = []
  private var excludes: [String] = []

  init(_ parameters: Parameters) {
    switch parameters["_source"] {
    case nil, "true", "": break
    case "false": isWanted = false
    case .some(let fields): includes = Self.list(fields)
    }
    if let fields = parameters["_source_includes"] { includes += Self.list(fields) }
    if let fields = parameters["_source_excludes"] { excludes = Self.list(fields) }
  }

  /// What `_source` says in a body: a flag, a field, a list of fields, or what to include and exclude.
  init(_ value: JSONValue) {
    func texts(_ value: JSONValue?) -> [String] { value?.string.map { [$0] } ?? value?.array?.compactMap(\.string) ?? [] }
    switch value {
    case .bool(let flag): isWanted = flag
    case .object(let object):
      includes = texts(object["includes"] ?? object["include"])
      excludes = texts(object["excludes"] ?? object["exclude"])
    default: includes = texts(value)
    }
  }

  private static func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

  /// The source, as it came where all of it is wanted; nil where none is.
  func apply(to source: [UInt8]) throws -> [UInt8]? {
    guard isWanted else { return nil }
    guard !includes.isEmpty || !excludes.isEmpty, case .object(let object) = try JSONValue.parse(source) else { return source }
    return JSONValue.object(filtered(object, path: "", isIncluded: includes.isEmpty)).encoded()
  }

  private func filtered(_ object: JSONObject, path: String, isIncluded: Bool) -> JSONObject {
    var kept = JSONObject()
    for member in object.members {
      let own = path + member.name
      if excludes.contains(where: { Wildcard.matches($0, own) }) { continue }
      let isOwnIncluded = isIncluded || includes.contains { Wildcard.matches($0, own) }
      if let value = filtered(member.value, path: own, isIncluded: isOwnIncluded) { kept.append(member.name, value) }
    }
    return kept
  }

  private func filtered(_ value: JSONValue, path: String, isIncluded: Bool) -> JSONValue? {
    // No conditional expressions here: in one, `nil` would be a JSON null.
    switch value {
    case .object(let object):
      let part = filtered(object, path: path + ".", isIncluded: isIncluded)
      if part.isEmpty, !isIncluded { return nil }
      return .object(part)
    case .array(let values):
      let parts = values.compactMap { filtered($0, path: path, isIncluded: isIncluded) }
      if parts.isEmpty, !isIncluded { return nil }
      return .array(parts)
    default:
      guard isIncluded else { return nil }
      return value
    }
  }
}
