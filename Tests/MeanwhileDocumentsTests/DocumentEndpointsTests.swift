import Meanwhile
import MeanwhileData
import MeanwhileMemoryStore
import Testing

@testable import MeanwhileDocuments

@Suite struct DocumentEndpointsTests {
  private let store = MemoryStore()

  private func service() async throws -> Service {
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(endpoints: DocumentEndpoints())
    return try await builder.build()
  }

  private func send(
    _ service: Service, _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = [:], body: String? = nil
  ) async throws -> (status: Int, body: JSONValue) {
    let response = await service.respond(
      to: EndpointRequest(
        method: method, path: path, parameters: parameters, headers: body == nil ? [:] : ["Content-Type": "application/json"],
        body: body.map { ChunkStream([Array($0.utf8)]) } ?? .empty))
    let bytes = try await response.collectBody()
    return (response.status, bytes.isEmpty ? .null : try JSONValue.parse(bytes))
  }

  @Test func `an index is created, shown and deleted`() async throws {
    let service = try await service()
    let made = try await send(
      service, .put, "/logs", body: #"{"settings":{"index.number_of_shards":1},"mappings":{"properties":{"host.name":{"type":"keyword"}}}}"#
    )
    #expect(made.status == 200)
    #expect(made.body == ["acknowledged": true, "shards_acknowledged": true, "index": "logs"])
    let again = try await send(service, .put, "/logs")
    #expect(again.status == 400 && again.body["error"]?["type"] == "resource_already_exists_exception")
    let shown = try await send(service, .get, "/logs").body["logs"]
    #expect(shown?["mappings"] == ["properties": ["host": ["properties": ["name": ["type": "keyword"]]]]])
    #expect(shown?["settings"]?["index"]?["number_of_shards"] == "1")
    #expect(try await send(service, .head, "/logs").status == 200)
    #expect(try await send(service, .delete, "/logs").body == ["acknowledged": true])
    #expect(try await send(service, .head, "/logs").status == 404)
    #expect(try await send(service, .delete, "/logs").body["error"]?["reason"] == "no such index [logs]")
  }

  @Test(arguments: [
    ("/Logs", "Invalid index name [Logs], must be lowercase"),
    ("/-logs", "Invalid index name [-logs], must not start with '_', '-', or '+'"),
    ("/a%2Ab", "Invalid index name [a*b], must not contain the following characters ['\\','/','*','?','\"','<','>','|',' ',',']"),
    ("/a%3Ab", "Invalid index name [a:b], must not contain ':'"),
  ])
  func `a name that breaks a rule is refused with the rule`(path: String, reason: String) async throws {
    let answer = try await send(try await service(), .put, path)
    #expect(answer.status == 400)
    #expect(answer.body["error"]?["type"] == "invalid_index_name_exception")
    #expect(answer.body["error"]?["reason"]?.string == reason)
  }

