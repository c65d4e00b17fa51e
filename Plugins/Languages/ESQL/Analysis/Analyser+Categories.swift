import Meanwhile
import MeanwhileData
import MeanwhileEngine

// CATEGORIZE, the grouping function whose groups are found in the texts themselves.

extension Analyser {
  static let categorize = "categorize"

  /// The column of a text's categories; nil where the call is wrong, which has been noted.
  ///
  /// - Parameter computed: what was computed for groups before, which goes below.
  mutating func category(_ call: CallSyntax, named name: String, over computed: inout [Plan.Assignment], at range: SourceRange)
    -> Attribute?
  {
    guard call.arguments.count == 1 else {
      problem("error building [\(call.name)]: expects exactly one argument", at: range)
      return nil
    }
    guard let text = expression(call.arguments[0]) else { return nil }
    guard text.type.isString || text.type == .null else {
      problem(
        "first argument of [\(source.text(of: range))] must be [string], found value [\(source.text(of: call.arguments[0].range))] "
          + "type [\(text.type.name)]", at: range)
      return nil
    }
    var format = Plan.Window.CategoryFormat.regex
    var similarity = 70
    for option in call.options {
      switch (option.name, option.value) {
      case ("output_format", .literal(.string(let value))) where Plan.Window.CategoryFormat(rawValue: value.lowercased()) != nil:
        format = Plan.Window.CategoryFormat(rawValue: value.lowercased()) ?? format
      case ("similarity_threshold", .literal(.integer(let value))) where 1...100 ~= value: similarity = Int(value)
      // Which words count is decided here.
      case ("analyzer", .literal(.string)): break
      default:
        problem("Invalid option [\(option.name)] in [\(source.text(of: range))]", at: option.range)
        return nil
      }
    }
    let input = Attribute(name: name, type: text.type)
    let output = Attribute(name: name, type: .keyword)
    plan = .window(
      .eval(plan, computed + [Plan.Assignment(input, text)]),
      .categories(of: input, output: output, format: format, similarityPercent: similarity, origin: origin(range)))
    computed = []
    return output
  }
}
