/// Finds what somebody may have meant by a name that does not exist.
enum Similarity {
  /// The candidates that are at least half like the name, the closest first, at most five.
  static func closest(to name: String, among candidates: [String]) -> [String] {
    let target = Array(name.unicodeScalars)
    var scored: [(score: Double, name: String)] = []
    for candidate in candidates {
      let other = Array(candidate.unicodeScalars)
      let longest = max(target.count, other.count)
      // More than half the letters apart by length alone: not worth a comparison.
      guard longest > 0, abs(target.count - other.count) * 2 <= longest else { continue }
      let score = 1 - Double(distance(target, other)) / Double(longest)
      if score >= 0.5 { scored.append((score, candidate)) }
    }
    return scored.sorted { $0.score == $1.score ? $0.name < $1.name : $0.score > $1.score }.prefix(5).map(\.name)
  }

  /// `, did you mean [x]?`, or nothing.
  static func suggestion(_ names: [String]) -> String {
    switch names.count {
    case 0: ""
    case 1: ", did you mean [\(names[0])]?"
    default: ", did you mean any of [\(names.joined(separator: ", "))]?"
    }
  }

  /// Levenshtein's distance.
  static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
