/// Sorts texts into categories of those that say the same with other particulars: log lines of one message, say.
///
/// A text is its words, without what looks like a number, an address or an identifier. It belongs to the category with which it has the greatest share of
/// words in common, in their order; the category keeps the words that all of its texts have.
public struct TextCategories: Sendable {
  /// The words of each category.
  public private(set) var categories: [[String]] = []
  private let similarityMin: Double
  private var known: [[String]: Int] = [:]

  /// Categories that one query makes at most; texts beyond fall to the one that is nearest.
  private static let categoriesMax = 10_000
  private static let wordsMax = 100

  /// - Parameter similarityPercent: the share of words that a text has in common with its category.
  public init(similarityPercent: Int = 70) {
    similarityMin = Double(similarityPercent) / 100
  }

  /// The number of a text's category; nil for a text without words.
  public mutating func category(of text: String) -> Int? {
    let words = Self.words(of: text)
    guard !words.isEmpty else { return nil }
    if let found = known[words] { return found }
    var best: (category: Int, common: [String], similarity: Double)?
    for (number, category) in categories.enumerated() {
      let common = Self.common(category, words)
      let similarity = Double(common.count) / Double(max(category.count, words.count))
      if similarity > best?.similarity ?? 0 { best = (number, common, similarity) }
    }
    let number: Int
    if let best, best.similarity >= similarityMin || categories.count >= Self.categoriesMax {
      number = best.category
      if !best.common.isEmpty { categories[number] = best.common }
    } else {
      number = categories.count
      categories.append(words)
    }
    known[words] = number
    return number
  }

  /// Runs of letters, digits and a few signs that begin with a letter and hold no number.
  static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = String.UnicodeScalarView()
    func finish() {
      while let last = word.last, !last.properties.isAlphabetic { word.removeLast() }
      if let first = word.first, first.properties.isAlphabetic, !isIdentifier(word), words.count < wordsMax { words.append(String(word)) }
      word = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      let isPart = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "-_.@:/".unicodeScalars.contains(scalar)
      if isPart { word.append(scalar) } else { finish() }
    }
    finish()
    return words
  }

  /// What differs from one text to the next: it has digits, or is a hexadecimal number.
  private static func isIdentifier(_ word: String.UnicodeScalarView) -> Bool { word.contains { $0.properties.numericType != nil } }

  /// The longest sequence of words that both have, in order.
  private static func common(_ left: [String], _ right: [String]) -> [String] {
    var lengths = [[Int]](repeating: [Int](repeating: 0, count: right.count + 1), count: left.count + 1)
    for row in stride(from: left.count - 1, through: 0, by: -1) {
      for column in stride(from: right.count - 1, through: 0, by: -1) {
        lengths[row][column] =
          left[row] == right[column] ? lengths[row + 1][column + 1] + 1 : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    var (row, column) = (0, 0)
    var common: [String] = []
    while row < left.count, column < right.count {
      if left[row] == right[column] {
        common.append(left[row])
        row += 1
        column += 1
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return common
  }
}
