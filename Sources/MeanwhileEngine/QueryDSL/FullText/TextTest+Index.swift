import MeanwhileData

extension TextTest {
  /// A byte for each row of a segment, 1 where its terms pass.
  func rows(of index: InvertedIndex, rowCount: Int) throws -> Vector<UInt8> {
    switch wanted {
    case .terms(let terms, let required): try Self.rows(of: index, rowCount: rowCount, terms, required: required)
    case .similar(let terms, let required): try Self.rows(of: index, rowCount: rowCount, similar: terms, required: required)
    case .phrase(let terms, let order, let slop):
      try PhraseSearch(terms, order: order, slop: slop, in: index)?.rows(rowCount) ?? .none(rowCount)
    case .any(let test):
      try Vector<UInt8>(count: rowCount) { target in
        target.initialize(repeating: 0, count: rowCount)
        for term in test.terms(of: index) { try index.mark(term, in: target) }
      }
    }
  }

  /// A row counts a term once, however many of the index's terms are like it.
  private static func rows(of index: InvertedIndex, rowCount: Int, similar terms: [SimilarTerm], required: Int) throws -> Vector<UInt8> {
    let counts = try Vector<UInt16>(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      var last = [Int](repeating: -1, count: rowCount)
      for (number, term) in terms.enumerated() {
        for place in 0..<index.terms.count where term.matches(index.terms[place]) {
          let postings = try index.postings(ofTerm: place)
          for found in 0..<postings.count where last[Int(postings.rows[found])] != number {
            let row = Int(postings.rows[found])
            last[row] = number
            if target[row] < .max { target[row] += 1 }
          }
        }
      }
    }
    return Vector(count: rowCount) { target in
      for row in 0..<rowCount { (target + row).initialize(to: Int(counts[row]) >= required ? 1 : 0) }
    }
  }

  private static func rows(of index: InvertedIndex, rowCount: Int, _ terms: BytesVector, required: Int) throws -> Vector<UInt8> {
    let places = (0..<terms.count).compactMap { index.find(terms[$0]) }
    guard places.count >= required else { return .none(rowCount) }
    if required == 1 {
      return try Vector<UInt8>(count: rowCount) { target in
        target.initialize(repeating: 0, count: rowCount)
        for place in places { try index.mark(place, in: target) }
      }
    }
    // Counts saturate far above the number of terms that a query may have.
    let counts = try Vector<UInt16>(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      for place in places {
        let postings = try index.postings(ofTerm: place)
        for found in 0..<postings.count {
          let row = Int(postings.rows[found])
          if target[row] < .max { target[row] += 1 }
        }
      }
    }
    return Vector(count: rowCount) { target in
      for row in 0..<rowCount { (target + row).initialize(to: Int(counts[row]) >= required ? 1 : 0) }
    }
  }
}

extension Vector<UInt8> {
  /// No row passes.
  fileprivate static func none(_ rowCount: Int) -> Vector<UInt8> { Vector(repeating: 0, count: rowCount) }
}

extension ValueTest.BytesTest {
  /// The terms of an index that pass: found in its order where the test has one.
  fileprivate func terms(of index: InvertedIndex) -> [Int] {
    switch self {
    case .oneOf(let values): return (0..<values.count).compactMap { index.find(values[$0]) }
    case .range(let low, _, _, _):
      var found: [Int] = []
      for term in (low.map { index.firstTerm(from: $0.buffer) } ?? 0)..<index.terms.count {
        if holds(index.terms[term]) {
          found.append(term)
        } else if !found.isEmpty {
          break
        }
      }
      return found
    case .ranges, .pattern: return (0..<index.terms.count).filter { holds(index.terms[$0]) }
    }
  }
}

/// Finds the rows in which terms come one after another: those that have all of them, and of these the ones with the right positions.
private struct PhraseSearch {
  /// A term's rows, and how far the search has come in them.
  private struct List {
    let postings: InvertedIndex.Postings
    let positions: Vector<UInt32>
    var next = 0
    /// Where the positions of the next row begin.
    var start = 0

    /// The positions in a row; nil where it lacks the term. Rows must be asked for in ascending order.
    mutating func positions(inRow row: UInt32) -> Range<Int>? {
      while next < postings.count, postings.rows[next] < row {
        start += Int(postings.frequencies[next])
        next += 1
      }
      guard next < postings.count, postings.rows[next] == row else { return nil }
      return start..<start + Int(postings.frequencies[next])
    }
  }

  /// By term.
  private var lists: [List] = []
  /// For each place of the phrase, its term.
  private let order: [Int]
  private let slop: Int

  /// - Returns: nil where a term is in no row.
  init?(_ terms: BytesVector, order: [Int], slop: Int, in index: InvertedIndex) throws {
    self.order = order
    self.slop = slop
    for term in 0..<terms.count {
      guard let place = index.find(terms[term]) else { return nil }
      let postings = try index.postings(ofTerm: place)
      lists.append(List(postings: postings, positions: try index.positions(ofTerm: place, postings)))
    }
  }

  consuming func rows(_ rowCount: Int) -> Vector<UInt8> {
    var search = self
    return Vector(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      guard let rarest = search.lists.min(by: { $0.postings.count < $1.postings.count }) else { return }
      for found in 0..<rarest.postings.count {
        let row = rarest.postings.rows[found]
        if search.matches(row) { target[Int(row)] = 1 }
      }
    }
  }

  private mutating func matches(_ row: UInt32) -> Bool {
    var found: [Range<Int>] = []
    for term in lists.indices {
      guard let range = lists[term].positions(inRow: row) else { return false }
      found.append(range)
    }
    guard slop == 0 else {
      return LoosePhrase.matches(
        order, lists.indices.map { list in found[list].map { Int(lists[list].positions[$0]) } }, slop: slop)
    }
    guard let first = order.first else { return false }
    return found[first].contains { begin in
      let position = lists[first].positions[begin]
      return order.indices.dropFirst().allSatisfy { place in
        let term = order[place]
        return lists[term].positions.contains(position &+ UInt32(truncatingIfNeeded: place), in: found[term])
      }
    }
  }
}

extension Vector<UInt32> {
  /// Whether an ascending part holds a value.
  fileprivate func contains(_ value: UInt32, in part: Range<Int>) -> Bool {
    var (low, high) = (part.lowerBound, part.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low < part.upperBound && self[low] == value
  }
}
