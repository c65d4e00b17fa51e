import MeanwhileData

/// What the terms of a text are asked.
struct TextTest: Sendable {
  enum Wanted: Sendable {
    /// At least so many of some different terms.
    case terms(BytesVector, required: Int)
    /// Terms one after another, or so far moved: for each place of the phrase, its term's index among the different ones.
    case phrase(BytesVector, order: [Int], slop: Int)
    /// At least so many of some different terms, or what is like them.
    case similar([SimilarTerm], required: Int)
    /// Any term that passes.
    case any(ValueTest.BytesTest)
  }

  var wanted: Wanted

  /// - Parameter terms: in the order of the text, repeated ones included.
  init(terms: [[UInt8]], required: Int) {
    wanted = .terms(Self.sorted(terms), required: required)
  }

  /// - Parameter slop: see ``LoosePhrase``; 0 for terms one after another.
  init(phrase: [[UInt8]], slop: Int = 0) {
    let terms = Self.sorted(phrase)
    let order = phrase.map { term in term.withUnsafeBufferPointer { terms.index(sorted: $0) ?? 0 } }
    wanted = .phrase(terms, order: order, slop: slop)
  }

  init(similar terms: [SimilarTerm], required: Int) {
    wanted = .similar(terms, required: required)
  }

  init(any test: ValueTest.BytesTest) {
    wanted = .any(test)
  }

  static func sorted(_ terms: [[UInt8]]) -> BytesVector {
    let builder = BytesVectorBuilder(capacity: terms.count)
    for term in Set(terms).sorted(by: { $0.lexicographicallyPrecedes($1) }) { builder.append(term) }
    return builder.finish()
  }
}

/// Runs a ``TextTest`` over rows; keeps its working memory from one row to the next.
struct TextMatcher {
  private let test: TextTest
  private let analyzer: Analyzer
  private var isFound: [Bool]
  /// The places of the phrase that the terms so far may be the beginning of.
  private var partial: [Int] = []
  /// Where each term of a loose phrase stands.
  private var positions: [[Int]]
  private let scratch = VectorBuilder<UInt8>(capacity: 256)

  init(_ test: TextTest, analyzer: Analyzer) {
    self.test = test
    self.analyzer = analyzer
    let termCount =
      switch test.wanted {
      case .terms(let terms, _): terms.count
      case .similar(let terms, _): terms.count
      case .phrase, .any: 0
      }
    if case .phrase(let terms, _, slop: 1...) = test.wanted {
      positions = [[Int]](repeating: [], count: terms.count)
    } else {
      positions = []
    }
    isFound = [Bool](repeating: false, count: termCount)
  }

  /// Whether the texts of a row, all together, pass.
  mutating func matches(_ column: Column, row: Int) -> Bool {
    let slots = column.slots(ofRow: row)
    guard !slots.isEmpty else { return false }
    for index in isFound.indices { isFound[index] = false }
    var found = 0
    for slot in slots {
      guard let text = column.bytes(inSlot: slot) else { continue }
      partial.removeAll(keepingCapacity: true)
      for index in positions.indices { positions[index].removeAll(keepingCapacity: true) }
      var position = 0
      var tokens = analyzer.tokens(of: text, scratch: scratch)
      while let token = tokens.next() {
        switch test.wanted {
        case .any(let test): if test.holds(tokens.term) { return true }
        case .terms(let terms, let required):
          guard let index = terms.index(sorted: tokens.term), !isFound[index] else { continue }
          isFound[index] = true
          found += 1
          if found >= required { return true }
        case .similar(let terms, let required):
          for index in terms.indices where !isFound[index] && terms[index].matches(tokens.term) {
            isFound[index] = true
            found += 1
          }
          if found >= required { return true }
        case .phrase(let terms, let order, slop: 0): if continuePhrase(terms, order, tokens.term, token) { return true }
        case .phrase(let terms, _, _):
          if let index = terms.index(sorted: tokens.term) { positions[index].append(position) }
          position += 1
        }
      }
      if case .phrase(_, let order, slop: let slop) = test.wanted, slop > 0, LoosePhrase.matches(order, positions, slop: slop) {
        return true
      }
    }
    if case .terms(_, let required) = test.wanted { return found >= required }
    return false
  }

  private mutating func continuePhrase(
    _ terms: BytesVector, _ order: [Int], _ term: UnsafeBufferPointer<UInt8>, _ token: TokenIterator.Token
  ) -> Bool {
    guard let index = terms.index(sorted: term) else {
      partial.removeAll(keepingCapacity: true)
      return false
    }
    var next: [Int] = []
    for place in partial where order[place] == index { next.append(place + 1) }
    if order.first == index { next.append(1) }
    if next.contains(order.count) { return true }
    partial = next
    return false
  }
}

extension Column {
  /// The bytes of a slot; nil where the column has another layout.
  func bytes(inSlot slot: Int) -> UnsafeBufferPointer<UInt8>? {
    switch values {
    case .bytes(let values): values[slot]
    case .ordinals(let ordinals, let dictionary, _): dictionary[Int(ordinals[slot])]
    default: nil
    }
  }
}
