/// "Did you mean": the known names that are most like one that is not known.
public enum Suggestions {
  /// The candidates whose spelling is more than half the same, the most similar first, then in alphabetical order.
  public static func similar(to name: String, among candidates: some Sequence<String>) -> [String] {
    let scored = Set(candidates).map { (score: similarity(name, $0), name: $0) }.filter { $0.score > 0.5 }
    return scored.sorted { $0.score == $1.score ? $0.name < $1.name : $0.score > $1.score }.map(\.name)
  }

  /// 1 for equal names, 0 for those that share nothing: one minus the share of letters to edit.
  static func similarity(_ left: String, _ right: String) -> Double {
    let longest = max(left.count, right.count)
    guard longest > 0 else { return 1 }
    return 1 - Double(editDistance(Array(left), Array(right))) / Double(longest)
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
