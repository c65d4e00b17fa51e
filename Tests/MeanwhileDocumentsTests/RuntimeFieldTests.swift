import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileDocuments

@Suite struct RuntimeFieldTests {
  private let client = DocumentClient()

  @Test func `with dynamic runtime, what documents bring is kept under runtime, by its type`() async throws {
    _ = try await client.send(.put, "/a", body: #"{"mappings":{"dynamic":"runtime","properties":{"at":{"type":"date"}}}}"#)
    let document =
      #"{"at":1,"user":{"name":"ada","age":36},"score":1.5,"when":"2025-01-02","ok":true,"nothing":null,"tags":["a","b"],"x.y":1}"#
    _ = try await client.send(.put, "/a/_doc/1", parameters: ["refresh": "true"], body: document)
    let mapping = try await client.send(.get, "/a/_mapping").body["a"]?["mappings"]
    let types = (mapping?["runtime"]?.object?.members ?? []).map { "\($0.name) \($0.value["type"]?.string ?? "")" }
    #expect(
      types.sorted() == ["ok boolean", "score double", "tags keyword", "user.age long", "user.name keyword", "when date", "x.y long"])
    #expect(mapping?["properties"]?.object?.names == ["at"])
    let found = try await client.send(.post, "/a/_delete_by_query", body: #"{"query":{"range":{"user.age":{"gt":30}}}}"#)
    #expect(found.body["deleted"] == 1)
  }

  @Test func `a value that does not fit a runtime field is left out, and the document is not refused`() async throws {
    _ = try await client.send(.put, "/a", body: #"{"mappings":{"runtime":{"age":{"type":"long"}}}}"#)
    #expect(try await client.send(.put, "/a/_doc/1", body: #"{"age":"old"}"#).status == 201)
    _ = try await client.send(.put, "/a/_doc/2", parameters: ["refresh": "true"], body: #"{"age":3}"#)
    let found = try await client.send(.post, "/a/_delete_by_query", body: #"{"query":{"exists":{"field":"age"}}}"#)
    #expect(found.body["deleted"] == 1)
  }

  @Test func `an index that has documents takes no further runtime field, since they would lack it`() async throws {
    _ = try await client.send(.put, "/a/_doc/1", parameters: ["refresh": "true"], body: #"{"a":1}"#)
    let refused = try await client.send(.put, "/a/_mapping", body: #"{"runtime":{"b":{"type":"long"}}}"#)
    #expect(refused.status == 400 && refused.body["error"]?["reason"]?.string?.hasPrefix("runtime field [b] cannot be added") == true)
    _ = try await client.send(.put, "/empty")
    #expect(try await client.send(.put, "/empty/_mapping", body: #"{"runtime":{"b":{"type":"long"}}}"#).status == 200)
    #expect(try await client.send(.put, "/c", body: #"{"mappings":{"runtime":{"b":{"type":"text"}}}}"#).status == 400)
  }
}
