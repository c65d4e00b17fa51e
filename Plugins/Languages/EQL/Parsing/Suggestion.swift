/// What an unknown name was probably meant to be.
enum Suggestion {
  /// The names within half of the word's length in edits, nearest first, at most five.
  static func similar(to word: String, among names: some Sequence<String>) -> [String] {
    let target = Array(word.lowercased().unicodeScalars)
    let scored = Set(names).compactMap { name -> (name: String, distance: Int)? in
      let candidate = Array(name.lowercased().unicodeScalars)
      let longest = max(target.count, candidate.count)
      guard longest > 0, abs(target.count - candidate.count) * 2 <= longest else { return nil }
      let distance = editDistance(target, candidate)
      return distance * 2 <= longest ? (name, distance) : nil
    }
    return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(5).map(\.name)
  }

  /// `, did you mean [a]?` or `, did you mean any of [a, b]?`; empty where nothing is similar.
  static func text(for word: String, among names: some Sequence<String>) -> String {
    let similar = similar(to: word, among: names)
    switch similar.count {
    case 0: return ""
    case 1: return ", did you mean [\(similar[0])]?"
    default: return ", did you mean any of [\(similar.joined(separator: ", "))]?"
    }
  }

  /// Levenshtein's distance, one row at a time.
  private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
