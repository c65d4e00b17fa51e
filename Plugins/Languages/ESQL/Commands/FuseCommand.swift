import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `FUSE rrf SCORE BY _score GROUP BY _fork KEY BY _id, _index WITH {"rank_constant": 60}`: several rankings of the same documents become one.
struct FuseCommand: Command {
  static let keyword = "fuse"

  private enum Part: String {
    case score, group, key
  }

  var method: String
  var score: NameSyntax
  var group: NameSyntax
  var keys: [NameSyntax]
  var options: [OptionSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    func standard(_ name: String) -> NameSyntax { NameSyntax(text: name, range: keyword.range) }
    method = "rrf"
    (score, group, keys) = (standard("_score"), standard("_fork"), [standard("_id"), standard("_index")])
    options = []
    for name in ["rrf", "linear"] where parser.isWord(name) {
      method = name
      try parser.advance()
      break
    }
    while let part = Part(rawValue: parser.text(of: parser.current).lowercased()) {
      try parser.advance()
      try parser.expect(.by)
      switch part {
      case .score: score = try parser.name()
      case .group: group = try parser.name()
      case .key:
        keys = [try parser.name()]
        while try parser.accept(.comma) { keys.append(try parser.name()) }
      }
    }
    if try parser.accept(.with) { options = try parser.options() }
    range = keyword.range.through(parser.previous)
  }

  /// Shares of the score are computed row by row, then the rows of a document become one: shares are summed, values gathered.
  func analyse(_ analyser: inout Analyser) {
    let found = (analyser.column(score), analyser.column(group), keys.compactMap { analyser.column($0) })
    guard let score = found.0, let group = found.1, found.2.count == keys.count else { return }
    guard score.type == .double else {
      return analyser.problem(
        "expected SCORE BY column [\(score.name)] to be DOUBLE, not \(score.type.name.uppercased())", at: self.score.range)
    }
    guard group.type.isString else {
      return analyser.problem(
        "expected GROUP BY field [\(group.name)] to be KEYWORD or TEXT, not \(group.type.name.uppercased())", at: self.group.range)
    }
    guard let (fusion, weights) = fusion(&analyser) else { return }
    let share = Attribute(name: score.name, type: .double)
    let before = analyser.columns
    let ranked = Plan.window(
      analyser.plan,
      .fusion(fusion, score: score, ranking: group, output: share, weights: weights, origin: analyser.origin(range)))
    var columns: [Attribute] = []
    var groups: [Plan.Assignment] = []
    var aggregates: [Plan.Aggregate] = []
    for column in before {
      if found.2.contains(column) {
        let key = Attribute(name: column.name, type: column.type)
        groups.append(Plan.Assignment(key, .column(column)))
        columns.append(key)
        continue
      }
      let (function, input) = column == score ? ("sum", share) : ("values", column)
      // What has no values to gather, such as a source, is not in the result.
      guard let (aggregate, resolution) = try? analyser.environment.functions.resolveAggregate(function, [.column(input)]) else { continue }
      let result = Attribute(name: column.name, type: resolution.type)
      aggregates.append(
        Plan.Aggregate(
          attribute: result, function: aggregate, resolution: resolution, arguments: [.column(input)], origin: analyser.origin(range)))
      columns.append(result)
    }
    analyser.plan = .aggregate(ranked, Plan.Aggregation(groups: groups, aggregates: aggregates))
    analyser.setColumns(columns)
  }

  /// The method and the rankings' weights; nil where the options are wrong, which is noted.
  private func fusion(_ analyser: inout Analyser) -> (RankFusion, [String: Double])? {
    var (constant, normalizer, weights) = (60.0, RankFusion.Normalizer.none, [String: Double]())
    for option in options {
      switch (option.name, option.value) {
      case ("rank_constant", .literal(let literal)) where method == "rrf" && literal.number ?? 0 > 0: constant = literal.number ?? constant
      case ("normalizer", .literal(.string(let name))) where method == "linear":
        guard let found = RankFusion.Normalizer(rawValue: name.lowercased()) else {
          analyser.problem("[\(name)] is not a valid normalizer", at: option.range)
          return nil
        }
        normalizer = found
      case ("weights", .options(let list)):
        for weight in list {
          guard case .literal(let literal) = weight.value, let number = literal.number, number >= 0 else {
            analyser.problem("expected weights to be positive numbers, got [\(OptionSyntax.describe([weight]))]", at: weight.range)
            return nil
          }
          weights[weight.name] = number
        }
      default:
        analyser.problem("unknown option [\(option.name)] or value of it in [FUSE \(method)]", at: option.range)
        return nil
      }
    }
    return (method == "rrf" ? .reciprocalRank(constant: constant) : .linear(normalizer), weights)
  }

  var description: String {
    "FUSE \(method) SCORE BY \(score) GROUP BY \(group) KEY BY " + keys.map(\.text).joined(separator: ", ")
      + (options.isEmpty ? "" : " WITH " + OptionSyntax.describe(options))
  }
}

extension LiteralSyntax {
  fileprivate var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .long(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }
}
