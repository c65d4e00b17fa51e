#if CLI
import Testing

@testable import MeanwhileCommandLine

@Suite("Records of a delimited file")
struct RecordParserTests {
  static let cases: [(text: String, records: [[String]])] = [
    ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("a,b", [["a", "b"]]),
    ("a,,c\n", [["a", "", "c"]]),
    (",\n", [["", ""]]),
    ("\"a,b\",c\n", [["a,b", "c"]]),
    ("\"say \"\"hi\"\"\"\n", [["say \"hi\""]]),
    ("\"two\nlines\",x\n", [["two\nlines", "x"]]),
    ("\"\"\n", [[""]]),
    ("a\n\n\nb\n", [["a"], ["b"]]),
    ("it\"s,fine\n", [["it\"s", "fine"]]),
    ("", []),
  ]

  @Test("Quotes protect, empty lines are none", arguments: cases)
  func records(_ text: String, _ expected: [[String]]) {
    // Cut at every place there is: a block may end anywhere.
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      var parser = RecordParser(delimiter: UInt8(ascii: ","))
      let records = parser.take(Array(bytes[..<cut])) + parser.take(Array(bytes[cut...])) + [parser.finish()].compactMap { $0 }
      #expect(records.map { $0.fields.map { String(decoding: $0.bytes, as: UTF8.self) } } == expected, "cut at \(cut)")
    }
  }

  @Test("A record knows the line it begins on")
  func lines() {
    var parser = RecordParser(delimiter: UInt8(ascii: ","))
    let records = parser.take(Array("h\n\"two\nlines\"\n\nlast\n".utf8))
    #expect(records.map(\.line) == [1, 2, 5])
  }
}
#endif
