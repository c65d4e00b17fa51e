/// A phrase whose words may be moved: `"quick fox"` with a slop of 1 stands in "quick brown fox" too, and with one of 2 in "fox quick".
///
/// Lucene's measure: each word's position less its place in the phrase; the words are as far apart as the greatest of these from the least.
enum LoosePhrase {
  /// Whether a text has the phrase.
  ///
  /// - Parameters:
  ///   - order: for each place of the phrase, its term.
  ///   - positions: of each term in the text, ascending.
  static func matches(_ order: [Int], _ positions: [[Int]], slop: Int) -> Bool {
    // A term that the phrase has several times stands at as many positions.
    var next = order.indices.map { place in order[..<place].count { $0 == order[place] } }
    guard order.indices.allSatisfy({ next[$0] < positions[order[$0]].count }) else { return false }
    func shift(_ place: Int) -> Int { positions[order[place]][next[place]] - place }
    while true {
      guard let least = order.indices.min(by: { shift($0) < shift($1) }), let greatest = order.indices.map(shift).max() else {
        return false
      }
      if greatest - shift(least) <= slop { return true }
      repeat {
        next[least] += 1
        guard next[least] < positions[order[least]].count else { return false }
      } while order.indices.contains { $0 != least && order[$0] == order[least] && next[$0] == next[least] }
    }
  }
}