  @Test(arguments: [
    (#"{"properties":{"a":{"type":"strnig"}}}"#, "No handler for type [strnig] declared on field [a]"),
    (#"{"properties":{"a":{}}}"#, "No type specified for field [a]"),
    (#"{"properties":{"a":{"type":"alias"}}}"#, "The [path] property must be specified for field [a]."),
    (#"{"properties":{"a":{"type":"scaled_float"}}}"#, "Field [a] misses required parameter [scaling_factor]"),
    (#"{"propertys":{}}"#, "Root mapping definition has unsupported parameters:  [propertys : {}]"),
  ])
  func `a mapping that makes no sense is refused`(mapping: String, reason: String) async throws {
    let answer = try await send(try await service(), .put, "/x", body: #"{"mappings":\#(mapping)}"#)
    #expect(answer.status == 400)
    #expect(answer.body["error"]?["type"] == "mapper_parsing_exception")
    #expect(answer.body["error"]?["root_cause"]?.array?.first?["reason"]?.string == reason)
  }

  @Test func `a document is written, read, replaced, updated in part and deleted`() async throws {
    let service = try await service()
    let created = try await send(service, .put, "/people/_doc/1", body: #"{"name":"Ada"}"#)
    #expect(created.status == 201)
    #expect(
      created.body == [
        "_index": "people", "_id": "1", "_version": 1, "result": "created", "_shards": ["total": 2, "successful": 1, "failed": 0],
        "_seq_no": 0, "_primary_term": 1,
      ])
    #expect(
      try await send(service, .get, "/people/_doc/1").body == [
        "_index": "people", "_id": "1", "_version": 1, "_seq_no": 0, "_primary_term": 1, "found": true, "_source": ["name": "Ada"],
      ])
    #expect(try await send(service, .put, "/people/_doc/1", body: #"{"name":"Ada L","age":36}"#).body["result"] == "updated")
    let conflict = try await send(service, .put, "/people/_create/1", body: "{}")
    #expect(conflict.status == 409)
    #expect(conflict.body["error"]?["reason"] == "[1]: version conflict, document already exists (current version [2])")
    #expect(try await send(service, .post, "/people/_update/1", body: #"{"doc":{"age":37}}"#).body["_version"] == 3)
    #expect(try await send(service, .post, "/people/_update/1", body: #"{"doc":{"age":37}}"#).body["result"] == "noop")
    #expect(try await send(service, .get, "/people/_source/1").body == ["name": "Ada L", "age": 37])
    #expect(
      try await send(service, .get, "/people/_doc/1", parameters: ["_source_includes": "na*"]).body["_source"] == ["name": "Ada L"])
    #expect(try await send(service, .delete, "/people/_doc/1").body["result"] == "deleted")
    let gone = try await send(service, .get, "/people/_doc/1")
    #expect(gone.status == 404 && gone.body == ["_index": "people", "_id": "1", "found": false])
    #expect(try await send(service, .put, "/people/_doc/1", body: "{}").body["_version"] == 5)
  }

  @Test func `a bulk load answers item by item, in order, whatever the chunks of its body`() async throws {
    let service = try await service()
    let text = """
      {"index":{"_id":"1"}}
      {"n":1}
      {"create":{"_id":"1"}}
      {"n":2}
      {"index":{"_index":"other","_id":"2"}}
      {"n":3}
      {"index":{"_id":"3"}}
      {"n":"three"}
      {"delete":{"_id":"9"}}
      {"update":{"_id":"1"}}
      {"doc":{"m":1}}

      """
    let bytes = Array(text.utf8)
    let chunks = stride(from: 0, to: bytes.count, by: 7).map { Array(bytes[$0..<min(bytes.count, $0 + 7)]) }
    let response = await service.respond(
      to: EndpointRequest(
        method: .post, path: "/main/_bulk", parameters: ["refresh": "true"], headers: ["Content-Type": "application/x-ndjson"],
        body: ChunkStream(chunks)))
    let answer = try JSONValue.parse(try await response.collectBody())
    #expect(answer["errors"] == true)
    let items = try #require(answer["items"]?.array)
    #expect(items.compactMap { $0.object?.names.first } == ["index", "create", "index", "index", "delete", "update"])
    #expect(items.compactMap { $0.object?.members.first?.value["status"]?.int } == [201, 409, 201, 400, 404, 200])
    #expect(items[0]["index"]?["forced_refresh"] == true && items[0]["index"]?["_seq_no"] == 0)
    #expect(items[3]["index"]?["error"]?["type"] == "document_parsing_exception")
    #expect(items[2]["index"]?["_index"] == "other")
    #expect(try await store.snapshot(of: "main").documentCount == 1)
    #expect(try await send(service, .get, "/main/_source/1").body == ["n": 1, "m": 1])
  }

  @Test(arguments: [
    ("[1]\n", "Malformed action/metadata line [1], expected START_OBJECT but found [START_ARRAY]"),
    ("{}\n", "Malformed action/metadata line [1], expected FIELD_NAME but found [END_OBJECT]"),
    (
      "{\"index\":{}}\n{}\n{\"upsert\":{}}\n{}\n",
      "Malformed action/metadata line [3], expected field [create], [delete], [index] or [update] but found [upsert]"
    ), ("{\"index\":{\"color\":1}}\n{}\n", "Action/metadata line [1] contains an unknown parameter [color]"),
    ("{\"index\":{}}\n{}", "The bulk request must be terminated by a newline [\\n]"),
    ("\n", "Validation Failed: 1: no requests added;"), ("{\"delete\":{}}\n", "Validation Failed: 1: id is missing;"),
  ])
  func `a broken bulk body is refused whole`(body: String, reason: String) async throws {
    let answer = try await send(try await service(), .post, "/x/_bulk", body: body)
    #expect(answer.status == 400)
    #expect(answer.body["error"]?["reason"]?.string == reason)
    #expect(try await store.indices().isEmpty)
  }

  @Test func `mappings grow and refuse to change`() async throws {
    let service = try await service()
    _ = try await send(service, .put, "/x", body: #"{"mappings":{"properties":{"a":{"type":"keyword"}}}}"#)
    #expect(try await send(service, .put, "/x/_mapping", body: #"{"properties":{"b":{"type":"long"}}}"#).body == ["acknowledged": true])
    let refused = try await send(service, .put, "/x/_mapping", body: #"{"properties":{"a":{"type":"long"}}}"#)
    #expect(refused.status == 400)
    #expect(refused.body["error"]?["reason"] == "mapper [a] cannot be changed from type [keyword] to [long]")
    #expect(
      try await send(service, .get, "/x/_mapping").body["x"]?["mappings"]
        == ["properties": ["a": ["type": "keyword"], "b": ["type": "long"]]])
  }

  @Test func `cat lists indices as a table and as JSON`() async throws {
    let service = try await service()
    _ = try await send(service, .put, "/x/_doc/1", parameters: ["refresh": "true"], body: "{}")
    let rows = try await send(service, .get, "/_cat/indices", parameters: ["format": "json", "h": "index,dc"]).body
    #expect(rows == [["index": "x", "docs.count": "1"]])
    let response = await service.respond(to: EndpointRequest(.get, "/_cat/indices", parameters: ["v": "", "h": "index,docs.count"]))
    let text = String(decoding: try await response.collectBody(), as: UTF8.self)
    #expect(text == "index docs.count\nx              1\n")
  }
}
