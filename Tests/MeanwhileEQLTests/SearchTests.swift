import Meanwhile
import MeanwhileData
import MeanwhileEngine
import Testing

@testable import MeanwhileEQL

/// A small index of security events, in one segment a batch of documents.
struct TestIndex {
  var name = "events"
  var properties: [String: FieldMapping] = [:]
  var batches: [[JSONObject]] = []

  var definition: IndexDefinition {
    IndexDefinition(name: name, uuid: "u", created: Timestamp(milliseconds: 0), mapping: Mapping(properties: properties))
  }

  func snapshot() -> IndexSnapshot {
    IndexSnapshot(definition: definition, segments: batches.map { SegmentView(segment: segment(of: $0)) })
  }

  private func segment(of documents: [JSONObject]) -> Segment {
    var columns: [String: Column] = [:]
    for leaf in definition.mapping.leaves where leaf.field.type != .alias {
      let type = leaf.field.type.dataType
      columns[leaf.path] = ColumnBuilder.column(of: documents.map { cell(of: $0, leaf.sourcePath, type) }, type: type)
    }
    columns[MetadataField.id] = ColumnBuilder.column(of: documents.map { .string($0["n"]?.text() ?? "") }, type: .keyword)
    columns[MetadataField.source] = ColumnBuilder.column(of: documents.map { .bytes(JSONValue.object($0).encoded()) }, type: .source)
    let loaded = columns
    let summaries = loaded.mapValues { column in
      let filled = (0..<column.rowCount).count { !column.slots(ofRow: $0).isEmpty }
      return Segment.FieldSummary(type: column.type, rowsWithValue: filled, valueCount: filled)
    }
    return Segment(rowCount: documents.count, fields: summaries) { loaded[$0] }
  }

  private func cell(of document: JSONObject, _ path: String, _ type: DataType) -> Value {
    guard let value = document[path] else { return .null }
    let cells = (value.array ?? [value]).map { value -> Value in
      switch value {
      case .string(let text):
        switch type {
        case .ip: .bytes(IPAddress(parsing: text)?.bytes ?? [])
        default: .string(text)
        }
      case .integer(let number): type == .double ? .double(Double(number)) : .long(number)
      case .double(let number): .double(number)
      case .bool(let flag): .boolean(flag)
      default: .null
      }
    }.filter { $0 != .null }
    return cells.isEmpty ? .null : cells.count == 1 ? cells[0] : .several(cells)
  }

  static let events = TestIndex(
    properties: [
      "@timestamp": FieldMapping(type: .date), "n": FieldMapping(type: .long), "kind": FieldMapping(type: .keyword),
      "event": FieldMapping(
        type: .object,
        properties: ["category": FieldMapping(type: .alias, parameters: ["path": "kind"])]),
      "host": FieldMapping(type: .keyword), "user": FieldMapping(type: .keyword), "pid": FieldMapping(type: .long),
      "name": FieldMapping(type: .keyword), "exit_code": FieldMapping(type: .integer), "tags": FieldMapping(type: .keyword),
      "elevated": FieldMapping(type: .boolean), "message": FieldMapping(type: .text),
    ],
    batches: [
      [
        ["@timestamp": 1, "n": 1, "kind": "process", "host": "a", "pid": 7, "name": "cmd.exe", "tags": ["x", "y"], "elevated": true],
        ["@timestamp": 2, "n": 2, "kind": "file", "host": "a", "pid": 7, "name": "C:\\Temp\\drop.EXE"],
        ["@timestamp": 3, "n": 3, "kind": "process", "host": "b", "pid": 7, "name": "net1.exe", "exit_code": 0, "elevated": false],
      ],
      [
        ["@timestamp": 4, "n": 4, "kind": "network", "host": "a", "pid": 7, "user": "root"],
        ["@timestamp": 5, "n": 5, "kind": "process", "host": "a", "pid": 9, "name": "net.exe", "exit_code": 1, "tags": "z"],
        ["@timestamp": 6, "n": 6, "kind": "file", "host": "b", "pid": 7, "name": "notes.txt", "user": "root"],
      ],
    ])
}

/// Runs a query over a request's body and gives the `hits` object.
func search(_ query: String, _ body: JSONObject = [:], in index: TestIndex = .events) async throws -> JSONValue {
  var body = body
  body["query"] = .string(query)
  var request = EndpointRequest(.post, "/events/_eql/search", json: .object(body))
  request.pathParameters = ["index": "events"]
  let read = try await EQLRequest(request)
  var planner = QueryPlanner(
    request: read, statement: try Parser.parse(read.query), definitions: [index.definition],
    functions: EQLFunctions.added(to: .standard), now: Timestamp(milliseconds: 86_400_000))
  let plan = try planner.plan()
  let execution = ExecutionContext(settings: QuerySettings(now: Timestamp(milliseconds: 0)))
  let output = try await EQLSearch(query: plan, snapshots: [index.snapshot()], execution: execution).run()
  return try JSONValue.parse(try await output.hits.collect(bytesMax: .max))
}

