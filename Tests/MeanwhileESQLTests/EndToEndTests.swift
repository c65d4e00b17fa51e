import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore
import Testing

@Suite("ES|QL over endpoints")
struct EndToEndTests {
  /// A service with one index of three documents.
  private func service() async throws -> Service {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.add(ESQLLanguage())
    builder.provide(store, as: (any IndexStore).self)
    let fields: [String: FieldType] = ["name": .keyword, "age": .integer, "joined": .date, "tags": .keyword]
    try await store.createIndex(
      IndexDefinition(
        name: "people", uuid: "people", created: Timestamp(milliseconds: 0),
        mapping: Mapping(properties: fields.mapValues { FieldMapping(type: $0) })))
    let documents = [
      #"{"name": "Ada", "age": 36, "joined": "2020-01-01T00:00:00Z", "tags": ["b", "a"]}"#,
      #"{"name": "Grace", "age": 85, "joined": "2021-06-01T12:30:00Z"}"#,
      #"{"name": "Linus", "joined": "2022-01-01T00:00:00Z"}"#,
    ]
    _ = try await store.write(
      documents.enumerated().map { DocumentWrite(operation: .index, id: "\($0.offset)", source: Array($0.element.utf8)) }, to: "people")
    try await store.refresh("people")
    return try await builder.build()
  }

  private func ask(_ service: Service, _ query: String, _ more: JSONObject = [:], path: String = "/_query") async throws -> JSONValue {
    var body: JSONObject = ["query": .string(query)]
    for member in more.members { body.append(member.name, member.value) }
    let response = await service.respond(to: EndpointRequest(.post, path, json: .object(body)))
    return try JSONValue.parse(await response.collectBody())
  }

