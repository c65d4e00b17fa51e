import Meanwhile
import MeanwhileSearch
import Testing

/// Query DSL from request to hits.
@Suite struct QueryTests {
  static let found: [(query: String, ids: [String])] = [
    (#"{"match_all":{}}"#, ["1", "2", "3", "4", "5"]),
    (#"{"match_none":{}}"#, []),
    (#"{"term":{"genre":"fable"}}"#, ["1", "2"]),
    (#"{"term":{"genre":{"value":"FABLE","case_insensitive":true}}}"#, ["1", "2"]),
    (#"{"term":{"genre":"FABLE"}}"#, []),
    (#"{"term":{"pages":120}}"#, ["1"]),
    (#"{"term":{"pages":"200"}}"#, ["5"]),
    (#"{"term":{"pages":120.5}}"#, []),
    (#"{"term":{"title":"quick"}}"#, ["1", "4"]),
    (#"{"term":{"title":"Quick"}}"#, []),
    (#"{"term":{"title.raw":"Quick meals"}}"#, ["4"]),
    (#"{"term":{"in_print":"true"}}"#, ["1", "3"]),
    (#"{"term":{"server":"10.0.0.0/8"}}"#, ["1", "2"]),
    (#"{"term":{"published":"2020-01-20"}}"#, ["2"]),
    (#"{"term":{"nowhere":"x"}}"#, []),
    (#"{"term":{"_id":"3"}}"#, ["3"]),
    (#"{"terms":{"tags":["slow","food"]}}"#, ["2", "3"]),
    (#"{"terms":{"pages":[10,80]}}"#, ["2", "5"]),
    (#"{"terms":{"server":["10.0.0.1","192.168.1.0/24"]}}"#, ["1", "3"]),
    (#"{"range":{"pages":{"gte":120,"lt":300}}}"#, ["1", "4", "5"]),
    (#"{"range":{"pages":{"gt":119.5,"lte":"150"}}}"#, ["1", "4"]),
    (#"{"range":{"price":{"gt":9.5}}}"#, ["3", "4"]),
    (#"{"range":{"published":{"gte":"2020-01-15","lte":"2020-01-20"}}}"#, ["1", "2"]),
    (#"{"range":{"published":{"lt":"2020-01-20"}}}"#, ["1"]),
    (#"{"range":{"published":{"gt":"2020-01"}}}"#, ["3", "4"]),
    (#"{"range":{"published":{"gte":"2020-06-01||-1M/M","lte":"now"}}}"#, ["4"]),
    (#"{"range":{"published":{"gte":"01/03/2020","format":"dd/MM/yyyy"}}}"#, ["3", "4"]),
    (#"{"range":{"genre":{"gte":"d","lt":"g"}}}"#, ["1", "2"]),
    (#"{"range":{"server":{"gt":"10.0.0.1"}}}"#, ["2", "3"]),
    (#"{"exists":{"field":"title"}}"#, ["1", "2", "3", "4"]),
    (#"{"exists":{"field":"author"}}"#, ["4"]),
    (#"{"prefix":{"genre":"co"}}"#, ["3", "4"]),
    (#"{"wildcard":{"title.raw":"*br?wn*"}}"#, ["1"]),
    (#"{"wildcard":{"title":{"value":"BR*D","case_insensitive":true}}}"#, ["3"]),
    (#"{"regexp":{"tags":"(a|s).*l.*"}}"#, ["1", "2"]),
    (#"{"ids":{"values":["2","5","9"]}}"#, ["2", "5"]),
    (#"{"match":{"title":"QUICK bread"}}"#, ["1", "3", "4"]),
    (#"{"match":{"title":{"query":"quick brown","operator":"and"}}}"#, ["1"]),
    (#"{"match":{"title":{"query":"quick brown lazy fox","minimum_should_match":"75%"}}}"#, ["1"]),
    (#"{"match":{"genre":"fable"}}"#, ["1", "2"]),
    (#"{"match":{"pages":"80"}}"#, ["2"]),
    (#"{"match_phrase":{"title":"history of bread"}}"#, ["3"]),
    (#"{"match_phrase":{"title":"bread of"}}"#, []),
    (#"{"multi_match":{"query":"fable","fields":["title","genre^2"]}}"#, ["1", "2"]),
    (#"{"bool":{"must":[{"term":{"genre":"cooking"}}],"must_not":{"match":{"title":"bread"}}}}"#, ["4"]),
    (#"{"bool":{"should":[{"term":{"genre":"untitled"}},{"range":{"pages":{"gt":290}}}]}}"#, ["3", "5"]),
    (#"{"bool":{"filter":{"term":{"genre":"fable"}},"should":{"term":{"tags":"slow"}}}}"#, ["1", "2"]),
    (
      #"{"bool":{"should":[{"term":{"tags":"animal"}},{"term":{"tags":"slow"}},{"term":{"tags":"food"}}],"minimum_should_match":2}}"#, ["2"]
    ),
    (#"{"bool":{}}"#, ["1", "2", "3", "4", "5"]),
    (#"{"bool":{"must_not":{"exists":{"field":"price"}}}}"#, ["5"]),
    (#"{"constant_score":{"filter":{"term":{"genre":"fable"}},"boost":2}}"#, ["1", "2"]),
    (#"{"dis_max":{"queries":[{"term":{"genre":"fable"}},{"term":{"tags":"food"}}]}}"#, ["1", "2", "3"]),
  ]

  static let queryStrings: [(text: String, ids: [String])] = [
    ("quick", ["1", "4"]), ("fable", ["1", "2"]), ("quick brown", ["1", "3", "4"]), ("quick AND brown", ["1"]), ("+quick -brown", ["4"]),
    ("title:(lazy OR bread)", ["2", "3"]), ("title:\"brown fox\"", ["1"]), ("pages:[100 TO 150]", ["1", "4"]),
    ("pages:{120 TO *}", ["3", "4", "5"]),
    ("price:>=12", ["3", "4"]), ("published:<2020-01-20", ["1"]), ("genre:co*", ["3", "4"]), ("title:BR?wn", ["1", "3"]),
    ("genre:/f.*/", ["1", "2"]),
    ("NOT genre:fable", ["3", "4", "5"]), ("*", ["1", "2", "3", "4", "5"]), ("_exists_:author.name", ["4"]), ("author.name:Ann^2", ["4"]),
    ("genre:(fable -untitled) AND tags:slow", ["2"]), ("150", ["4"]), ("nowhere:x", []), ("auth*:1970", ["4"]),
    ("title:quick\\ meals", ["1", "4"]),
  ]

  @Test(arguments: queryStrings)
  func findsByQueryString(text: String, ids: [String]) async throws {
    let query = JSONValue.object(["query_string": ["query": .string(text)]])
    #expect(try await Library().ids(query.text()) == ids)
    let response = try await Library().call(.get, "/books/_search", parameters: ["q": text, "sort": "_id"])
    #expect(response.body.hitIDs == ids)
  }

  @Test(arguments: ["(quick", "title:", "\"quick", "[1 TO", "quick)", "AND", "a^x", "[1 2]"])
  func refusesAQueryStringThatIsNone(text: String) async throws {
    let response = try await Library().call(.get, "/books/_search", parameters: ["q": text])
    #expect(response.status == 400)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["reason"] == .string("Failed to parse query [\(text)]"))
  }

  @Test(arguments: found)
  func finds(query: String, ids: [String]) async throws {
    #expect(try await Library().ids(query) == ids)
  }

  static let refused: [(query: String, type: String, reason: String)] = [
    (#"{"anything":{}}"#, "parsing_exception", "unknown query [anything]"),
    (#"{"tern":{"a":1}}"#, "parsing_exception", "unknown query [tern] did you mean [term]?"),
    (#"{"script":{}}"#, "parsing_exception", "[script] query is not supported"),
    (#"{"term":{"a":1,"b":2}}"#, "parsing_exception", "[term] query doesn't support multiple fields, found [a] and [b]"),
    (#"{"term":{"a":[1]}}"#, "parsing_exception", "[term] query does not support array of values"),
    (#"{"term":{"a":{"value":1,"x":2}}}"#, "parsing_exception", "[term] query does not support [x]"),
    (#"{"term":"a"}"#, "parsing_exception", "[term] query malformed, no start_object after query name"),
    (#"{"range":{"a":{"from":1,"above":2}}}"#, "parsing_exception", "[range] query does not support [above]"),
    (#"{"term":{"a":1},"range":{}}"#, "parsing_exception", "[term] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"),
    (#"{}"#, "illegal_argument_exception", "query malformed, empty clause found"),
    (#"{"bool":{"musts":[]}}"#, "x_content_parse_exception", "[1:27] [bool] unknown field [musts] did you mean [must]?"),
    (#"{"constant_score":{}}"#, "parsing_exception", "[constant_score] requires a 'filter' element"),
    (#"{"regexp":{"genre":"(a"}}"#, "illegal_argument_exception", "expected ')' at position 2"),
    (#"{"match":{"title":{"query":"a","fuzziness":5}}}"#, "parsing_exception", "Invalid fuzziness value: 5"),
    (#"{"term":{"pages":"many"}}"#, "query_shard_exception", "failed to create query: For input string: \"many\""),
    (#"{"term":{"server":"nowhere"}}"#, "query_shard_exception", "failed to create query: 'nowhere' is not an IP string literal."),
    (
      #"{"range":{"published":{"gte":"tomorrow"}}}"#, "parse_exception",
      "failed to parse date field [tomorrow] with format [strict_date_optional_time||epoch_millis]"
    ),
    (
      #"{"prefix":{"pages":"1"}}"#, "query_shard_exception",
      "Can only use prefix queries on keyword, text and wildcard fields - not on [pages] which is of type [integer]"
    ),
  ]

  @Test(arguments: refused)
  func refuses(query: String, type: String, reason: String) async throws {
    let response = try await Library().call(.post, "/books/_search", #"{"query":\#(query)}"#)
    #expect(response.status == 400)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["type"]?.string == type)
    #expect(response.body["error"]?["root_cause"]?.array?.first?["reason"]?.string == reason)
  }

  @Test func saysWhereAQueryIsWrong() async throws {
    let response = try await Library().call(.post, "/books/_search", "{\n  \"query\": {\n    \"nope\": {}\n  }\n}")
    #expect(response.body["error"]?["line"] == 3)
    #expect(response.body["error"]?["col"] == 13)
  }

  @Test func nestingHasALimit() async throws {
    let query = String(repeating: #"{"bool":{"must":"#, count: 40) + #"{"match_all":{}}"# + String(repeating: "}}", count: 40)
    #expect(try await Library().call(.post, "/books/_search", #"{"query":\#(query)}"#).status == 400)
  }
}
