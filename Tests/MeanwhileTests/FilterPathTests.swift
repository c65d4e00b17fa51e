import Testing

@testable import Meanwhile

struct FilterPathTests {
  static let response =
    #"{"took":3,"hits":{"total":{"value":2},"hits":[{"_id":"a","_source":{"x":1,"y":2}},{"_id":"b","_source":{"x":3}}]},"_shards":{"total":1}}"#

  @Test(
    arguments: [
      ("took", #"{"took":3}"#),
      ("took,_shards", #"{"took":3,"_shards":{"total":1}}"#),
      ("hits.hits._id", #"{"hits":{"hits":[{"_id":"a"},{"_id":"b"}]}}"#),
      ("hits.hits._source.y", #"{"hits":{"hits":[{"_source":{"y":2}}]}}"#),
      ("h*.t*", #"{"hits":{"total":{"value":2}}}"#),
      ("*.total", #"{"hits":{"total":{"value":2}},"_shards":{"total":1}}"#),
      ("**.total", #"{"hits":{"total":{"value":2}},"_shards":{"total":1}}"#),
      ("**.x", #"{"hits":{"hits":[{"_source":{"x":1}},{"_source":{"x":3}}]}}"#),
      ("hits.**", #"{"hits":{"total":{"value":2},"hits":[{"_id":"a","_source":{"x":1,"y":2}},{"_id":"b","_source":{"x":3}}]}}"#),
      ("-hits", #"{"took":3,"_shards":{"total":1}}"#),
      ("-**.total,-took", #"{"hits":{"hits":[{"_id":"a","_source":{"x":1,"y":2}},{"_id":"b","_source":{"x":3}}]}}"#),
      ("hits.hits,-hits.hits._source", #"{"hits":{"hits":[{"_id":"a"},{"_id":"b"}]}}"#),
      ("nothing", "{}"),
      ("took.deeper", "{}"),
    ])
  func whatThePathsKeep(filter: String, kept: String) throws {
    #expect(try Self.filtered(Self.response, filter) == kept)
  }

  @Test(
    "What is empty to begin with stays where it was asked for",
    arguments: [("a", #"{"a":{}}"#), ("a.b", "{}"), ("-c", #"{"a":{},"b":[]}"#), ("-c.d", #"{"a":{},"b":[]}"#)])
  func emptyParts(filter: String, kept: String) throws {
    #expect(try Self.filtered(#"{"a":{},"b":[],"c":{"d":1}}"#, filter) == kept)
  }

  @Test("Stars upon stars cost no more than the paths are long, and these have a limit")
  func manyStars() throws {
    let deep = String(repeating: #"{"a":"#, count: 200) + "1" + String(repeating: "}", count: 200)
    #expect(try Self.filtered(deep, [String](repeating: "**.a*", count: 100).joined(separator: ".")) == deep)
    #expect(try Self.filtered(deep, [String](repeating: "**", count: 10_000).joined(separator: ".")) == deep)
    let error = #expect(throws: APIError.self) { try FilterPath([String](repeating: "*", count: 257).joined(separator: ".")) }
    #expect(error?.status == 400)
  }

  private static func filtered(_ json: String, _ filter: String) throws -> String {
    var tokenizer = JSONTokenizer(FilteringEncoder(JSONWriter(), try FilterPath(filter)))
    tokenizer.read(Array(json.utf8), isLast: true)
    return String(decoding: tokenizer.encoder.bytes, as: UTF8.self)
  }
}
