#if CLI
import Meanwhile
import Testing

@testable import MeanwhileCommandLine

@Suite("Results as tables")
struct ResultTableTests {
  private func table(_ json: String) throws -> ResultTable {
    try ResultTable(try JSONValue.parse(Array(json.utf8)))
  }

  static let answers: [(json: String, csv: String)] = [
    (#"{"columns":[{"name":"a","type":"long"},{"name":"b","type":"keyword"}],"values":[[1,"x"],[null,"y"]]}"#, "a,b\r\n1,x\r\n,y\r\n"),
    (#"{"hits":{"hits":[{"_id":"1","_source":{"a":{"b":1}}},{"_id":"2","_source":{"c":2}}]}}"#, "_id,a.b,c\r\n1,1,\r\n2,,2\r\n"),
    (#"{"hits":{"events":[{"_id":"1","_source":{"a":1}}]}}"#, "_id,a\r\n1,1\r\n"),
    (
      #"{"hits":{"sequences":[{"join_keys":["u"],"events":[{"_id":"1","_source":{}},{"_id":"2","_source":{}}]}]}}"#,
      "sequence,join_keys,_id\r\n1,[u],1\r\n1,[u],2\r\n"
    ),
    (#"{"response":{"hits":{"hits":[{"_id":"1","_source":{"a":1}}]}}}"#, "_id,a\r\n1,1\r\n"),
    (#"{"hits":{"hits":[]}}"#, "\r\n"),
  ]

  @Test("Whatever shape an API gives its rows, they become rows", arguments: answers)
  func shapes(_ json: String, _ csv: String) throws {
    #expect(try table(json).rendered(as: .csv, cellWidthMax: nil) == csv)
  }

  @Test("An answer without rows is an error")
  func noRows() {
    #expect(throws: CommandFailure.self) { try table(#"{"acknowledged":true}"#) }
  }

  @Test("Columns stand side by side, numbers to the right")
  func aligned() throws {
    let text = try table(#"{"columns":[{"name":"n"},{"name":"name"}],"values":[[5,"ä"],[1234,"long name"]]}"#)
      .rendered(as: .table, cellWidthMax: nil)
    #expect(text == "   n  name\n----  ---------\n   5  ä\n1234  long name\n")
  }

  @Test("A cell is one line, cut where it is too long, and nothing in it reaches the terminal")
  func cells() throws {
    let text = try table(#"{"columns":[{"name":"c"}],"values":[["a\nb"],["\u001b[31mred"],["0123456789"]]}"#)
      .rendered(as: .table, cellWidthMax: 8)
    #expect(text == "c\n--------\na\\nb\n\u{FFFD}[31mred\n0123456…\n")
  }

  @Test("Delimited output quotes or escapes what would break it")
  func escapes() throws {
    let table = try table(#"{"columns":[{"name":"c"}],"values":[["a,\"b\""],["x\ty\\"],[[1,2]]]}"#)
    #expect(table.rendered(as: .csv, cellWidthMax: nil) == "c\r\n\"a,\"\"b\"\"\"\r\nx\ty\\\r\n\"[1, 2]\"\r\n")
    #expect(table.rendered(as: .tsv, cellWidthMax: nil) == "c\na,\"b\"\nx\\ty\\\\\n[1, 2]\n")
  }
}
#endif
