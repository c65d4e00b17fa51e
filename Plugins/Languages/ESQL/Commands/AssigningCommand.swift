import Meanwhile

/// A command that is a list of fields, each of which the next may use.
protocol AssigningCommand: Command {
  init(fields: [FieldSyntax], range: SourceRange)
  var fields: [FieldSyntax] { get }
}

extension AssigningCommand {
  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    let fields = try parser.fields()
    self.init(fields: fields, range: keyword.range.through(parser.previous))
  }

  func analyse(_ analyser: inout Analyser) { analyser.assign(fields) }

  var description: String { Self.keyword.uppercased() + " " + fields.map(\.description).joined(separator: ", ") }
}
