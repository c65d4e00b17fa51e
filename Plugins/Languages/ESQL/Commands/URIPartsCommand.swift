import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `URI_PARTS parts = uri`: the parts of a URI as columns `parts.domain`, `parts.path`, ….
struct URIPartsCommand: Command {
  static let keyword = "uri_parts"

  var prefix: NameSyntax
  var uri: ExpressionSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    prefix = try parser.name()
    try parser.expect(.assign)
    uri = try parser.expression()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    analyser.extract(.uriParts, from: uri, prefix: prefix.text + ".", command: "URI_PARTS", at: range)
  }

  var description: String { "URI_PARTS \(prefix) = \(uri)" }
}
