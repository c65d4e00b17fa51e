#if CLI
import Meanwhile

/// Writes a query's answer to standard output, and what is to be said about it to standard error.
struct ResultWriter {
  let format: OutputFormat

  func write(_ answer: ServiceAnswer) throws {
    let body = try answer.json()
    guard format != .json else {
      Terminal.write(output: answer.body.last == UInt8(ascii: "\n") ? answer.body : answer.body + [UInt8(ascii: "\n")])
      return
    }
    // On a terminal one long text would push the other columns out of sight. A file gets everything.
    let table = try ResultTable(body)
    Terminal.write(output: table.rendered(as: format, cellWidthMax: Terminal.isOutputTerminal ? 60 : nil))
    for warning in answer.headers.all("Warning") { Terminal.warn(Self.text(ofWarning: warning)) }
    if body["is_partial"]?.bool == true { Terminal.warn("the answer is incomplete") }
    if format == .table, Terminal.isErrorTerminal {
      let took = body["took"]?.int.map { ", \($0) ms" } ?? ""
      Terminal.write(error: "(\(table.rows.count) row\(table.rows.count == 1 ? "" : "s")\(took))\n")
    }
  }

  /// The quoted text of a `Warning` header (RFC 7234, section 5.5): `299 agent "text"`.
  private static func text(ofWarning header: String) -> String {
    guard let start = header.firstIndex(of: "\""), let end = header.lastIndex(of: "\""), start < end else { return header }
    return String(header[header.index(after: start)..<end])
  }
}
#endif
