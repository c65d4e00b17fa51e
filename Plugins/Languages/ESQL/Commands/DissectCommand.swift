import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `DISSECT a "%{b} %{c}" APPEND_SEPARATOR = ","`: columns cut out of a text by what stands between them.
struct DissectCommand: Command {
  static let keyword = "dissect"

  var text: ExpressionSyntax
  var pattern: DissectPattern
  var patternText: String
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    text = try parser.expression()
    let place = parser.current.range
    patternText = try parser.text(or: keyword)
    var separator = ""
    while parser.current.kind == .identifier {
      let name = parser.text(of: parser.current)
      guard name.lowercased() == "append_separator" else {
        throw parser.error("Invalid option for dissect: [\(name)]", at: parser.current.range)
      }
      try parser.advance()
      try parser.expect(.assign)
      let (value, range) = try parser.constant()
      guard case .string(let text) = value else {
        throw parser.error("Invalid value for dissect append_separator: expected a string, but was [\(value)]", at: range)
      }
      separator = text
    }
    do {
      pattern = try DissectPattern(patternText, separator: separator)
    } catch {
      throw parser.error("Invalid pattern for dissect: [\(patternText)]: \(error.reason)", at: place)
    }
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.extract(.dissect(pattern), from: text, command: "Dissect", at: range)
  }

  var description: String { "DISSECT \(text) \(LiteralSyntax.string(patternText))" }
}

extension Parser {
  /// A constant text.
  mutating func text(or keyword: Token) throws(APIError) -> String {
    let (literal, range) = try constant()
    guard case .string(let text) = literal else {
      throw error("[\(text(of: keyword).uppercased())] expects a string, found [\(source.text(of: range))]", at: range)
    }
    return text
  }
}

extension Analyser {
  /// Adds the columns that an extractor finds in a text.
  ///
  /// - Parameters:
  ///   - prefix: what the columns' names begin with.
  ///   - command: its name, for errors.
  mutating func extract(
    _ extractor: TextExtractor, from syntax: ExpressionSyntax, prefix: String = "", command: String, at range: SourceRange
  ) {
    let fields = extractor.fields.map { (name: prefix + $0.name, type: $0.type) }
    guard let text = expression(syntax) else {
      for field in fields { addUnresolved(field.name) }
      return
    }
    guard text.type.isString || text.type == .null else {
      return problem(
        "\(command) only supports KEYWORD or TEXT values, found expression [\(source.text(of: syntax.range))] type [\(text.type.name.uppercased())]",
        at: syntax.range)
    }
    let outputs = fields.map { Attribute(name: $0.name, type: $0.type) }
    plan = .extract(plan, Plan.Extraction(text, extractor, outputs: outputs, origin: origin(range)))
    for output in outputs { add(output) }
  }
}
