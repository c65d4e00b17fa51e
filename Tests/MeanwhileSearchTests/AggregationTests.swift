import Meanwhile
import MeanwhileSearch
import Testing

@Suite struct AggregationTests {
  func aggregate(_ aggregations: String, query: String = #"{"match_all":{}}"#) async throws -> JSONValue {
    let response = try await Library().call(.post, "/books/_search", #"{"size":0,"query":\#(query),"aggs":\#(aggregations)}"#)
    guard let found = response.body["aggregations"] else { throw Library.UnexpectedResponse(body: response.body.text()) }
    return found
  }

  @Test func measures() async throws {
    let found = try await aggregate(
      #"""
      {"a":{"avg":{"field":"price"}},"b":{"sum":{"field":"pages"}},"c":{"min":{"field":"published"}},"d":{"value_count":{"field":"tags"}},
       "e":{"cardinality":{"field":"tags"}},"f":{"stats":{"field":"price"}},"g":{"max":{"field":"nowhere"}}}
      """#)
    #expect(found["a"] == ["value": 12.9375])
    #expect(found["b"] == ["value": 860.0])
    #expect(found["c"] == ["value": 1_579_046_400_000.0, "value_as_string": "2020-01-15T00:00:00.000Z"])
    #expect(found["d"] == ["value": 6])
    #expect(found["e"] == ["value": 5])
    #expect(found["f"] == ["count": 4, "min": 5.0, "max": 25.25, "avg": 12.9375, "sum": 51.75])
    #expect(found["g"] == ["value": nil])
  }

  @Test func groupsByTerms() async throws {
    let found = try await aggregate(
      #"{"g":{"terms":{"field":"genre","size":2}},"t":{"terms":{"field":"tags","order":{"_key":"desc"},"size":1}}}"#)
    #expect(
      found["g"] == [
        "doc_count_error_upper_bound": 0, "sum_other_doc_count": 1,
        "buckets": [["key": "cooking", "doc_count": 2], ["key": "fable", "doc_count": 2]],
      ])
    #expect(found["t"]?["buckets"] == [["key": "slow", "doc_count": 1]])
    #expect(found["t"]?["sum_other_doc_count"] == 5)
  }

  @Test func nestsAndOrdersByMetrics() async throws {
    let found = try await aggregate(
      #"{"g":{"terms":{"field":"genre","order":{"p":"desc"}},"aggs":{"p":{"max":{"field":"price"}},"m":{"date_histogram":{"field":"published","calendar_interval":"month"}}}}}"#
    )
    let buckets = try #require(found["g"]?["buckets"]?.array)
    #expect(buckets.map { $0["key"]?.string } == ["cooking", "fable", "untitled"])
    #expect(buckets[0]["p"] == ["value": 25.25])
    let months = try #require(buckets[0]["m"]?["buckets"]?.array)
    #expect(months.count == 16)
    #expect(months[0] == ["key_as_string": "2020-03-01T00:00:00.000Z", "key": 1_583_020_800_000, "doc_count": 1])
    #expect(months[1]["doc_count"] == 0)
    #expect(buckets[2]["p"] == ["value": nil])
    #expect(buckets[2]["m"] == ["buckets": []])
  }

  @Test func histogramsFillTheirGaps() async throws {
    let found = try await aggregate(
      #"{"h":{"histogram":{"field":"price","interval":5}},"d":{"date_histogram":{"field":"published","fixed_interval":"30d","min_doc_count":1,"format":"yyyy-MM"}}}"#
    )
    #expect(
      found["h"]?["buckets"] == [
        ["key": 5.0, "doc_count": 2], ["key": 10.0, "doc_count": 1], ["key": 15.0, "doc_count": 0], ["key": 20.0, "doc_count": 0],
        ["key": 25.0, "doc_count": 1],
      ])
    #expect(found["d"]?["buckets"]?.array?.count == 3)
    #expect(found["d"]?["buckets"]?.array?.first?["doc_count"] == 2)
  }

  @Test func filtersAndMissing() async throws {
    let found = try await aggregate(
      #"""
      {"cheap":{"filter":{"range":{"price":{"lt":10}}},"aggs":{"p":{"sum":{"field":"pages"}}}},
       "both":{"filters":{"filters":{"old":{"range":{"published":{"lt":"2020-02"}}},"none":{"match_none":{}}}}},
       "unpriced":{"missing":{"field":"price"}}}
      """#)
    #expect(found["cheap"] == ["doc_count": 2, "p": ["value": 200.0]])
    #expect(found["both"] == ["buckets": ["old": ["doc_count": 2], "none": ["doc_count": 0]]])
    #expect(found["unpriced"] == ["doc_count": 1])
  }

  @Test func countsOnlyWhatTheQueryFinds() async throws {
    let found = try await aggregate(#"{"g":{"terms":{"field":"in_print"}}}"#, query: #"{"term":{"genre":"fable"}}"#)
    #expect(
      found["g"]?["buckets"] == [
        ["key": 0, "key_as_string": "false", "doc_count": 1], ["key": 1, "key_as_string": "true", "doc_count": 1],
      ])
    let nothing = try await aggregate(#"{"g":{"terms":{"field":"genre"}},"s":{"sum":{"field":"pages"}}}"#, query: #"{"match_none":{}}"#)
    #expect(nothing["g"]?["buckets"] == [])
    #expect(nothing["s"] == ["value": 0.0])
  }

  static let refused: [(aggregations: String, reason: String)] = [
    (#"{"a":{"geohash_grid":{"field":"x"}}}"#, "Unknown aggregation type [geohash_grid]"),
    (#"{"a":{}}"#, "Missing definition for aggregation [a]"),
    (#"{"a":{"terms":{"field":"genre","sise":3}}}"#, "[1:47] [terms] unknown field [sise] did you mean [size]?"),
    (#"{"a":{"avg":{"field":"genre"}}}"#, "Field [genre] of type [keyword] is not supported for aggregation [avg]"),
    (
      #"{"a":{"date_histogram":{"field":"published","calendar_interval":"3d"}}}"#,
      "The supplied interval [3d] could not be parsed as a calendar interval."
    ),
    (
      #"{"a":{"date_histogram":{"field":"published","fixed_interval":"1ms"}}}"#,
      "Trying to create too many buckets. Must be less than or equal to: [65536] but was [65537]. This limit can be set by changing the [search.max_buckets] cluster level setting."
    ),
  ]

  @Test(arguments: refused)
  func refuses(aggregations: String, reason: String) async throws {
    let response = try await Library().call(.post, "/books/_search", #"{"aggs":\#(aggregations)}"#)
    #expect(response.status == 400)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["reason"]?.string == reason)
  }
}
