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

  /// BM25 of a field.
  ///
  /// - Parameter analyzer: cuts texts; nil for keywords, each of which is a term.
  static func relevance(of variant: SearchFields.Variant, _ relevance: TextRelevance, analyzer: Analyzer?) -> SearchScore {
    let lookup = analyzer.map { TextLookup(.relevance(relevance), path: variant.leaf.path, analyzer: $0) }
    return .varying(
      call("bm25", [.column(variant.attribute)], lookup: lookup) { arguments, frame in
        Column(type: .double, rowCount: frame.rowCount, values: .doubles(relevance.scores(of: arguments[0], analyzer: analyzer)))
      })
  }

  private static func call(
    _ name: String, _ arguments: [Expression], lookup: TextLookup? = nil,
    _ kernel: @escaping @Sendable ([Column], EvaluationFrame) throws -> Column
  ) -> Expression {
    var made = ScalarFunction.Resolution(type: .double, kernel: .eager(kernel))
    made.lookup = lookup
    let resolution = made
    let documentation = FunctionDocumentation(
      category: .search, syntax: "\(name)(…)", summary: "A part of a search's score.", propagatesNull: false)
    let function = ScalarFunction(name: name, documentation: documentation) { _ throws(FunctionError) in resolution }
    return .call(Expression.Call(function: function, arguments: arguments, resolution: resolution, origin: .none))
  }
}
