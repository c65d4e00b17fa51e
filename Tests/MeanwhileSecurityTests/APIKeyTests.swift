#if Security
import Meanwhile
import Testing

@testable import MeanwhileSecurity

@Suite("API keys")
struct APIKeyTests {
  private static func create(_ server: SecuredServer, _ body: JSONValue, as user: String = "admin") async throws -> JSONValue {
    let answer = try await server.answer(.post, "/_security/api_key", json: body, as: user)
    #expect(answer.status == 200, "\(answer.json.text())")
    return answer.json
  }

  private static func authorization(_ key: JSONValue) throws -> String { "ApiKey " + (try #require(key["encoded"]?.string)) }

  @Test("A key authenticates until it is invalidated, and is listed without its secret")
  func life() async throws {
    let server = try await SecuredServer()
    let key = try await Self.create(server, ["name": "loader", "metadata": ["for": "tests"]])
    let authorization = try Self.authorization(key)
    let who = try await server.answer(.get, "/_security/_authenticate", authorization: authorization)
    #expect(who.json["authentication_type"] == "api_key")
    #expect(who.json["api_key"] == ["id": try #require(key["id"]), "name": "loader"])
    #expect(try await server.answer(.get, "/", authorization: authorization).status == 200)

    let listed = try await server.answer(.get, "/_security/api_key", parameters: ["name": "load*"], as: "admin")
    #expect(listed.json["api_keys"]?.array?.count == 1)
    #expect(listed.json["api_keys"]?.array?.first?["metadata"] == ["for": "tests"])
    let secret = try #require(key["api_key"]?.string)
    #expect(!listed.json.text().contains(secret))
    #expect(String(decoding: try #require(try server.credentials.read(APIKeyRing.file)), as: UTF8.self).contains(secret) == false)

    let ids: JSONValue = ["ids": [try #require(key["id"])]]
    let gone = try await server.answer(.delete, "/_security/api_key", json: ids, as: "admin")
    #expect(gone.json["invalidated_api_keys"]?.array?.count == 1)
    let again = try await server.answer(.delete, "/_security/api_key", json: ids, as: "admin")
    #expect(again.json["previously_invalidated_api_keys"]?.array?.count == 1)
    let refused = try await server.answer(.get, "/", authorization: authorization)
    #expect(refused.status == 401)
    #expect(
      refused.json["error"]?["additional_unsuccessful_credentials"]
        == .string("API key: api key [\(try #require(key["id"]?.string))] has been invalidated"))
  }

  @Test("A key can do what both its roles and its maker's allow")
  func privileges() async throws {
    let roles: JSONValue = [
      "reader": ["cluster": ["manage_own_api_key"], "indices": [["names": ["books", "films"], "privileges": ["read"]]]]
    ]
    let server = try await SecuredServer(users: ["ann": ["reader"]], roles: roles)
    for index in ["books", "films", "secret"] { try await server.index(["n": 1], in: index) }
    let narrow: JSONValue = ["indices": [["names": ["books", "secret"], "privileges": ["all"]]]]
    let key = try await Self.create(server, ["name": "narrow", "role_descriptors": ["books": narrow]], as: "ann")
    let authorization = try Self.authorization(key)
    #expect(try await server.answer(.post, "/books/_search", authorization: authorization).status == 200)
    for (method, path) in [(EndpointRequest.Method.post, "/films/_search"), (.post, "/secret/_search"), (.delete, "/books")] {
      let refused = try await server.answer(method, path, authorization: authorization)
      #expect(refused.status == 403)
      #expect(refused.reason?.contains("is unauthorized for API key id [\(try #require(key["id"]?.string))] of user [ann]") == true)
    }
    let derived = try await server.answer(.post, "/_security/api_key", json: ["name": "derived"], authorization: authorization)
    #expect(derived.status == 403, "its roles have no privilege on the cluster")
  }

  @Test("A key expires")
  func expiry() async throws {
    let server = try await SecuredServer()
    let key = try await Self.create(server, ["name": "short", "expiration": "1ms"])
    try await Task.sleep(for: .milliseconds(20))
    let refused = try await server.answer(.get, "/", authorization: try Self.authorization(key))
    #expect(refused.status == 401)
    #expect(refused.json["error"]?["additional_unsuccessful_credentials"] == "API key: api key is expired")
  }

  @Test("Keys outlive the server")
  func persistence() async throws {
    let server = try await SecuredServer()
    let key = try await Self.create(server, ["name": "lasting", "expiration": "1d", "role_descriptors": ["r": ["cluster": ["monitor"]]]])
    let next = try await Security(opening: server.credentials)
    var request = EndpointRequest(.get, "/")
    request.headers = ["Authorization": try Self.authorization(key)]
    let principal = try await next.authenticate(request)
    #expect(principal.apiKeyID == key["id"]?.string)
    #expect(try await next.permissions(of: principal).grants(ClusterPrivilege.monitor))
    #expect(try await !next.permissions(of: principal).grants(ClusterPrivilege.manage))
  }

  @Test(
    "What cannot be is refused",
    arguments: [
      ([:], "api key name is required"), (["name": "_x"], "may not begin with an underscore"),
      (["name": "x", "role_descriptors": ["r": ["cluster": ["fly"]]]], "unknown cluster privilege [fly]"),
      (["name": "x", "role_descriptors": ["r": ["indices": [["names": ["*"], "privileges": ["fly"]]]]]], "unknown index privilege [fly]"),
      (["name": "x", "colour": "red"], "unknown field [colour]"), (["name": "x", "expiration": "soon"], "failed to parse"),
    ] as [(JSONValue, String)])
  func refusals(body: JSONValue, reason: String) async throws {
    let server = try await SecuredServer()
    let answer = try await server.answer(.post, "/_security/api_key", json: body, as: "admin")
    #expect(answer.status == 400)
    #expect(answer.reason?.contains(reason) == true, "\(answer.reason ?? "")")
  }
}
#endif
