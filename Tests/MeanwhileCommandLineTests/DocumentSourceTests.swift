#if CLI
import Meanwhile
import Testing

@testable import MeanwhileCommandLine

@Suite("Documents out of files")
struct DocumentSourceTests {
  /// The documents of a text, read in blocks of a size.
  private func documents(_ text: String, _ format: ImportFormat, block: Int = 1 << 20) -> (bodies: [String], batch: BulkBatch) {
    var source = format.makeSource()
    var batch = BulkBatch(action: Array("{}\n".utf8))
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      source.take(Array(rest.prefix(block)), into: &batch)
      rest = rest.dropFirst(block)
    }
    source.finish(into: &batch)
    let lines = String(decoding: batch.body, as: UTF8.self).split(separator: "\n").map(String.init)
    return (lines.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element), batch)
  }

  @Test("Lines of JSON go on as they are; empty ones are skipped and counted", arguments: [1, 3, 1000])
  func ndjson(block: Int) {
    let (bodies, batch) = documents("{\"a\":1}\n\n  \r\n{\"a\":\n{\"a\":2}", .ndjson, block: block)
    #expect(bodies == ["{\"a\":1}", "{\"a\":", "{\"a\":2}"])
    #expect(batch.lines == [1, 4, 5])
  }

  @Test("The elements of an array go on one by one, with the lines they begin on", arguments: [1, 5, 1000])
  func array(block: Int) {
    let text = "\n [ {\"a\":\"],[\\\"\"},\n{\n\"b\": [1, {}]\n}\n , 7 ]\n"
    let (bodies, batch) = documents(text, .ndjson, block: block)
    #expect(bodies == ["{\"a\":\"],[\\\"\"}", "{ \"b\": [1, {}] }  ", "7 "])
    #expect(batch.lines == [2, 3, 6])
    #expect(batch.refused.isEmpty)
    #expect(documents("[{}", .ndjson, block: block).batch.refused.map(\.line) == [1])
    #expect(documents("[{}]\nx", .ndjson, block: block).batch.refused.map(\.line) == [2])
  }

  @Test("A header may give types; what is no type is part of the name")
  func typedHeader() {
    let (bodies, batch) = documents("code:keyword,n:long,time:12\n007,8,x\n", .csv)
    #expect(bodies == ["{\"code\":\"007\",\"n\":\"8\",\"time:12\":\"x\"}"])
    #expect(batch.declared.map(\.name) == ["code", "n"] && batch.declared.map(\.type) == ["keyword", "long"])
  }

  static let columns: [(values: [String], json: [String])] = [
    (["1", "-2", "3"], ["1", "-2", "3"]),
    (["1", "2.5", "1e3"], ["1", "2.5", "1e3"]),
    (["1", "x"], ["\"1\"", "\"x\""]),
    (["007", "8"], ["\"007\"", "\"8\""]),
    (["true", "false"], ["true", "false"]),
    (["true", "1"], ["\"true\"", "\"1\""]),
    (["\"1\"", "2"], ["\"1\"", "\"2\""]),
    (["2025-01-01", "x y"], ["\"2025-01-01\"", "\"x y\""]),
    (["+1", ".5"], ["\"+1\"", "\".5\""]),
  ]

  @Test("A column is numbers, truth values or text, in all its records alike", arguments: columns)
  func kinds(_ values: [String], _ json: [String]) {
    let (bodies, _) = documents("c\n" + values.joined(separator: "\n"), .csv)
    #expect(bodies == json.map { "{\"c\":\($0)}" })
  }

  @Test("An empty field is left out, an empty text is not")
  func emptyFields() {
    #expect(documents("a,b\n,\"\"\n", .csv).bodies == ["{\"b\":\"\"}"])
  }

  @Test("A record with too many or too few fields is refused, with its line")
  func wrongWidth() {
    let (bodies, batch) = documents("a\tb\n1\t2\n3\n", .tsv)
    #expect(bodies == ["{\"a\":1,\"b\":2}"])
    #expect(batch.refused.map(\.line) == [3])
  }

  @Test("Any bytes are documents or refusals, the same in blocks of any size")
  func anyBytes() throws {
    let alphabet = Array("a1,\"\n\r\t;.-e{\u{FF}".utf8) + [0x00, 0xC3, 0xFF]
    // A linear congruential generator (Knuth, MMIX): the same bytes in every run.
    var state: UInt64 = 7
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    for _ in 0..<300 {
      let bytes = (0..<next(120)).map { _ in alphabet[next(alphabet.count)] }
      let text = String(decoding: bytes, as: UTF8.self)
      let whole = documents("a,b\n" + text, .csv)
      for body in whole.bodies { _ = try JSONValue.parse(body) }
      for block in [1, 2, 7] { #expect(documents("a,b\n" + text, .csv, block: block).bodies == whole.bodies) }
    }
  }

  @Test("A byte order mark is no part of the first name")
  func byteOrderMark() {
    #expect(documents("\u{FEFF}a\n1\n", .csv).bodies == ["{\"a\":1}"])
  }

  @Test(
    "A file's name tells its format",
    arguments: [("a.ndjson", ImportFormat.ndjson), ("A.JSONL", .ndjson), ("b.csv", .csv), ("c.tsv", .tsv), ("d.parquet", nil), ("-", nil)])
  func formats(_ name: String, _ format: ImportFormat?) {
    #expect(ImportFormat(fileName: name) == format)
  }
}
#endif
