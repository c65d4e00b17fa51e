/// The `filter_path` parameter: which members of a response are kept.
///
/// A comma list of dotted paths. `*` stands for any part of one name, `**` for any depth; a path after `-` is taken out of what the others keep.
/// Arrays are transparent: a path goes through their elements.
struct FilterPath: Sendable {
  private var inclusions: [Pattern] = []
  private var exclusions: [Pattern] = []

  private typealias Pattern = [String]

  init(_ text: String) {
    for part in text.split(separator: ",") {
      let path = part.trimmed()
      if path.hasPrefix("-") {
        exclusions.append(Self.pattern(path.dropFirst()))
      } else if !path.isEmpty {
        inclusions.append(Self.pattern(path[...]))
      }
    }
  }

  private static func pattern(_ path: Substring) -> Pattern {
    path.split(separator: ".").map(String.init)
  }

  /// A response with what the paths keep; an empty object where that is nothing.
  func apply(to value: JSONValue) -> JSONValue {
    var kept: JSONValue? = value
    if !inclusions.isEmpty { kept = Self.include(value, inclusions) }
    if !exclusions.isEmpty, let included = kept { kept = Self.exclude(included, exclusions) }
    return kept ?? .object(JSONObject())
  }

  /// The parts of a value that a pattern reaches; nil where none does.
  private static func include(_ value: JSONValue, _ patterns: [Pattern]) -> JSONValue? {
    // A pattern that ends here, or has only `**` left, keeps everything below.
    if patterns.contains(where: { $0.allSatisfy { $0 == "**" } }) { return value }
    switch value {
    case .object(let object):
      let members = object.members.compactMap { member -> JSONObject.Member? in
        let next = step(patterns, into: member.name)
        guard !next.isEmpty, let kept = include(member.value, next) else { return nil }
        return JSONObject.Member(name: member.name, value: kept)
      }
      return members.isEmpty ? nil : .object(JSONObject(members))
    case .array(let elements):
      let kept = elements.compactMap { include($0, patterns) }
      return kept.isEmpty ? nil : .array(kept)
    default: return nil
    }
  }

  /// A value without the parts that a pattern reaches; nil where nothing is left.
  private static func exclude(_ value: JSONValue, _ patterns: [Pattern]) -> JSONValue? {
    if patterns.contains(where: \.isEmpty) { return nil }
    switch value {
    case .object(let object):
      let members = object.members.compactMap { member -> JSONObject.Member? in
        exclude(member.value, step(patterns, into: member.name)).map { JSONObject.Member(name: member.name, value: $0) }
      }
      return members.isEmpty && !object.isEmpty ? nil : .object(JSONObject(members))
    case .array(let elements):
      let kept = elements.compactMap { exclude($0, patterns) }
      return kept.isEmpty && !elements.isEmpty ? nil : .array(kept)
    default: return value
    }
  }

  /// What is left of the patterns below a member of a name.
  private static func step(_ patterns: [Pattern], into name: String) -> [Pattern] {
    var next: [Pattern] = []
    for pattern in patterns {
      guard let head = pattern.first else { continue }
      let rest = Array(pattern.dropFirst())
      if head == "**" {
        next.append(pattern)
        next.append(contentsOf: step([rest], into: name))
      } else if matches(name, head) {
        next.append(rest)
      }
    }
    return next
  }

  /// Whether a name matches a pattern with `*`; linear, by going back to the last star only.
  private static func matches(_ name: String, _ pattern: String) -> Bool {
    let name = Array(name.utf8)
    let pattern = Array(pattern.utf8)
    var at = 0
    var place = 0
    var star: (place: Int, at: Int)?
    while at < name.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        star = (place, at)
        place += 1
      } else if place < pattern.count, pattern[place] == name[at] {
        at += 1
        place += 1
      } else if let last = star {
        place = last.place + 1
        at = last.at + 1
        star = (last.place, at)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
