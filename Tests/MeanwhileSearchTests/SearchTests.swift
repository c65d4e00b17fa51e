import Meanwhile
import MeanwhileSearch
import Testing

/// The synchronous search: what comes back, in which order.
@Suite struct SearchTests {
  @Test func anAnswerHasTheShapeClientsKnow() async throws {
    let response = try await Library().call(.post, "/books/_search", #"{"query":{"term":{"_id":"4"}}}"#)
    #expect(response.status == 200)
    #expect(response.body.object?.names == ["took", "timed_out", "_shards", "hits"])
    #expect(response.body["_shards"] == ["total": 1, "successful": 1, "skipped": 0, "failed": 0])
    #expect(response.body["hits"]?["total"] == ["value": 1, "relation": "eq"])
    #expect(response.body["hits"]?["max_score"] == 1.0)
    let hit = try #require(response.body["hits"]?["hits"]?.array?.first)
    #expect(hit.object?.names == ["_index", "_id", "_score", "_source"])
    #expect(hit["_source"]?["author"] == ["name": "Ann", "born": 1970])
  }

  @Test func pagesAndTotals() async throws {
    let library = try await Library()
    let page = try await library.call(.post, "/books/_search", #"{"from":1,"size":2,"sort":[{"pages":"desc"}]}"#)
    #expect(page.body.hitIDs == ["5", "4"])
    #expect(page.body["hits"]?["total"]?["value"] == 5)
    #expect(page.body["hits"]?["max_score"] == .null)
    #expect(page.body["hits"]?["hits"]?.array?.first?["sort"] == [200])
    let few = try await library.call(.get, "/books/_search", parameters: ["size": "0", "track_total_hits": "3"])
    #expect(few.body["hits"]?["total"] == ["value": 3, "relation": "gte"])
    let none = try await library.call(.get, "/books/_search", parameters: ["track_total_hits": "false"])
    #expect(none.body["hits"]?["total"] == nil)
    let number = try await library.call(.get, "/books/_search", parameters: ["rest_total_hits_as_int": "true"])
    #expect(number.body["hits"]?["total"] == 5)
  }

  @Test func sortsByFieldsWithMissingOnesWhereTheyAreWanted() async throws {
    let library = try await Library()
    let last = try await library.call(.post, "/books/_search", #"{"sort":[{"price":{"order":"asc"}}]}"#)
    #expect(last.body.hitIDs == ["2", "1", "4", "3", "5"])
    #expect(last.body["hits"]?["hits"]?.array?.last?["sort"] == ["Infinity"])
    let first = try await library.call(.post, "/books/_search", #"{"sort":[{"published":{"order":"desc","missing":"_first"}},"_doc"]}"#)
    #expect(first.body.hitIDs == ["5", "4", "3", "2", "1"])
    #expect(first.body["hits"]?["hits"]?.array?[1]["sort"]?.array?.first == 1_622_505_600_000)
    // Of several values the least counts ascending.
    let ascending = try await library.call(.get, "/books/_search", parameters: ["sort": "pages:asc"])
    #expect(ascending.body.hitIDs == ["5", "2", "1", "4", "3"])
  }

  @Test func goesOnBehindAHit() async throws {
    let library = try await Library()
    let body = #"{"size":2,"sort":[{"genre":"asc"},{"pages":"desc"}],"search_after":["cooking",150]}"#
    let page = try await library.call(.post, "/books/_search", body)
    #expect(page.body.hitIDs == ["1", "2"])
    #expect(page.body["hits"]?["total"]?["value"] == 5)
  }

  @Test func scoresByHowRareAndHowFrequentTermsAre() async throws {
    let library = try await Library()
    let response = try await library.call(.post, "/books/_search", #"{"query":{"match":{"title":"bread brown"}}}"#)
    #expect(response.body.hitIDs == ["3", "1"])
    // BM25 of four titles with 4, 4, 6 and 2 terms: `bread` twice in one of them, `brown` in two.
    let scores = try #require(response.body["hits"]?["hits"]?.array).compactMap { $0["_score"]?.double }
    #expect(abs(scores[0] - 2.0268) < 0.001)
    #expect(abs(scores[1] - 0.6931) < 0.001)
    #expect(response.body["hits"]?["max_score"]?.double == scores[0])
    let filtered = try await library.call(.post, "/books/_search", #"{"query":{"bool":{"filter":{"term":{"genre":"fable"}}}}}"#)
    #expect(filtered.body["hits"]?["max_score"] == 0.0)
  }

  @Test func showsThePartsOfASourceThatAreAskedFor() async throws {
    let library = try await Library()
    func source(_ filter: String) async throws -> JSONValue? {
      try await library.call(.post, "/books/_search", #"{"query":{"ids":{"values":["4"]}},"_source":\#(filter)}"#).body["hits"]?["hits"]?
        .array?.first?["_source"]
    }
    #expect(try await source("false") == nil)
    #expect(try await source(#"["title"]"#) == ["title": "Quick meals"])
    #expect(try await source(#""author.*""#) == ["author": ["name": "Ann", "born": 1970]])
    #expect(try await source(#"{"includes":["author","pages"],"excludes":"*.born"}"#) == ["pages": 150, "author": ["name": "Ann"]])
  }

  @Test func showsFieldsAsColumnsHoldThem() async throws {
    let body = #"{"query":{"ids":{"values":["2"]}},"_source":false,"fields":["pages","t*.raw",{"field":"published","format":"yyyy/MM"}]}"#
    let hit = try await Library().call(.post, "/books/_search", body).body["hits"]?["hits"]?.array?.first
    #expect(hit?["fields"] == ["pages": [80], "title.raw": ["A lazy dog sleeps"], "published": ["2020/01"]])
  }

  @Test func searchesSeveralIndices() async throws {
    let library = try await Library()
    let all = try await library.call(.get, "/_search", parameters: ["size": "20"])
    #expect(all.body["hits"]?["total"]?["value"] == 6)
    #expect(all.body["_shards"]?["total"] == 2)
    let some = try await library.call(.get, "/rar*,books/_search", parameters: ["sort": "pages", "size": "1"])
    #expect(some.body["hits"]?["hits"]?.array?.first?["_index"] == "rare")
    #expect(try await library.ids(#"{"term":{"_index":"rare"}}"#, index: "_all") == ["r1"])
  }

  @Test func counts() async throws {
    let library = try await Library()
    let response = try await library.call(.post, "/books/_count", #"{"query":{"term":{"genre":"fable"}}}"#)
    #expect(response.body == ["count": 2, "_shards": ["total": 1, "successful": 1, "skipped": 0, "failed": 0]])
    #expect(try await library.call(.get, "/_count").body["count"] == 6)
    let wrong = try await library.call(.post, "/books/_count", #"{"size":1}"#)
    #expect(wrong.body["error"]?["reason"] == "request does not support [size]")
  }

  static let refused: [(body: String, status: Int, type: String, reason: String)] = [
    (#"{"size":-1}"#, 400, "illegal_argument_exception", "[size] parameter cannot be negative, found [-1]"),
    (#"{"sizes":1}"#, 400, "parsing_exception", "Unknown key for a VALUE_NUMBER in [sizes]."),
    (#"{"sort":["nowhere"]}"#, 400, "query_shard_exception", "No mapping found for [nowhere] in order to sort on"),
    (#"{"sort":[{"pages":"up"}]}"#, 400, "illegal_argument_exception", "Unknown SortOrder [up]"),
    (#"{"highlight":{}}"#, 400, "illegal_argument_exception", "[highlight] is not supported by this search"),
    (
      #"{"track_total_hits":-5}"#, 400, "illegal_argument_exception",
      "[track_total_hits] parameter must be positive or equals to -1, got -5"
    ),
    (#"[]"#, 400, "parsing_exception", "Expected [START_OBJECT] but found [START_ARRAY]"),
    (#"{"query":"#, 400, "x_content_parse_exception", "[1:10] unexpected end of content"),
    (#"{"sort":["pages"],"search_after":[1,2]}"#, 400, "illegal_argument_exception", "search_after has 2 value(s) but sort has 1."),
  ]

  @Test(arguments: refused)
  func refuses(body: String, status: Int, type: String, reason: String) async throws {
    let response = try await Library().call(.post, "/books/_search", body)
    #expect(response.status == status)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["type"]?.string == type)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["reason"]?.string == reason)
  }

  @Test func refusesAWindowThatIsTooDeepAndATextToSortBy() async throws {
    let library = try await Library()
    let deep = try await library.call(.post, "/books/_search", #"{"from":9999,"size":10}"#)
    #expect(deep.status == 400)
    #expect(deep.body["error"]?["type"] == "search_phase_execution_exception")
    let text = try await library.call(.post, "/books/_search", #"{"sort":["title"]}"#)
    #expect(
      text.body["error"]?["root_cause"]?.array?.first?["reason"]?.string?.hasPrefix("Fielddata is disabled on [title] in [books].") == true)
    let missing = try await library.call(.get, "/nowhere/_search")
    #expect(missing.status == 404)
    #expect(missing.body["error"]?["type"] == "index_not_found_exception")
    #expect(
      try await library.call(.get, "/nowhere/_search", parameters: ["ignore_unavailable": "true"]).body["hits"]?["total"]?["value"] == 0)
  }
}

extension JSONValue {
  /// The ids of a response's hits.
  var hitIDs: [String] { self["hits"]?["hits"]?.array?.compactMap { $0["_id"]?.string } ?? [] }
}