/// The numbers of the events found; of a missing event -1.
func numbers(_ hits: JSONValue) -> [[Int64]] {
  func number(_ event: JSONValue) -> Int64 { event["missing"] == true ? -1 : event["_source"]?["n"]?.int ?? 0 }
  if let events = hits["events"]?.array { return [events.map(number)] }
  return (hits["sequences"]?.array ?? []).map { ($0["events"]?.array ?? []).map(number) }
}

@Suite("EQL event queries")
struct EventSearchTests {
  static let queries: [(query: String, events: [Int64])] = [
    ("any where true", [1, 2, 3, 4, 5, 6]),
    ("process where true", [1, 3, 5]),
    ("\"network\" where true", [4]),
    ("any where false", []),
    ("any where null", []),
    ("any where n == 1", [1]),
    ("any where n != 1", [2, 3, 4, 5, 6]),
    ("any where 3 < n and n <= 5", [4, 5]),
    ("any where n + 1 == 3 or n * 2 == 12", [2, 6]),
    ("any where n % 2 == 1", [1, 3, 5]),
    ("any where -n < -5", [6]),
    ("any where subtract(n, -5) == 6", [1]),
    ("any where n in (1, 3, 99)", [1, 3]),
    ("any where n not in (1, 3, 99)", [2, 4, 5, 6]),
    // Case.
    ("any where name == \"CMD.exe\"", []),
    ("any where name : \"CMD.exe\"", [1]),
    ("any where name in~ (\"CMD.exe\", \"NOTES.txt\")", [1, 6]),
    // Wildcards and regular expressions; a backslash is itself.
    ("any where name : \"net?.exe\"", [3]),
    ("any where name : (\"net*.exe\", \"*.txt\")", [3, 5, 6]),
    ("any where name : \"C:\\\\Temp\\\\*.exe\"", [2]),
    ("any where name like \"C:\\\\Temp\\\\*.exe\"", []),
    ("any where name like~ \"C:\\\\Temp\\\\*.exe\"", [2]),
    ("any where name regex \"net[0-9]?[.]exe\"", [3, 5]),
    ("any where name regex~ (\"NET.*\", \"CMD.*\")", [1, 3, 5]),
    // Null: a statement is true or not; inside of it null goes through.
    ("any where exit_code > -1", [3, 5]),
    ("any where not (exit_code > -1)", [1, 2, 4, 6]),
    ("any where exit_code == null", [1, 2, 4, 6]),
    ("any where exit_code != null", [3, 5]),
    ("process where null == (exit_code > 0)", [1]),
    ("process where exit_code != 0", [1, 5]),
    ("any where length(name) != 8", [1, 2, 5, 6]),
    // Booleans.
    ("process where elevated", [1]),
    ("process where elevated == false", [3]),
    ("process where not elevated", [3, 5]),
    ("process where (n > 3) == true", [5]),
    ("process where (n > 3) != true", [1, 3]),
    // Several values: some of them.
    ("any where tags == \"y\"", [1]),
    ("any where tags : \"*\"", [1, 5]),
    ("any where length(tags) == 1 and tags == \"x\"", [1]),
    // Optional fields.
    ("any where ?nothing == null", [1, 2, 3, 4, 5, 6]),
    ("any where ?nothing == 1", []),
    ("any where ?nothing", []),
    ("any where not ?nothing", []),
    ("any where not (?nothing == 1)", [1, 2, 3, 4, 5, 6]),
    ("any where not null", []),
    ("any where not not null", []),
    ("any where not (null and n == 1)", [1, 2, 3, 4, 5, 6]),
    ("any where ?nothing == ?nobody", [1, 2, 3, 4, 5, 6]),
    // Functions.
    ("any where startsWith~(name, \"NET\")", [3, 5]),
    ("any where STARTSWITH(name, \"net\") and endsWith(name, \".exe\")", [3, 5]),
    ("any where indexOf(name, \".\") == 3", [1, 5]),
    ("any where substring(name, -4) : \".EXE\"", [1, 2, 3, 5]),
    ("any where between(name, \"n\", \".\") == \"et\"", [5]),
    // Dates: a text without a time stands for the whole day.
    ("any where @timestamp >= \"1970-01-01T00:00:00.004Z\"", [4, 5, 6]),
    ("any where \"1970-01-01T00:00:00.004Z\" > @timestamp", [1, 2, 3]),
    ("any where @timestamp == \"1970-01-01\"", [1, 2, 3, 4, 5, 6]),
    ("any where @timestamp > \"1970-01-01\"", []),
    ("any where @timestamp <= \"now-1d\"", []),
    ("any where @timestamp < \"now\" and @timestamp in (\"3\", \"1970-01-01T00:00:00.005Z\")", [3, 5]),
    ("any where @timestamp == 3", [3]),
    // Constants become what they are compared with.
    ("any where n == \"3\"", [3]),
    ("any where n < \"2.5\"", [1, 2]),
    ("any where host == 5", []),
    ("any where elevated == \"true\"", [1]),
    ("any where string(n) : \"4\"", [4]),
    ("any where concat(host, n, elevated) == \"b3false\"", [3]),
    // Pipes.
    ("any where true | head 2", [1, 2]),
    ("any where true | tail 2", [5, 6]),
    ("any where true | tail 4 | head 2", [3, 4]),
    ("any where true | head 4 | tail 1", [4]),
    ("any where true | head 9223372036854775807", [1, 2, 3, 4, 5, 6]),
    ("any where n * 9223372036854775807 == 1", []),
    ("any where n + 9223372036854775807 > 0 or n / 0 == 1 or n % 0 == 1", []),
  ]

