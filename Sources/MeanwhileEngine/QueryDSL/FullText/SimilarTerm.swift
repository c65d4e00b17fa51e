/// A term, and those that differ from it by a few letters.
struct SimilarTerm: Sendable {
  private let letters: [Unicode.Scalar]
  private let editsMax: Int
  private let prefixLength: Int
  private let allowsTranspositions: Bool

  init(_ term: [UInt8], _ fuzziness: Fuzziness) {
    letters = Array(String(decoding: term, as: UTF8.self).unicodeScalars)
    editsMax = fuzziness.edits(for: letters.count)
    prefixLength = fuzziness.prefixLength
    allowsTranspositions = fuzziness.allowsTranspositions
  }

  /// Whether another term is near enough: inserted, removed and changed letters count one each, two that changed places as well.
  func matches(_ term: UnsafeBufferPointer<UInt8>) -> Bool {
    // A letter is at most four bytes: most terms are told apart by their length.
    guard term.count <= (letters.count + editsMax) * 4, term.count + editsMax >= letters.count else { return false }
    let other = Array(String(decoding: term, as: UTF8.self).unicodeScalars)
    guard abs(other.count - letters.count) <= editsMax, other.prefix(prefixLength).elementsEqual(letters.prefix(prefixLength)) else {
      return false
    }
    return isNear(other)
  }

  private func isNear(_ other: [Unicode.Scalar]) -> Bool {
    var before: [Int] = []
    var above = Array(0...other.count)
    for (row, letter) in letters.enumerated() {
      var current = [row + 1]
      for (column, otherLetter) in other.enumerated() {
        var best = min(above[column] + (letter == otherLetter ? 0 : 1), above[column + 1] + 1, current[column] + 1)
        if allowsTranspositions, row > 0, column > 0, letter == other[column - 1], letters[row - 1] == otherLetter {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      guard current.contains(where: { $0 <= editsMax }) else { return false }
      (before, above) = (above, current)
    }
    return above[other.count] <= editsMax
  }
}
