import Meanwhile
import MeanwhileData
import MeanwhileMemoryStore
import Testing

@testable import MeanwhileDocuments

@Suite struct EnrichTests {
  private let client = DocumentClient()

  private func load(_ index: String, _ mapping: String, _ documents: [String]) async throws {
    _ = try await client.send(.put, "/\(index)", body: #"{"mappings":{"properties":\#(mapping)}}"#)
    for document in documents { _ = try await client.send(.post, "/\(index)/_doc", parameters: ["refresh": "true"], body: document) }
  }

  private func cells(_ policy: EnrichPolicy, _ column: String) async throws -> [Value] {
    let snapshot = try #require(try await EnrichPolicies(client.store).snapshot(of: policy))
    return try snapshot.segments.flatMap { view in
      let found = try view.segment.column(column)
      return (0..<view.segment.rowCount).map { found?.value(atRow: $0) ?? .null }
    }
  }

  @Test func `a match policy gathers its fields, with the match field as text, at the moment of its execution`() async throws {
    try await load(
      "users", #"{"email":{"type":"ip"},"user":{"properties":{"name":{"type":"keyword"},"age":{"type":"integer"}}}}"#,
      [
        #"{"email":"10.0.0.1","user":{"name":"Ada","age":36},"other":1}"#, #"{"user.name":"nobody"}"#,
        #"{"email":["10.0.0.2","10.0.0.3"],"user":[{"name":"Bo"},{"name":"Cy"}]}"#,
      ])
    let body = #"{"match":{"indices":"users","match_field":"email","enrich_fields":["user.name","user.age"]}}"#
    #expect(try await client.send(.put, "/_enrich/policy/people", body: body).body == ["acknowledged": true])
    let before = try #require(try await EnrichPolicies(client.store).policy("people"))
    #expect(try await EnrichPolicies(client.store).snapshot(of: before) == nil)
    #expect(try await client.send(.post, "/_enrich/policy/people/_execute").body == ["status": ["phase": "COMPLETE"]])
    _ = try await client.send(.post, "/users/_doc", parameters: ["refresh": "true"], body: #"{"email":"10.0.0.9"}"#)
    let policy = try #require(try await EnrichPolicies(client.store).policy("people"))
    #expect(try await cells(policy, policy.matchColumn) == [.string("10.0.0.1"), .several([.string("10.0.0.2"), .string("10.0.0.3")])])
    #expect(try await cells(policy, "user.name") == [.string("Ada"), .several([.string("Bo"), .string("Cy")])])
    #expect(try await cells(policy, "user.age") == [.long(36), .null])
  }

  @Test(arguments: [
    ("integer_range", #"{"gte":1,"lt":3}"#, Value.long(1), Value.long(2)),
    ("long_range", #"{"gt":1}"#, .long(2), .long(.max)),
    ("double_range", #"{"gte":1.5,"lt":1.6}"#, .double(1.5), .double(1.6.nextDown)),
    ("date_range", #"{"gte":"1970-01-01","lt":"1970-01-02"}"#, .long(0), .long(86_399_999)),
    ("date_range", #"{"gte":"1970-01-01","lte":"1970-01-01"}"#, .long(0), .long(86_399_999)),
    (
      "ip_range", #""10.0.0.0/24""#, .bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 0]),
      .bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 255])
    ),
  ])
  func `a range policy has both ends of each range, which are part of it`(type: String, range: String, lower: Value, upper: Value)
    async throws
  {
    try await load("ranges", #"{"r":{"type":"\#(type)"},"name":{"type":"keyword"}}"#, [#"{"r":\#(range),"name":"x"}"#])
    _ = try await client.send(
      .put, "/_enrich/policy/p", body: #"{"range":{"indices":["ranges"],"match_field":"r","enrich_fields":["name"]}}"#)
    #expect(try await client.send(.put, "/_enrich/policy/p/_execute").status == 200)
    let policy = try #require(try await EnrichPolicies(client.store).policy("p"))
    #expect(try await cells(policy, policy.lowerColumn) == [lower])
    #expect(try await cells(policy, policy.upperColumn) == [upper])
    #expect(try await cells(policy, "name") == [.string("x")])
  }

  @Test func `a policy gathers what its query means, again at each execution, and leaves one index`() async throws {
    try await load("a", #"{"k":{"type":"keyword"},"n":{"type":"long"}}"#, [#"{"k":"x","n":1}"#, #"{"k":"y","n":2}"#])
    _ = try await client.send(
      .put, "/_enrich/policy/p",
      body: #"{"match":{"indices":"a","match_field":"k","enrich_fields":["n"],"query":{"range":{"n":{"gte":2}}}}}"#)
    _ = try await client.send(.post, "/_enrich/policy/p/_execute")
    _ = try await client.send(.post, "/a/_doc", parameters: ["refresh": "true"], body: #"{"k":"z","n":3}"#)
    _ = try await client.send(.post, "/_enrich/policy/p/_execute")
    let policy = try #require(try await EnrichPolicies(client.store).policy("p"))
    #expect(try await cells(policy, "k") == [.string("y"), .string("z")])
    #expect(try await client.store.indices().filter { $0.definition.name.hasPrefix(".enrich-") }.count == 1)
    #expect(try await client.send(.delete, "/_enrich/policy/p").body == ["acknowledged": true])
    #expect(try await client.store.indices().filter { $0.definition.name.hasPrefix(".enrich-") }.isEmpty)
  }

  @Test func `policies are shown as they were made`() async throws {
    try await load("a", #"{"k":{"type":"keyword"}}"#, [])
    let body = #"{"match":{"indices":["a"],"match_field":"k","enrich_fields":["n"],"query":{"match_all":{}}}}"#
    _ = try await client.send(.put, "/_enrich/policy/p", body: body)
    let shown: JSONValue = [
      "policies": [
        [
          "config": [
            "match": ["name": "p", "indices": ["a"], "query": ["match_all": [:]], "match_field": "k", "enrich_fields": ["n"]]
          ]
        ]
      ]
    ]
    #expect(try await client.send(.get, "/_enrich/policy").body == shown)
    #expect(try await client.send(.get, "/_enrich/policy/p,q").body == shown)
    #expect(try await client.send(.get, "/_enrich/policy/q").body == ["policies": []])
  }

  @Test func `what is wrong with a policy is said`() async throws {
    try await load("a", #"{"k":{"type":"keyword"},"t":{"type":"text"}}"#, [])
    func refused(_ body: String, name: String = "p") async throws -> (Int, String?) {
      let answer = try await client.send(.put, "/_enrich/policy/\(name)", body: body)
      return (answer.status, answer.body["error"]?["reason"]?.string)
    }
    let good = #"{"match":{"indices":"a","match_field":"k","enrich_fields":[]}}"#
    #expect(try await refused(#"{"match":{"indices":"b","match_field":"k","enrich_fields":[]}}"#) == (404, "no such index [b]"))
    #expect(try await refused(#"{"match":{"indices":"a"}}"#) == (400, "Required [match_field, enrich_fields]"))
    #expect(try await refused(#"{"hash":{}}"#) == (400, "unsupported policy type [hash], supported types are [match, range]"))
    #expect(try await refused(good, name: "P") == (400, "Invalid policy name [P], must be lowercase"))
    let missing = try await client.send(.put, "/_enrich/policy/p", body: #"{"match":{"indices":"a","match_field":"x","enrich_fields":[]}}"#)
    #expect(missing.status == 500)
    #expect(
      missing.body["error"]?["caused_by"]?["reason"]?.string
        == "Could not traverse mapping to field [x]. Could not find the [x] field under [root]")
    #expect(try await refused(good) == (200, nil))
    #expect(try await refused(good) == (400, "policy [p] already exists"))
    let unknown = try await client.send(.post, "/_enrich/policy/q/_execute")
    #expect(unknown.status == 404 && unknown.body["error"]?["reason"] == "policy [q] does not exist")
    #expect(try await client.send(.delete, "/_enrich/policy/q").body["error"]?["reason"] == "policy [q] not found")
    _ = try await client.send(.put, "/_enrich/policy/r", body: #"{"range":{"indices":"a","match_field":"k","enrich_fields":[]}}"#)
    #expect(
      try await client.send(.post, "/_enrich/policy/r/_execute").body["error"]?["reason"]?.string
        == "Field 'k' has type [keyword] which doesn't appear to be a range type")
  }
}
