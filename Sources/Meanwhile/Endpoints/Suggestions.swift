/// "Did you mean": the known names that are most like one that is not known.
///
/// Two spellings are compared by the share of letters that need no edit (Levenshtein's distance over the longer one's length).
public enum Suggestions {
  /// The candidates whose spelling is more than half the same, the most similar first, then in alphabetical order.
  public static func similar(to name: String, among candidates: some Sequence<String>) -> [String] {
    ranked(candidates, by: Array(name)) { Array($0) }.filter { $0.edits * 2 < $0.length }.map(\.name)
  }

  /// At most five candidates whose spelling is at least half the same, whatever the case of letters: what query languages suggest.
  public static func closest(to name: String, among candidates: some Sequence<String>) -> [String] {
    ranked(candidates, by: Array(name.lowercased())) { Array($0.lowercased()) }
      .filter { $0.edits * 2 <= $0.length }.prefix(5).map(\.name)
  }

  /// `, did you mean [a]?` or `, did you mean any of [a, b]?` with the ``closest(to:among:)``; empty where nothing is similar.
  public static func text(for name: String, among candidates: some Sequence<String>) -> String {
    let similar = closest(to: name, among: candidates)
    switch similar.count {
    case 0: return ""
    case 1: return ", did you mean [\(similar[0])]?"
    default: return ", did you mean any of [\(similar.joined(separator: ", "))]?"
    }
  }

  /// A candidate, the edits to it, and the longer one's length.
  private typealias Ranked = (name: String, edits: Int, length: Int)

  /// The candidates that are not more than half apart by length alone, the most similar first.
  private static func ranked(
    _ candidates: some Sequence<String>, by name: [Character], _ spelling: (String) -> [Character]
  ) -> [Ranked] {
    let scored = Set(candidates).compactMap { candidate -> Ranked? in
      let other = spelling(candidate)
      let length = max(name.count, other.count)
      guard length > 0, abs(name.count - other.count) * 2 <= length else { return nil }
      return (candidate, editDistance(name, other), length)
    }
    // By the share of edits, in whole numbers.
    return scored.sorted { left, right in
      let (one, two) = (left.edits * right.length, right.edits * left.length)
      return one == two ? left.name < right.name : one < two
    }
  }

  /// Insertions, deletions and replacements from one to the other (Levenshtein).
  private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (line, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for (column, other) in right.enumerated() {
        let above = row[column + 1]
        row[column + 1] = min(diagonal + (letter == other ? 0 : 1), above + 1, row[column] + 1)
        diagonal = above
      }
    }
    return row[right.count]
  }
}
