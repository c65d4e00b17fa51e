/// `EVAL a = b + 1, …`: new columns, each of which the next may use.
struct EvalCommand: AssigningCommand {
  static let keyword = "eval"

  var fields: [FieldSyntax]
  var range: SourceRange
}
