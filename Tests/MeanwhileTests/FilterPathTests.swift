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
    #expect(FilterPath(filter).apply(to: try JSONValue.parse(Self.response)).text() == kept)
  }
}