  @Test(arguments: queries)
  func finds(_ example: (query: String, events: [Int64])) async throws {
    #expect(try await numbers(search(example.query)) == [example.events])
  }

  @Test("Without a pipe, size and result_position say which events are given; the total counts all")
  func size() async throws {
    let last = try await search("any where true", ["size": 2])
    #expect(numbers(last) == [[5, 6]])
    #expect(last["total"] == ["value": 6, "relation": "eq"])
    let first = try await search("any where true", ["size": 2, "result_position": "head"])
    #expect(numbers(first) == [[1, 2]])
  }

  @Test("An event has its index, its id, and its source as it was stored")
  func shape() async throws {
    let hits = try await search("any where n == 4", ["fields": ["ho*", "@timestamp", "exit_code"]])
    let expected: JSONValue = [
      "total": ["value": 1, "relation": "eq"],
      "events": [
        [
          "_index": "events", "_id": "4",
          "_source": ["@timestamp": 4, "n": 4, "kind": "network", "host": "a", "pid": 7, "user": "root"],
          "fields": ["host": ["a"], "@timestamp": ["1970-01-01T00:00:00.004Z"]],
        ]
      ],
    ]
    #expect(hits == expected)
  }

  @Test("The request's filter counts beside the query")
  func filter() async throws {
    #expect(try await numbers(search("process where true", ["filter": ["range": ["n": ["gte": 3]]]])) == [[3, 5]])
    let sequences = try await search("sequence [process where true] [file where true]", ["filter": ["term": ["host": "b"]]])
    #expect(numbers(sequences) == [[3, 6]])
    let error = await #expect(throws: APIError.self) { try await search("any where true", ["filter": ["no_such_query": [:]]]) }
    #expect(error?.status == 400)
    #expect(error?.reason.contains("no_such_query") == true)
  }

  static let mistakes: [(query: String, problems: String)] = [
    ("any where nam == 1", "Found 1 problem\nline 1:11: Unknown column [nam], did you mean [name]?"),
    (
      "any where xxxxxxxx == 1 and qqqqqqqq", "Found 2 problems\nline 1:11: Unknown column [xxxxxxxx]\nline 1:29: Unknown column [qqqqqqqq]"
    ),
    ("any where pid", "Found 1 problem\nline 1:11: Condition expression needs to be boolean, found [LONG]"),
    ("any where @timestamp", "Found 1 problem\nline 1:11: Condition expression needs to be boolean, found [DATETIME]"),
    ("any where safe(name)", "Found 1 problem\nline 1:11: Unknown function [safe]"),
    ("any where lenght(name) > 1", "Found 1 problem\nline 1:11: Unknown function [lenght], did you mean [length]?"),
    ("any where length~(name) > 1", "Found 1 problem\nline 1:11: Unknown function [length~], did you mean [length]?"),
    (
      "any where length(pid) > 1",
      "Found 1 problem\nline 1:11: argument of [length(pid)] must be [string], found value [pid] type [long]"
    ),
    (
      "any where cidrMatch(host, \"10.0.0.0/8\")",
      "Found 1 problem\nline 1:11: first argument of [cidrMatch(host, \"10.0.0.0/8\")] must be [ip], found value [host] type [keyword]"
    ),
    ("any where startsWith(name)", "Found 1 problem\nline 1:11: error building [startsWith]: expects exactly two arguments"),
    (
      "any where n in (1, \"x\")",
      "Found 1 problem\nline 1:11: 2nd argument of [n in (1, \"x\")] must be [long], found value [\"x\"] type [keyword]"
    ),
    (
      "any where n : \"x\"", "Found 1 problem\nline 1:11: first argument of [n : \"x\"] must be [string], found value [n] type [long]"
    ),
    (
      "any where n == \"three\"", "Found 1 problem\nline 1:16: [\"three\"] cannot be compared with values of type [long]"
    ),
    (
      "any where @timestamp > \"yesterday\"",
      "Found 1 problem\nline 1:24: failed to parse date field [yesterday] with format [strict_date_optional_time||epoch_millis]"
    ),
    (
      "any where message == \"x\"",
      "Found 1 problem\nline 1:11: [message] cannot operate on field of data type [text]: No keyword/multi-field defined exact matches "
        + "for [message]; define one or use MATCH/QUERY instead"
    ),
  ]

