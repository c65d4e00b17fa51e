import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `SAMPLE 0.1`: every row with a probability.
struct SampleCommand: Command {
  static let keyword = "sample"

  var probability: Double
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    let (literal, place) = try parser.constant()
    guard case .double(let value) = literal, value > 0, value < 1 else {
      throw parser.error(
        "invalid value for SAMPLE probability [\(parser.source.text(of: place))], expecting a number between 0 and 1, exclusive",
        at: keyword.range)
    }
    probability = value
    range = keyword.range.through(parser.previous)
  }

  /// A random number a row, computed where the command stands, so that no rewriting of the plan moves the choice.
  func analyse(_ analyser: inout Analyser) {
    let number = Attribute(name: "random", type: .double)
    let functions = analyser.environment.functions
    guard let random = try? functions.call(OperatorName.random, []),
      let isChosen = try? functions.call("<", [.column(number), .literal(.double(probability), .double)])
    else { return }
    analyser.plan = .filter(.eval(analyser.plan, [Plan.Assignment(number, random)]), isChosen)
  }

  var description: String { "SAMPLE \(probability)" }
}
