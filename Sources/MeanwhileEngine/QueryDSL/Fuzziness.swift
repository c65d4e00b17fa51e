import Meanwhile

/// How many letters a term may differ by: `2`, `AUTO`, `AUTO:4,8`.
public struct Fuzziness: Sendable, Hashable {
  /// Terms of at least so many letters may differ by one letter, and by two.
  private var lengths: (one: Int, two: Int)
  /// Letters at the start that must be the same.
  public var prefixLength = 0
  /// Whether two letters that changed places are one difference.
  public var allowsTranspositions = true

  /// By the term's length: none up to two letters, one up to five, else two.
  public static let automatic = Fuzziness(lengths: (3, 6))
  /// Lucene's automata go so far.
  public static let editsMax = 2

  private init(lengths: (one: Int, two: Int)) { self.lengths = lengths }

  /// - Parameter edits: 0, 1 or 2, for terms of any length.
  public init(edits: Int) {
    lengths = (edits > 0 ? 0 : .max, edits > 1 ? 0 : .max)
  }

  /// Reads an option's value; nil for what it cannot be.
  public init?(_ value: JSONValue) {
    let text = (value.string ?? value.text()).uppercased()
    if text == "AUTO" {
      self = .automatic
      return
    }
    if text.hasPrefix("AUTO:") {
      let bounds = text.dropFirst(5).split(separator: ",").map { Int($0) }
      guard bounds.count == 2, let one = bounds[0], let two = bounds[1], 0 <= one, one <= two else { return nil }
      self.init(lengths: (one, two))
      return
    }
    guard let edits = Double(text), edits >= 0, edits <= Double(Self.editsMax) else { return nil }
    self.init(edits: Int(edits))
  }

  /// Differences that a term of so many letters may have.
  func edits(for letterCount: Int) -> Int { letterCount >= lengths.two ? 2 : letterCount >= lengths.one ? 1 : 0 }

  public static func == (left: Fuzziness, right: Fuzziness) -> Bool {
    left.lengths == right.lengths && left.prefixLength == right.prefixLength && left.allowsTranspositions == right.allowsTranspositions
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(lengths.one)
    hasher.combine(lengths.two)
    hasher.combine(prefixLength)
  }
}
