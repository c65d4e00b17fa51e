import Meanwhile
import Testing

@testable import MeanwhileEQL

private func read(_ body: String, parameters: Parameters = Parameters()) async throws -> EQLRequest {
  var request = EndpointRequest(method: .post, path: "/logs/_eql/search", parameters: parameters, body: ChunkStream([Array(body.utf8)]))
  request.pathParameters = ["index": "logs"]
  return try await EQLRequest(request)
}

@Suite("EQL request")
struct EQLRequestTests {
  @Test func defaults() async throws {
    let request = try await read(#"{"query": "any where true"}"#)
    #expect(request.indices == "logs")
    #expect(request.timestampField == "@timestamp")
    #expect(request.eventCategoryField == "event.category")
    #expect(request.tiebreakerField == nil)
    #expect(request.size == 10)
    #expect(request.resultPosition == .tail)
    #expect(!request.submission.isAsynchronous)
    #expect(request.submission.keepAlive == .days(5))
  }

  @Test func everything() async throws {
    let request = try await read(
      """
      {"query": "any where true", "filter": {"match_all": {}}, "timestamp_field": "t", "event_category_field": "c", "tiebreaker_field": "n",
       "size": 3, "fetch_size": 50, "result_position": "head", "fields": ["a*", {"field": "d", "format": "epoch_millis"}],
       "runtime_mappings": {}, "max_samples_per_key": 2, "case_sensitive": true, "wait_for_completion_timeout": "2s", "keep_alive": "2d",
       "keep_on_completion": true}
      """)
    #expect(request.timestampField == "t")
    #expect(request.eventCategoryField == "c")
    #expect(request.tiebreakerField == "n")
    #expect(request.size == 3)
    #expect(request.resultPosition == .head)
    #expect(request.fields == [.init(name: "a*", format: nil), .init(name: "d", format: "epoch_millis")])
    #expect(request.samplesPerKeyMax == 2)
    #expect(request.submission == .init(wait: .seconds(2), keepAlive: .days(2), keepOnCompletion: true))
    #expect(request.submission.isAsynchronous)
  }

  @Test("What the URL says counts before what the body says")
  func parameters() async throws {
    let request = try await read(
      #"{"query": "any where true", "keep_alive": "2d", "wait_for_completion_timeout": "2s"}"#,
      parameters: ["keep_alive": "3d", "wait_for_completion_timeout": "0ms", "keep_on_completion": "true"])
    #expect(request.submission == .init(wait: .zero, keepAlive: .days(3), keepOnCompletion: true))
    #expect(request.submission.isAsynchronous)
  }

  @Test("A negative wait is synchronous")
  func negativeWait() async throws {
    let request = try await read(#"{"query": "any where true", "wait_for_completion_timeout": -1}"#)
    #expect(!request.submission.isAsynchronous)
  }

  static let mistakes: [(body: String, type: String, reason: String, cause: String?)] = [
    ("", "parse_exception", "request body or source parameter is required", nil),
    ("{}", "action_request_validation_exception", "Validation Failed: 1: query is null or empty;", nil),
    (
      #"{"size": -1, "fetch_size": 1, "timestamp_field": "", "event_category_field": "", "max_samples_per_key": 0, "keep_alive": "30s"}"#,
      "action_request_validation_exception",
      "Validation Failed: 1: query is null or empty;2: @timestamp field is null or empty;3: event category field is null or empty;"
        + "4: size must be greater than or equal to 0;5: fetch size must be greater than 1;6: max_samples_per_key must be greater than 0;"
        + "7: [keep_alive] must be greater than 1 minute, got:30s;", nil
    ),
    (#"{"query": "x", "foo": 1}"#, "x_content_parse_exception", "[1:23] [eql/search] unknown field [foo]", nil),
    (
      #"{"query": "x", "sized": 1}"#, "x_content_parse_exception", "[1:25] [eql/search] unknown field [sized] did you mean [size]?", nil
    ),
    (
      #"{"query": "x", "result_position": "side"}"#, "x_content_parse_exception",
      "[1:35] [eql/search] failed to parse field [result_position]",
      "result position needs to be 'head' or 'tail', received 'side'"
    ),
    (
      #"{"query": "x", "keep_alive": "5"}"#, "x_content_parse_exception", "[1:30] [eql/search] failed to parse field [keep_alive]",
      "failed to parse setting [keep_alive] with value [5] as a time value: unit is missing or unrecognized"
    ),
    (
      #"{"query": "x", "runtime_mappings": {"r": {}}}"#, "x_content_parse_exception",
      "[1:36] [eql/search] failed to parse field [runtime_mappings]", "No type specified for runtime field [r]"
    ),
    (#"{"query": ["x"]}"#, "x_content_parse_exception", "[1:11] [eql/search] query doesn't support values of type: START_ARRAY", nil),
    (
      #"{"query": "x", "filter": []}"#, "x_content_parse_exception",
      "[1:26] [eql/search] filter doesn't support values of type: START_ARRAY", nil
    ),
    (
      #"{"query": "x", "size": "many"}"#, "x_content_parse_exception", "[1:24] [eql/search] failed to parse field [size]",
      #"For input string: "many""#
    ),
    ("[]", "x_content_parse_exception", "[1:1] [eql/search] Expected START_OBJECT but was: START_ARRAY", nil),
  ]

  @Test(arguments: mistakes)
  func refuses(_ example: (body: String, type: String, reason: String, cause: String?)) async {
    let error = await #expect(throws: APIError.self) { try await read(example.body) }
    #expect(error?.status == 400)
    #expect(error?.type == example.type)
    #expect(error?.reason == example.reason)
    #expect(error?.cause?.error.reason == example.cause)
  }

  @Test("Malformed JSON names its place")
  func malformed() async {
    let error = await #expect(throws: APIError.self) { try await read(#"{"query" "x"}"#) }
    #expect(error?.type == "x_content_parse_exception")
    #expect(error?.reason == "[1:10] was expecting a colon after the field name")
  }
}

@Suite("EQL output")
struct EQLOutputTests {
  @Test("What is stored can be read back", arguments: [true, false])
  func roundTrip(isPartial: Bool) async throws {
    let output = EQLOutput(hits: [Array("{\"total\":".utf8), Array("{}}".utf8)], isPartial: isPartial)
    let read = try await EQLOutput.decode(output.encode())
    #expect(read.isPartial == isPartial)
    #expect(try await read.hits.collect(bytesMax: .max) == Array("{\"total\":{}}".utf8))
  }

  @Test("Damaged bytes are an error, not a crash", arguments: ["", "x", "c", "{}"])
  func damaged(_ text: String) async {
    let error = await #expect(throws: APIError.self) { try await EQLOutput.decode(ChunkStream([Array(text.utf8)])) }
    #expect(error?.status == 500)
  }
}
