import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `FORK (WHERE a | LIMIT 1) (STATS COUNT(*))`: the rows of several branches over the same rows, each with the name of its branch in `_fork`.
struct ForkCommand: Command {
  static let keyword = "fork"
  static let branchesMax = 8

  var branches: [[any Command]]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    branches = []
    repeat {
      branches.append(try parser.parenthesized(Commands.processing, then: .expression))
    } while parser.current.kind == .openParenthesis
    range = keyword.range.through(parser.previous)
    guard branches.count <= Self.branchesMax else {
      throw parser.error("Fork supports up to \(Self.branchesMax) branches", at: keyword.range)
    }
  }

  var sources: [SourceReference] { branches.flatMap { $0.flatMap(\.sources) } }

  func analyse(_ analyser: inout Analyser) throws(APIError) {
    guard !analyser.isWithinFork else { return analyser.problem("Only a single FORK command is supported, but found multiple", at: range) }
    var ends: [Analyser] = []
    for (index, commands) in branches.enumerated() {
      var branch = try analyser.branch(commands)
      let name = Attribute(name: "_fork", type: .keyword)
      branch.plan = .eval(branch.plan, [Plan.Assignment(name, .literal(.string("fork\(index + 1)"), .keyword))])
      branch.add(name)
      ends.append(branch)
    }
    analyser.isWithinFork = true
    analyser.searchScope.scored = []
    analyser.unite(ends) { name, types, analyser in
      let list = types.map { "[\($0.name.uppercased())]" }.joined(separator: " and ")
      analyser.problem("Column [\(name)] has conflicting data types in FORK branches: \(list)", at: range)
    }
  }

  var description: String {
    "FORK " + branches.map { "(" + $0.map { "\($0)" }.joined(separator: " | ") + ")" }.joined(separator: " ")
  }
}