  @Test(arguments: mistakes)
  func refuses(_ example: (query: String, problems: String)) async {
    let error = await #expect(throws: APIError.self) { try await search(example.query) }
    #expect(error?.type == "verification_exception")
    #expect(error?.reason == example.problems)
  }

  @Test("A category field, timestamp or tiebreaker that is not there is a problem")
  func requestFields() async {
    var error = await #expect(throws: APIError.self) { try await search("process where true", ["event_category_field": "nothing"]) }
    #expect(error?.reason == "Found 1 problem\nline 1:1: Unknown column [nothing]")
    error = await #expect(throws: APIError.self) { try await search("process where true", ["timestamp_field": "nothing"]) }
    #expect(error?.reason == "Found 1 problem\nline -1:-1: Unknown column [nothing]")
  }
}

@Suite("EQL sequences and samples")
struct SequenceSearchTests {
  static let queries: [(query: String, sequences: [[Int64]], keys: [JSONValue])] = [
    ("sequence [process where true] [file where true]", [[1, 2], [5, 6]], []),
    ("sequence by host, pid [process where true] [file where true]", [[1, 2], [3, 6]], [["a", 7], ["b", 7]]),
    ("sequence by host [process where true] by pid [file where true] by pid", [[1, 2], [3, 6]], [["a", 7], ["b", 7]]),
    ("sequence by host with maxspan=1ms [process where true] [file where true]", [[1, 2]], [["a"]]),
    ("sequence by host [process where true] [file where true] until [process where n == 5]", [[1, 2], [3, 6]], [["a"], ["b"]]),
    ("sequence by host [process where true] [network where true] until [file where true]", [], []),
    ("sequence by user [any where true] [any where true]", [[4, 6]], [["root"]]),
    ("sequence by ?nothing [network where true] [file where true]", [[4, 6]], [[nil]]),
    ("sequence [any where n < 4] with runs=2 [any where n == 4]", [[2, 3, 4]], []),
    ("sequence with maxspan=1s [process where true] ![network where true] [file where true]", [[1, -1, 2], [5, -1, 6]], []),
    ("sequence by host with maxspan=1s [file where true] ![network where true] [process where true]", [], []),
    ("sequence by tags [any where true] [any where true]", [], []),
    ("sequence [any where true] [any where true] | head 1", [[1, 2]], []),
    ("sequence [any where true] [any where true] | tail 1", [[5, 6]], []),
    ("sample by host [process where true] [file where true]", [[1, 2], [3, 6]], [["a"], ["b"]]),
    ("sample [network where true] by user [file where true] by user", [[4, 6]], [["root"]]),
  ]

  @Test(arguments: queries)
  func finds(_ example: (query: String, sequences: [[Int64]], keys: [JSONValue])) async throws {
    let hits = try await search(example.query)
    #expect(numbers(hits) == example.sequences)
    #expect(hits["sequences"]?.array?.compactMap { $0["join_keys"] } == example.keys)
    #expect(hits["total"]?["value"]?.int == Int64(example.sequences.count))
  }

  @Test("By default the last ten sequences are given")
  func size() async throws {
    #expect(try await numbers(search("sequence [any where true] [any where true]", ["size": 2])) == [[4, 5], [5, 6]])
  }

  @Test("Times in nanoseconds are as good as milliseconds")
  func nanoseconds() async throws {
    var index = TestIndex.events
    index.properties["@timestamp"] = FieldMapping(type: .dateNanos)
    // The documents' times now count nanoseconds, so six of them lie within one microsecond.
    let hits = try await search("sequence by host with maxspan=1ms [any where n == 1] [any where n == 5]", in: index)
    #expect(numbers(hits) == [[1, 5]])
  }

  @Test("A missing event has neither index, id nor source")
  func missing() async throws {
    let hits = try await search("sequence with maxspan=1s [file where n == 2] ![process where n == 1]")
    #expect(hits["sequences"]?.array?.first?["events"]?.array?.last == ["_index": "", "_id": "", "_source": [:], "missing": true])
  }

  @Test("Samples without a timestamp field, several for each key")
  func samples() async throws {
    let hits = try await search("sample by host [any where n < 4] [any where n > 3]", ["max_samples_per_key": 2])
    #expect(numbers(hits) == [[1, 4], [1, 5], [3, 6]])
  }
}
