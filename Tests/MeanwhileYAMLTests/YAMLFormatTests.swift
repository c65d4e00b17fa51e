#if YAML
import Meanwhile
import Testing

@testable import MeanwhileYAML

@Suite struct YAMLFormatTests {
  @Test func `a response is written in block style`() throws {
    let json =
      #"{"took":28,"columns":[{"name":"a","type":"keyword"}],"values":[["x",1.0E10],[null,true]],"none":[],"nil":{},"@t":{"a":{"b":1}}}"#
    #expect(
      text(YAMLFormat().encode(try JSONValue.parse(json))) == """
        ---
        took: 28
        columns:
        - name: "a"
          type: "keyword"
        values:
        - - "x"
          - 1.0E+10
        - - null
          - true
        none: []
        nil: {}
        "@t":
          a:
            b: 1

        """)
  }

  @Test(arguments: [
    "[]", "{}", "1", #""""#, #""a: b""#, ##"["- x","#y","1","true","null","~"]"##, #"{"yes":"no","1":1,"":"","a b":"c"}"#,
    "[\"\\u0085\\u2028\\ufeff\\u007f\\t\\n\\r\\\\\\\"\"]", #"[[[1],[]],{"a":[{"b":[]},{}]}]"#, "[1.5,-2,18446744073709551615,1.0E-7]",
  ])
  func `what is written reads the same`(_ json: String) throws {
    let value = try JSONValue.parse(json)
    #expect(try JSONValue.parse(decoded(text(YAMLFormat().encode(value)))) == value)
  }

  @Test(arguments: [
    ("query: FROM a | LIMIT 1\ncolumnar: true", #"{"query":"FROM a | LIMIT 1","columnar":true}"#),
    ("a: [1, 2.5, ~, 'it''s']  # why", #"{"a":[1,2.5,null,"it's"]}"#), ("a: |\n  x\n  y\n", #"{"a":"x\ny\n"}"#),
    ("{a: yes, b: \"1\", c: !!str 1, d: 0x1F, e: 007}", #"{"a":"yes","b":"1","c":"1","d":"0x1F","e":"007"}"#),
    ("a: &x {b: 1}\nc: *x", #"{"a":{"b":1},"c":{"b":1}}"#),
  ])
  func `a body becomes JSON`(_ yaml: String, json: String) throws {
    #expect(try decoded(yaml) == json)
  }

  @Test(arguments: ["", "a: [", "a: 1\na: 2", "? [a]\n: 1", "a: *b", "--- 1\n--- 2", "\t- a: b: c", "a: \u{1}"])
  func `what is broken is a 400`(_ yaml: String) {
    let error = #expect(throws: APIError.self) { try decoded(yaml) }
    #expect(error?.status == 400, "\(error?.reason ?? "")")
  }

  @Test func `depth and length are bounded, whatever the body says`() {
    for deep in [String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000), String(repeating: "{a: ", count: 900)] {
      #expect(throws: APIError.self) { try decoded(deep) }
    }
    var laughs = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n"
    for level in 1..<12 {
      laughs += "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
    }
    let error = #expect(throws: APIError.self) { try decoded(laughs) }
    #expect(error?.status == 413)
    #expect(throws: APIError.self) { try decoded(String(repeating: "a", count: YAMLFormat.bodyBytesMax + 1)) }
  }

  @discardableResult
  private func decoded(_ yaml: String) throws -> String {
    var json = JSONWriter(bytesMax: 1 << 20, depthMax: 256)
    try YAMLFormat().decode(Array(yaml.utf8), into: &json)
    return text(json.bytes)
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
#endif
