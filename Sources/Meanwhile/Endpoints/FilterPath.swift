/// The `filter_path` parameter: which members of a response are kept.
///
/// A comma list of dotted paths. `*` stands for any part of one name, `**` for any depth; a path after `-` is taken out of what the others keep.
/// Arrays are transparent: a path goes through their elements.
struct FilterPath: Sendable {
  /// The most names and stars that all paths may have together: each is looked at for every member of a response.
  static let partsMax = 256

  private var inclusions: [Pattern] = []
  private var exclusions: [Pattern] = []

  fileprivate typealias Pattern = [String]

  /// - Throws: `illegal_argument_exception` where there is more of it than anybody means.
  init(_ text: String) throws(APIError) {
    var parts = 0
    for part in text.split(separator: ",") {
      let path = part.trimmed()
      let isExclusion = path.hasPrefix("-")
      let pattern = Self.pattern(isExclusion ? path.dropFirst() : path[...])
      parts += pattern.count
      guard parts <= Self.partsMax else {
        throw .illegalArgument("[filter_path] is too long: its paths may have at most [\(Self.partsMax)] parts")
      }
      if isExclusion {
        exclusions.append(pattern)
      } else if !path.isEmpty {
        inclusions.append(pattern)
      }
    }
  }

  /// The parts of a path. `**` twice in a row says no more than once, so that no place in it leads to itself by two ways.
  private static func pattern(_ path: Substring) -> Pattern {
    path.split(separator: ".").reduce(into: []) { pattern, part in
      if part != "**" || pattern.last != "**" { pattern.append(String(part)) }
    }
  }

  /// What is kept of a whole response.
  var selection: Selection {
    Selection(
      filter: self, inclusions: inclusions.isEmpty ? nil : Set(inclusions.indices.map { Place(pattern: $0) }),
      exclusions: Set(exclusions.indices.map { Place(pattern: $0) }))
  }

  /// A path, and how many of its parts have been gone.
  fileprivate struct Place: Sendable, Hashable {
    var pattern: Int
    var at = 0
  }

  /// What is kept of some value of a response: how far the paths have come where it stands.
  struct Selection: Sendable {
    private let filter: FilterPath
    /// Nil for everything.
    private let inclusions: Set<Place>?
    private let exclusions: Set<Place>

    fileprivate init(filter: FilterPath, inclusions: Set<Place>?, exclusions: Set<Place>) {
      // A path that ends here, or has only `**` left, keeps everything below.
      let keepsAll = inclusions?.contains { filter.inclusions[$0.pattern].dropFirst($0.at).allSatisfy { $0 == "**" } } ?? true
      self.filter = filter
      self.inclusions = keepsAll ? nil : inclusions
      self.exclusions = exclusions
    }

    /// Neither the value nor anything below it is kept.
    var isNothing: Bool { inclusions?.isEmpty ?? false || exclusions.contains { $0.at == filter.exclusions[$0.pattern].count } }
    /// It is kept, but for what is taken out of it.
    var isEverything: Bool { inclusions == nil }
    /// It is kept, and nothing is taken out of it.
    var isWhole: Bool { inclusions == nil && exclusions.isEmpty }

    /// What is kept of a member of an object.
    func below(_ name: String) -> Selection {
      guard !isWhole else { return self }
      return Selection(
        filter: filter, inclusions: inclusions.map { FilterPath.step($0, of: filter.inclusions, into: name) },
        exclusions: FilterPath.step(exclusions, of: filter.exclusions, into: name))
    }
  }

  /// Where the paths are below a member of a name.
  private static func step(_ places: Set<Place>, of patterns: [Pattern], into name: String) -> Set<Place> {
    var next: Set<Place> = []
    for place in places {
      let pattern = patterns[place.pattern]
      var at = place.at
      if at < pattern.count, pattern[at] == "**" {
        next.insert(place)
        at += 1
      }
      if at < pattern.count, matches(name, pattern[at]) { next.insert(Place(pattern: place.pattern, at: at + 1)) }
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
