import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `GROK a "%{WORD:b} %{NUMBER:c:int}"`: columns cut out of a text by regular expressions, of which the first that matches counts.
struct GrokCommand: Command {
  static let keyword = "grok"

  var text: ExpressionSyntax
  var patterns: GrokPatterns
  var patternTexts: [String]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    text = try parser.expression()
    let place = parser.current.range
    patternTexts = []
    repeat { patternTexts.append(try parser.text(or: keyword)) } while try parser.accept(.comma)
    do {
      patterns = try GrokPatterns(patternTexts)
    } catch {
      throw parser.error(
        "Invalid GROK pattern\(patternTexts.count > 1 ? "s" : "") [\(patternTexts.joined(separator: ", "))]: [\(error.reason)]", at: place)
    }
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.extract(.grok(patterns), from: text, command: "Grok", at: range)
  }

  var description: String { "GROK \(text) " + patternTexts.map { LiteralSyntax.string($0).description }.joined(separator: ", ") }
}
