import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore
import MeanwhileSearch
import Testing

@testable import MeanwhileDocuments

/// Every type of field, all the way: an index is created with it, a document comes in by bulk, a search finds it, ES|QL reads it, and its source comes back.
@Suite struct FieldTypeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: String
    /// Parameters of the mapping, besides the type.
    var parameters = ""
    var value: String
    /// A query that means the document; nil for a type that no query reads.
    var query: String?
    /// One that does not.
    var other: String?
    /// What ES|QL has of it; nil where it knows no such column.
    var column: JSONValue?

    var testDescription: String { "\(type) \(parameters)" }
  }

  private static func term(_ value: String) -> String { #"{"term":{"f":\#(value)}}"# }
  private static func match(_ value: String) -> String { #"{"match":{"f":"\#(value)"}}"# }
  private static func range(_ bounds: String) -> String { #"{"range":{"f":{\#(bounds)}}}"# }

  static let cases: [Case] = [
    Case(type: "keyword", value: #""a b""#, query: term(#""a b""#), other: term(#""a""#), column: "a b"),
    Case(
      type: "keyword", parameters: #","normalizer":"lowercase""#, value: #""AbC""#, query: term(#""abc""#), other: term(#""b""#),
      column: "abc"),
    Case(
      type: "keyword", parameters: #","ignore_above":3"#, value: #""long""#, query: nil, other: #"{"exists":{"field":"f"}}"#, column: .null),
    Case(
      type: "keyword", parameters: #","null_value":"none""#, value: "null", query: term(#""none""#), other: term(#""x""#), column: "none"),
    Case(type: "text", value: #""The Quick fox""#, query: match("quick"), other: match("slow"), column: "The Quick fox"),
    Case(type: "text", parameters: #","analyzer":"simple""#, value: #""ab12cd""#, query: match("cd"), other: match("12"), column: "ab12cd"),
    Case(
      type: "text", parameters: #","analyzer":"whitespace""#, value: #""A-b c""#, query: match("A-b"), other: match("b"), column: "A-b c"),
    Case(type: "text", parameters: #","analyzer":"keyword""#, value: #""a b""#, query: match("a b"), other: match("a"), column: "a b"),
    Case(
      type: "text", parameters: #","analyzer":"stop""#, value: #""the sea""#, query: match("sea"), other: match("the"), column: "the sea"),
    Case(
      type: "text", parameters: #","analyzer":"english""#, value: #""running foxes""#, query: match("fox"), other: match("foxglove"),
      column: "running foxes"),
    Case(type: "match_only_text", value: #""some words""#, query: match("words"), other: match("none"), column: "some words"),
    Case(type: "boolean", value: "true", query: term("true"), other: term("false"), column: true),
    Case(type: "byte", value: "-128", query: term("-128"), other: term("3"), column: -128),
    Case(type: "short", value: "32767", query: range(#""gt":32766"#), other: range(#""gt":32767"#), column: 32_767),
    Case(type: "integer", value: "7", query: range(#""gte":7,"lt":8"#), other: term("8"), column: 7),
    Case(type: "long", value: "9223372036854775807", query: term("9223372036854775807"), other: term("1"), column: .integer(.max)),
    Case(
      type: "unsigned_long", value: "18446744073709551615", query: range(#""gt":9223372036854775807"#), other: term("1"),
      column: .unsigned(.max)),
    Case(type: "half_float", value: "1.5", query: term("1.5"), other: term("2"), column: 1.5),
    Case(type: "float", value: "0.25", query: range(#""lt":0.5"#), other: range(#""gt":0.5"#), column: 0.25),
    Case(type: "double", value: "1e-7", query: range(#""gt":0"#), other: range(#""lt":0"#), column: 1e-7),
    Case(
      type: "scaled_float", parameters: #","scaling_factor":100"#, value: "1.234", query: term("1.23"), other: term("1.24"), column: 1.23),
    Case(
      type: "date", value: #""2025-01-02""#, query: range(#""gte":"2025-01-02","lt":"2025-01-03""#), other: range(#""lt":"2025""#),
      column: "2025-01-02T00:00:00.000Z"),
    Case(
      type: "date", parameters: #","format":"yyyy/MM/dd||epoch_second""#, value: "1", query: range(#""gte":"1970/01/01""#),
      other: range(#""gt":"1970/01/01""#), column: "1970-01-01T00:00:01.000Z"),
    Case(
      type: "date", parameters: #","format":"epoch_millis""#, value: "1", query: term("1"), other: term("2"),
      column: "1970-01-01T00:00:00.001Z"),
    Case(
      type: "date_nanos", value: #""2025-01-02T03:04:05.123456789Z""#, query: range(#""gte":"2025-01-02""#), other: range(#""lt":"2025""#),
      column: "2025-01-02T03:04:05.123456789Z"),
    Case(type: "ip", value: #""10.1.2.3""#, query: term(#""10.0.0.0/8""#), other: term(#""11.0.0.0/8""#), column: "10.1.2.3"),
    Case(type: "ip", value: #""2001:DB8:0::1""#, query: term(#""2001:db8::1""#), other: term(#""::1""#), column: "2001:db8::1"),
    Case(type: "version", value: #""1.10.0""#, query: range(#""gt":"1.9.0""#), other: range(#""gt":"1.11.0""#), column: "1.10.0"),
    Case(type: "geo_point", value: #"{"lat":2,"lon":1}"#, query: #"{"exists":{"field":"f"}}"#, other: nil, column: "POINT (1.0 2.0)"),
    Case(type: "constant_keyword", parameters: #","value":"c""#, value: #""c""#, query: term(#""c""#), other: term(#""d""#), column: "c"),
    Case(
      type: "wildcard", value: #""some/path""#, query: #"{"wildcard":{"f":"*/pa*"}}"#, other: #"{"wildcard":{"f":"x*"}}"#,
      column: "some/path"),
    // Kept in the source alone.
    Case(type: "binary", value: #""aGk=""#, column: .null),
    Case(type: "flattened", value: #"{"a":{"b":"c"}}"#, column: .null),
    Case(type: "nested", value: #"[{"a":1},{"a":2}]"#),
    Case(type: "integer_range", value: #"{"gte":1,"lte":5}"#, column: .null),
    Case(type: "date_range", value: #"{"gte":"2025-01-01"}"#, column: .null),
    Case(type: "object", parameters: #","enabled":false"#, value: #"{"any":[1,{"thing":null}]}"#),
    // No columns of documents, for their values or for queries.
    Case(type: "keyword", parameters: #","index":false"#, value: #""a""#, query: term(#""a""#), other: term(#""b""#), column: "a"),
    Case(type: "keyword", parameters: #","doc_values":false"#, value: #""a""#, query: term(#""a""#), other: term(#""b""#), column: "a"),
  ]

  private func service() async throws -> Service {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(DocumentEndpoints())
    builder.add(ESQLLanguage())
    builder.add(SearchLanguage())
    return try await builder.build()
  }

  private func ask(
    _ service: Service, _ method: EndpointRequest.Method, _ path: String, _ body: String? = nil, parameters: Parameters = [:]
  ) async throws -> JSONValue {
    let response = await service.respond(
      to: EndpointRequest(
        method: method, path: path, parameters: parameters, headers: body == nil ? [:] : ["Content-Type": "application/json"],
        body: body.map { ChunkStream([Array($0.utf8)]) } ?? .empty))
    let answer = try JSONValue.parse(try await response.collectBody())
    #expect(response.status == 200, "\(path): \(answer)")
    return answer
  }

  @Test(arguments: cases)
  func `a value goes in, is found, is read, and comes back`(_ given: Case) async throws {
    let service = try await service()
    _ = try await ask(
      service, .put, "/i",
      #"{"mappings":{"dynamic":false,"properties":{"f":{"type":"\#(given.type)"\#(given.parameters)},"same":{"type":"alias","path":"f"}}}}"#
    )
    let source = #"{"f": \#(given.value) }"#
    let written = try await ask(service, .post, "/i/_bulk", #"{"create":{"_id":"1"}}"# + "\n\(source)\n", parameters: ["refresh": "true"])
    #expect(written["errors"] == false, "\(written)")
    for (query, isFound) in [(given.query, true), (given.other, false)] {
      guard let query else { continue }
      let found = try await ask(service, .post, "/i/_search", #"{"query":\#(query)}"#)["hits"]?["hits"]?.array
      #expect(found?.count == (isFound ? 1 : 0), "\(query)")
      if isFound { #expect(found?.first?["_source"] == (try JSONValue.parse(Array(source.utf8)))) }
    }
    if let column = given.column {
      let read = try await ask(service, .post, "/_query", #"{"query":"FROM i | KEEP f"}"#)
      #expect(read["values"] == [[column]], "\(read)")
    }
    if given.query != nil, let column = given.column, given.type != "text" {
      #expect(try await ask(service, .post, "/_query", #"{"query":"FROM i | KEEP same"}"#)["values"] == [[column]])
    }
    let document = try await ask(service, .get, "/i/_doc/1")
    #expect(document["_source"] == (try JSONValue.parse(Array(source.utf8))))
  }
}