  @Test(
    "answers with rows",
    arguments: [
      ("row a = 1, b = \"x\", c = null, d = [1, 2], e = 1.5, f = true", #"[[1,"x",null,[1,2],1.5,true]]"#),
      ("from people | sort name | keep name, age", #"[["Ada",36],["Grace",85],["Linus",null]]"#),
      ("from people | where age > 40 | keep name", #"[["Grace"]]"#),
      ("from people | where age is null or age < 40 | sort name desc | keep name", #"[["Linus"],["Ada"]]"#),
      ("from people | eval next = age + 1 | sort next desc nulls last | keep next | limit 2", "[[86],[37]]"),
      ("from people | sort age desc | rename name as who | keep who | limit 1", #"[["Linus"]]"#),
      ("from people metadata _id | sort _id | keep _id, joined | limit 1", #"[["0","2020-01-01T00:00:00.000Z"]]"#),
      ("from people | where name == \"Ada\" | keep tags", #"[[["a","b"]]]"#),
      ("row a = [1, 1, 2] | mv_expand a | eval b = a * 10 | limit 1 by a | sort a", "[[1,10],[2,20]]"),
      ("row a = 1, b = 2 | rename a as c, b as a, c as b", "[[1,2]]"),
      (
        "row a = 1.26 | eval r = round(a, 1), f = floor(a), m = greatest(a, 2), s = mv_sort([2, 1, 3], \"DESC\")",
        "[[1.26,1.3,1.0,2.0,[3,2,1]]]"
      ),
      ("row a = [3, 1, 2] | eval x = mv_max(a), s = mv_sum(a), c = mv_count(a), p = mv_slice(a, 0, 1) | drop a", "[[3,6,3,[3,1]]]"),
      ("from people | where not (name == \"Ada\" or age == 85) | keep name", "[]"),
    ])
  func rows(query: String, expected: String) async throws {
    let answer = try await ask(service(), query)
    #expect(answer["values"]?.text() == expected, "\(answer.text())")
  }

  @Test("reads only the documents that the request's filter takes")
  func filter() async throws {
    let service = try await service()
    let filter: JSONObject = ["filter": ["range": ["age": ["gte": 40]]]]
    #expect(try await ask(service, "from people | keep name", filter)["values"] == [["Grace"]])
    #expect(try await ask(service, "from people | where name == \"Ada\" | keep name", filter)["values"] == [])
  }

  @Test("says what a response says, in order")
  func envelope() async throws {
    let answer = try await ask(service(), "from people | keep name, joined | limit 1")
    #expect(
      answer.object?.names == [
        "took", "is_partial", "completion_time_in_millis", "documents_found", "values_loaded", "start_time_in_millis",
        "expiration_time_in_millis", "columns", "values",
      ])
    #expect(answer["columns"] == [["name": "name", "type": "keyword"], ["name": "joined", "type": "date"]])
    #expect(answer["is_partial"] == false)
  }

  @Test("writes columns instead of rows where asked, and leaves out empty ones")
  func columnar() async throws {
    let service = try await service()
    #expect(try await ask(service, "row a = 1, b = [1, 2]", ["columnar": true])["values"] == [[1], [[1, 2]]])
    let request = EndpointRequest(.post, "/_query", parameters: ["drop_null_columns": "true"], json: ["query": "row a = null, b = 1"])
    let answer = try JSONValue.parse(await service.respond(to: request).collectBody())
    #expect(answer["values"] == [[1]])
    #expect(answer["all_columns"]?.array?.count == 2)
  }

  @Test(
    "writes text formats",
    arguments: [
      ("csv", "a,b\r\n1,\"x\"\"y\"\r\n", "text/csv; charset=utf-8; header=present"),
      ("tsv", "a\tb\n1\tx\"y\n", "text/tab-separated-values; charset=utf-8"),
    ])
  func textFormats(format: String, body: String, type: String) async throws {
    let request = EndpointRequest(.post, "/_query", parameters: ["format": format], json: ["query": "row a = 1, b = \"x\\\"y\""])
    let response = try await service().respond(to: request)
    #expect(response.headers["Content-Type"] == type)
    #expect(String(decoding: try await response.collectBody(), as: UTF8.self) == body)
  }

  @Test("warns in headers")
  func warnings() async throws {
    let service = try await service()
    let response = await service.respond(to: EndpointRequest(.post, "/_query", json: ["query": "row a = 1 | eval b = a / 0"]))
    #expect(
      response.headers.all("Warning") == [
        "299 Elasticsearch-9.1.0-unknown \"No limit defined, adding default limit of [1000]\"",
        "299 Elasticsearch-9.1.0-unknown \"Line 1:22: evaluation of [a / 0] failed, treating result as null. Only first 20 failures recorded.\"",
        "299 Elasticsearch-9.1.0-unknown \"Line 1:22: java.lang.ArithmeticException: / by zero\"",
      ])
  }

  @Test(
    "refuses what is wrong, with a reason",
    arguments: [
      ("{}", "action_request_validation_exception", "Validation Failed: 1: [query] is required;"),
      (#"{"query": "row a = 1", "foo": 1}"#, "x_content_parse_exception", "[1:24] [esql/query] unknown field [foo]"),
      (#"{"query": 1}"#, "x_content_parse_exception", "[1:11] [esql/query] query doesn't support values of type: VALUE_NUMBER"),
      (#"{"query": "row a = 1", "keep_alive": "1d"}"#, "x_content_parse_exception", "[1:24] [esql/query] unknown field [keep_alive]"),
      (
        #"{"query": "row a = 1", "time_zone": "Nowhere/At/All"}"#, "x_content_parse_exception",
        "[1:37] [esql/query] failed to parse field [time_zone]"
      ),
      (#"{"query": "row a = "}"#, "parsing_exception", "line 1:9: mismatched input '<EOF>' expecting {"),
      (#"{"query": "from nowhere"}"#, "verification_exception", "Found 1 problem\nline 1:1: Unknown index [nowhere]"),
      (#"{"query": "row a = ?x", "params": [{"y": 1}]}"#, "parsing_exception", "line 1:9: Unknown query parameter [x]"),
      (#"{"query": "row a = ?", "params": {}}"#, "x_content_parse_exception", "[1:34] [esql/query] failed to parse field [params]"),
    ])
  func errors(body: String, type: String, reason: String) async throws {
    let request = EndpointRequest(
      method: .post, path: "/_query", headers: ["Content-Type": "application/json"], body: ChunkStream([Array(body.utf8)]))
    let response = try await service().respond(to: request)
    let error = try JSONValue.parse(await response.collectBody())
    #expect(response.status == 400)
    #expect(error["error"]?["type"]?.string == type)
    #expect(error["error"]?["reason"]?.string?.hasPrefix(reason) == true, "\(error.text())")
  }

  @Test("keeps a result, gives it in another format, and forgets it")
  func asynchronous() async throws {
    let service = try await service()
    let answer = try await ask(service, "from people | sort name | keep name", ["keep_on_completion": true], path: "/_query/async")
    let id = try #require(answer["id"]?.string)
    #expect(answer["is_running"] == false)
    let path = "/_query/async/\(id)"
    let kept = await service.respond(to: EndpointRequest(.get, path, parameters: ["format": "csv"]))
    #expect(String(decoding: try await kept.collectBody(), as: UTF8.self) == "name\r\nAda\r\nGrace\r\nLinus\r\n")
    #expect(kept.headers.all("Warning").count == 1)
    let deleted = await service.respond(to: EndpointRequest(.delete, path))
    #expect(try JSONValue.parse(await deleted.collectBody()) == ["acknowledged": true])
    #expect(await service.respond(to: EndpointRequest(.get, path)).status == 404)
  }

  @Test(
    "keeps what aggregates give of nothing",
    arguments: ["sum", "min", "max", "avg", "median", "values", "std_dev", "count", "count_distinct"])
  func nothingKept(aggregate: String) async throws {
    let service = try await service()
    let query = "row a = 1 | stats x = \(aggregate)(null) | eval y = x + 1"
    let told = try await ask(service, query)
    let kept = try await ask(service, query, ["keep_on_completion": true], path: "/_query/async")
    let id = try #require(kept["id"]?.string)
    let fetched = try JSONValue.parse(
      await service.respond(to: EndpointRequest(.get, "/_query/async/\(id)")).collectBody())
    #expect(told["values"] != nil && told["values"] == fetched["values"], "\(fetched.text())")
    #expect(told["columns"] == fetched["columns"])
  }

  @Test("stores an output and reads it back")
  func codec() async throws {
    var output = ESQLOutput(
      table: Table(
        fields: [.init(name: "a", type: .long), .init(name: "b", type: .keyword)],
        pages: [
          Page(
            rowCount: 2,
            columns: [.column([.long(1), .null], .long), .column([.string("x"), .several([.string("y"), .string("z")])], .keyword)])
        ]),
      isPartial: true, documentsFound: 3, valuesLoaded: 4, warnings: ["w"])
    output.presentation.isColumnar = true
    output.presentation.timeZone = "Europe/Madrid"
    let read = try await ESQLOutput.decode(output.encode())
    #expect(read.presentation == output.presentation)
    #expect((read.isPartial, read.documentsFound, read.valuesLoaded) == (true, 3, 4))
    #expect(read.warnings == ["w"])
    #expect(read.table.fields == output.table.fields)
    #expect(try await read.table.collect().pages[0].columns[1].value(atRow: 1) == .several([.string("y"), .string("z")]))
  }
}

extension Column {
  fileprivate static func column(_ cells: [Value], _ type: DataType) -> Column { ColumnBuilder.column(of: cells, type: type) }
}
