import Meanwhile
import MeanwhileData

/// Which parts of a document's source a hit shows.
public struct SourceFilter: Sendable, Hashable {
  public var isShown = true
  /// Patterns of dotted paths; none means all. A pattern of an object means all that is in it.
  public var includes: [String] = []
  public var excludes: [String] = []

  public init(isShown: Bool = true, includes: [String] = [], excludes: [String] = []) {
    self.isShown = isShown
    self.includes = includes
    self.excludes = excludes
  }

  /// Whether the source is shown as it was stored.
  var isWhole: Bool { includes.isEmpty && excludes.isEmpty }

  /// The parts of a document that pass.
  func apply(_ document: JSONObject) -> JSONObject { filtered(document, path: "", isIncluded: includes.isEmpty) }

  private func filtered(_ object: JSONObject, path: String, isIncluded: Bool) -> JSONObject {
    var result = JSONObject()
    for member in object.members {
      let path = path.isEmpty ? member.name : path + "." + member.name
      if excludes.contains(where: { Wildcard.matches($0, path) }) { continue }
      let isIncluded = isIncluded || includes.contains { Wildcard.matches($0, path) }
      if let value = filtered(member.value, path: path, isIncluded: isIncluded) { result.append(member.name, value) }
    }
    return result
  }

  private func filtered(_ value: JSONValue, path: String, isIncluded: Bool) -> JSONValue? {
    switch value {
    case .object(let object):
      let inner = filtered(object, path: path, isIncluded: isIncluded)
      if isIncluded || !inner.isEmpty { return .object(inner) }
    case .array(let values):
      let inner = values.compactMap { filtered($0, path: path, isIncluded: isIncluded) }
      if isIncluded || !inner.isEmpty { return .array(inner) }
    default: if isIncluded { return value }
    }
    // Nil is said in full: the literal would be JSON's null.
    return Optional.none
  }
}
