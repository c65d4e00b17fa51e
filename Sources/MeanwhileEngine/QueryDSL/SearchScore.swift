import MeanwhileData

/// The relevance of the documents that a query means.
enum SearchScore: Sendable {
  /// The same for every document that matches.
  case constant(Double)
  /// A double for each document; 0 for one that does not match.
  case varying(Expression)

  /// The score as an expression.
  var expression: Expression {
    switch self {
    case .constant(let value): .literal(.double(value), .double)
    case .varying(let expression): expression
    }
  }

  func boosted(by boost: Double) -> SearchScore {
    guard boost != 1 else { return self }
    switch self {
    case .constant(let value): return .constant(value * boost)
    case .varying(let expression):
      return .varying(
        Self.call("score_boost", [expression]) { arguments, frame in
          frame.map(frame.cells(arguments[0], of: Double.self), type: .double) { $0 * boost }
        })
    }
  }

  /// The score where a condition holds, else 0.
  func given(_ condition: Expression) -> SearchScore {
    .varying(
      Self.call("score_if", [condition, expression]) { arguments, frame in
        frame.zip(frame.cells(arguments[0], of: UInt8.self), frame.cells(arguments[1], of: Double.self), type: .double) { $0 == 0 ? 0 : $1 }
      })
  }

  static func sum(_ scores: [SearchScore]) -> SearchScore {
    var constant = 0.0
    var varying: [Expression] = []
    for score in scores {
      switch score {
      case .constant(let value): constant += value
      case .varying(let expression): varying.append(expression)
      }
    }
    if varying.isEmpty { return .constant(constant) }
    let rest = constant
    return .varying(
      call("score_sum", varying) { arguments, frame in
        let cells = arguments.map { frame.cells($0, of: Double.self) }
        let result = Vector<Double>(count: frame.rowCount) { target in
          for row in 0..<frame.rowCount {
            var sum = rest
            for cell in cells { if let cell { sum += cell[row] } }
            (target + row).initialize(to: sum)
          }
        }
        return Column(type: .double, rowCount: frame.rowCount, values: .doubles(result))
      })
  }

  /// The greatest, and a share of the others.
  static func greatest(_ scores: [SearchScore], tieBreaker: Double) -> SearchScore {
    .varying(
      call("score_max", scores.map(\.expression)) { arguments, frame in
        let cells = arguments.map { frame.cells($0, of: Double.self) }
        let result = Vector<Double>(count: frame.rowCount) { target in
          for row in 0..<frame.rowCount {
            var best = 0.0
            var sum = 0.0
            for cell in cells {
              guard let value = cell?[row] else { continue }
              best = max(best, value)
              sum += value
            }
            (target + row).initialize(to: best + (sum - best) * tieBreaker)
          }
        }
        return Column(type: .double, rowCount: frame.rowCount, values: .doubles(result))
      })
  }

  /// BM25 of a field's texts (k1 = 1.2, b = 0.75, with the constant factor k1 + 1, as Elasticsearch has it).
  ///
  /// - Parameters:
  ///   - statistics: of the field, for the terms of the query.
  ///   - analyzer: cuts texts; nil for keywords, whose length counts for nothing.
  static func relevance(of attribute: Attribute, _ statistics: RelevanceStatistics, analyzer: Analyzer?) -> SearchScore {
    let terms = statistics.terms
    let weights = (0..<terms.count).map { 2.2 * statistics.inverseFrequency($0) }
    let averageLength = statistics.averageLength
    return .varying(
      call("bm25", [.column(attribute)]) { arguments, frame in
        let column = arguments[0]
        var frequencies = [Int](repeating: 0, count: terms.count)
        let scratch = VectorBuilder<UInt8>(capacity: 256)
        let result = Vector<Double>(count: frame.rowCount) { target in
          for row in 0..<frame.rowCount {
            let length = column.countTerms(terms, row: row, analyzer: analyzer, scratch, into: &frequencies)
            let norm = analyzer == nil ? 1.2 : 1.2 * (0.25 + 0.75 * Double(length) / averageLength)
            var score = 0.0
            for term in frequencies.indices where frequencies[term] > 0 {
              let frequency = Double(frequencies[term])
              score += weights[term] * frequency / (frequency + norm)
            }
            (target + row).initialize(to: score)
          }
        }
        return Column(type: .double, rowCount: frame.rowCount, values: .doubles(result))
      })
  }

  private static func call(
    _ name: String, _ arguments: [Expression], _ kernel: @escaping @Sendable ([Column], EvaluationFrame) throws -> Column
  ) -> Expression {
    let resolution = ScalarFunction.Resolution(type: .double, kernel: .eager(kernel))
    let documentation = FunctionDocumentation(
      category: .search, syntax: "\(name)(…)", summary: "A part of a search's score.", propagatesNull: false)
    let function = ScalarFunction(name: name, documentation: documentation) { _ throws(FunctionError) in resolution }
    return .call(Expression.Call(function: function, arguments: arguments, resolution: resolution, origin: .none))
  }
}

extension Column {
  /// Counts how often each of some terms comes in a row.
  ///
  /// - Returns: how many terms the row has.
  fileprivate func countTerms(
    _ terms: BytesVector, row: Int, analyzer: Analyzer?, _ scratch: VectorBuilder<UInt8>, into frequencies: inout [Int]
  ) -> Int {
    for index in frequencies.indices { frequencies[index] = 0 }
    var length = 0
    for slot in slots(ofRow: row) {
      guard let text = bytes(inSlot: slot) else { continue }
      guard let analyzer else {
        length += 1
        if let term = terms.index(sorted: text) { frequencies[term] = 1 }
        continue
      }
      var tokens = analyzer.tokens(of: text, scratch: scratch)
      while tokens.next() != nil {
        length += 1
        if let term = terms.index(sorted: tokens.term) { frequencies[term] += 1 }
      }
    }
    return length
  }
}
