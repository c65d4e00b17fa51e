#if HTTP && CLI
import Foundation
import Meanwhile
import Testing

@Suite("End to end: documents and indices")
struct DocumentEndToEndTests {
  @Test("An index is made, described, found and deleted")
  func indices() async throws {
    try await withServer { client in
      let made = try await client.put("/books", #"{"mappings":{"properties":{"title":{"type":"text"},"year":{"type":"integer"}}}}"#)
      #expect(made.json["acknowledged"] == true, "\(made.text)")
      #expect(try await client.call("HEAD", "/books").status == 200)
      #expect(try await client.call("HEAD", "/nowhere").status == 404)
      #expect(try await client.get("/books").json(at: "books", "mappings", "properties", "year", "type") == "integer")
      #expect(try await client.get("/books/_mapping").json(at: "books", "mappings", "properties", "title", "type") == "text")
      #expect(try await client.get("/_cat/indices").text.contains("books"))
      #expect(try await client.put("/books").errorType == "resource_already_exists_exception")
      #expect(try await client.delete("/books").json["acknowledged"] == true)
      #expect(try await client.get("/books").status == 404)
    }
  }

  @Test("A document is written, read, replaced and found")
  func documents() async throws {
    try await withServer { client in
      let created = try await client.put("/books/_doc/1", #"{"title":"Hyperion","year":1989}"#)
      #expect(created.status == 201, "\(created.text)")
      #expect(created.json["result"] == "created")
      let updated = try await client.put("/books/_doc/1", #"{"title":"Hyperion","year":1990}"#)
      #expect(updated.status == 200)
      #expect(updated.json["_version"] == 2)
      #expect(try await client.get("/books/_doc/1").json(at: "_source", "year") == 1990)
      #expect(try await client.get("/books/_doc/2").status == 404)
      #expect(try await client.post("/books/_refresh").status == 200)
      let found = try await client.post("/books/_search", #"{"query":{"term":{"year":1990}}}"#)
      #expect(found.json(at: "hits", "total", "value") == 1, "\(found.text)")
    }
  }

  @Test("In a bulk request each document stands or falls alone")
  func bulk() async throws {
    try await withServer { client in
      _ = try await client.put("/numbers", #"{"mappings":{"properties":{"n":{"type":"long"}}}}"#)
      let answer = try await client.call(
        "POST", "/_bulk",
        """
        {"index":{"_index":"numbers","_id":"1"}}
        {"n":1}
        {"index":{"_index":"numbers","_id":"2"}}
        {"n":"not a number"}
        {"create":{"_index":"numbers","_id":"1"}}
        {"n":3}
        {"delete":{"_index":"numbers","_id":"1"}}

        """, type: "application/x-ndjson")
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.json["errors"] == true)
      #expect(answer.json(at: "items", "0", "index", "status") == 201)
      #expect(answer.json(at: "items", "1", "index", "status") == 400)
      #expect(answer.json(at: "items", "2", "create", "status") == 409)
      #expect(answer.json(at: "items", "3", "delete", "status") == 200)
    }
  }

  @Test("What was acknowledged is there after a restart: documents, mappings, kept results")
  func restart() async throws {
    let folder = try TemporaryFolder()
    let data = folder.url.appendingPathComponent("data").path
    var id = ""
    try await withSampleServer(["--data", data]) { client in
      let submitted = try await client.post(
        "/_query/async", #"{"query":"FROM access | STATS n = COUNT(*)","keep_on_completion":true,"wait_for_completion_timeout":"10s"}"#)
      id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
    }
    try await withServer(["--data", data]) { client in
      let kept = try await client.get("/_query/async/\(id)")
      #expect(kept.json["values"] == [[5]], "\(kept.text)")
      #expect(try await client.post("/_query", #"{"query":"FROM access | STATS n = COUNT(*)"}"#).json["values"] == [[5]])
      #expect(try await client.get("/access/_mapping").json(at: "access", "mappings", "properties", "status", "type") == "long")
    }
  }
}
#endif
