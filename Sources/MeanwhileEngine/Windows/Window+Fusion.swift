import MeanwhileData

/// How the scores of several rankings become comparable.
public enum RankFusion: Sendable, Hashable {
  /// Reciprocal rank fusion: one over the rank and a constant.
  case reciprocalRank(constant: Double)
  /// The scores themselves, brought to a scale.
  case linear(Normalizer)

  public enum Normalizer: String, Sendable, Hashable, CaseIterable {
    case none
    /// To between 0 and 1.
    case minmax
    /// To a vector of length 1.
    case l2Norm = "l2_norm"
  }
}

extension Plan.Window {
  /// A row's share of its document's score, from its place or score within its ranking.
  ///
  /// - Parameters:
  ///   - ranking: names the ranking that a row is of; rows come in their order within it.
  ///   - weights: of rankings by name; 1 for those that are not there.
  public static func fusion(
    _ method: RankFusion, score: Attribute, ranking: Attribute, output: Attribute, weights: [String: Double], origin: Expression.Origin
  ) -> Plan.Window {
    Plan.Window("fuse", inputs: [score, ranking], outputs: [output], origin: origin) { columns, frame in
      var rankings: [Value: [Int]] = [:]
      for row in 0..<frame.rowCount { rankings[columns[1].value(atRow: row), default: []].append(row) }
      let scores = columns[0].widened(to: .double)
      func score(_ row: Int) -> Double? { if case .double(let value) = scores.value(atRow: row) { value } else { nil } }
      var shares = [Value](repeating: .null, count: frame.rowCount)
      for (name, rows) in rankings where name != .null {
        let weight = if case .bytes(let bytes) = name { weights[String(decoding: bytes, as: UTF8.self)] ?? 1 } else { 1.0 }
        switch method {
        case .reciprocalRank(let constant):
          for (rank, row) in rows.enumerated() { shares[row] = .double(weight / (constant + Double(rank + 1))) }
        case .linear(let normalizer):
          let scale = normalizer.scale(of: rows.compactMap(score))
          for row in rows { if let value = score(row) { shares[row] = .double(weight * scale(value)) } }
        }
      }
      return [ColumnBuilder.column(of: shares, type: .double)]
    }
  }
}

extension RankFusion.Normalizer {
  /// Brings a ranking's scores to this scale.
  fileprivate func scale(of scores: [Double]) -> (Double) -> Double {
    switch self {
    case .none: return { $0 }
    case .minmax:
      let (low, high) = (scores.min() ?? 0, scores.max() ?? 0)
      return { high > low ? ($0 - low) / (high - low) : 1 }
    case .l2Norm:
      let length = scores.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return { length > 0 ? $0 / length : 0 }
    }
  }
}
