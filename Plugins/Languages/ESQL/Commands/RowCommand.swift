/// `ROW a = 1, b = "x"`: one row of constants.
struct RowCommand: AssigningCommand {
  static let keyword = "row"

  var fields: [FieldSyntax]
  var range: SourceRange
}
