import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `FROM index, logs-*, -logs-old METADATA _id`: documents as rows.
struct FromCommand: Command {
  static let keyword = "from"
  static let mode = Lexer.Mode.source

  /// Index names and patterns in order; one that begins with `-` takes away.
  var patterns: [NameSyntax]
  var metadata: [NameSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    patterns = [try Self.pattern(&parser)]
    while try parser.accept(.comma) { patterns.append(try Self.pattern(&parser)) }
    metadata = []
    if try parser.accept(.metadata) {
      repeat {
        guard parser.current.kind == .source else { throw parser.mismatched(["UNQUOTED_SOURCE"]) }
        metadata.append(NameSyntax(text: parser.text(of: parser.current), range: parser.current.range))
        try parser.advance()
      } while try parser.accept(.comma)
    }
    range = keyword.range.through(parser.previous)
  }

  private static func pattern(_ parser: inout Parser) throws(APIError) -> NameSyntax {
    let start = parser.current.range
    if parser.current.kind == .openParenthesis { throw parser.error("subqueries in [FROM] are not supported yet") }
    var text = try part(&parser)
    // `cluster:index` and `index::selector` come as parts between colons.
    while parser.current.kind == .colon || parser.current.kind == .cast {
      text += parser.text(of: parser.current)
      try parser.advance()
      text += try part(&parser)
    }
    return NameSyntax(text: text, range: start.through(parser.previous))
  }

  private static func part(_ parser: inout Parser) throws(APIError) -> String {
    let token = parser.current
    switch token.kind {
    case .source:
      try parser.advance()
      return parser.text(of: token)
    case .string:
      try parser.advance()
      return parser.unquoted(string: token.range)
    default: throw parser.mismatched(["QUOTED_STRING", "UNQUOTED_SOURCE"])
    }
  }

  var indexPatterns: [String] { patterns.map(\.text) }

  func analyse(_ analyser: inout Analyser) {
    guard let indices = analyser.environment.indices else { return }
    var columns: [Plan.Scan.Column] = []
    for field in indices.fields() {
      let attribute = Attribute(name: field.name, type: field.type, originalTypes: field.originalTypes)
      columns.append(Plan.Scan.Column(attribute, .field(field.path)))
    }
    for name in metadata {
      guard let (type, source) = Self.metadataColumns[name.text] else {
        analyser.problem("unsupported metadata field [\(name)]", at: name.range)
        continue
      }
      columns.append(Plan.Scan.Column(Attribute(name: name.text, type: type), source))
    }
    let visible = columns.map(\.attribute)
    if let filter = analyser.environment.filter { columns += filter.columns }
    analyser.plan = .scan(Plan.Scan(snapshots: indices.snapshots, columns: columns, filter: analyser.environment.filter?.condition))
    analyser.setColumns(visible)
  }

  /// What METADATA may name.
  private static let metadataColumns: [String: (DataType, Plan.Scan.Source)] = [
    "_id": (.keyword, .metadata(MetadataField.id)), "_ignored": (.keyword, .metadata(MetadataField.ignored)), "_index": (.keyword, .index),
    "_index_mode": (.keyword, .indexMode), "_score": (.double, .score), "_source": (.source, .metadata(MetadataField.source)),
    "_version": (.long, .metadata(MetadataField.version)),
  ]

  var description: String {
    "FROM " + patterns.map(\.text).joined(separator: ", ")
      + (metadata.isEmpty ? "" : " METADATA " + metadata.map(\.text).joined(separator: ", "))
  }
}
