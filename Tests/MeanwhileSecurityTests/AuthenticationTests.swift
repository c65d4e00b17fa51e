#if Security
import Foundation
import Meanwhile
import Synchronization
import Testing

@testable import MeanwhileSecurity

@Suite("Who asks")
struct AuthenticationTests {
  @Test("Nobody in particular is told how to say who they are, in Elasticsearch's words")
  func missing() async throws {
    let server = try await SecuredServer()
    for authorization in [nil, "Negotiate abc", "Bearer", ""] {
      let answer = try await server.answer(.get, "/_cluster/health", parameters: ["pretty": ""], authorization: authorization)
      #expect(answer.status == 401)
      #expect(answer.reason == "missing authentication credentials for REST request [/_cluster/health?pretty]")
      let challenges = [#"Basic realm="security", charset="UTF-8""#, #"Bearer realm="security""#, "ApiKey"]
      #expect(answer.headers.all("WWW-Authenticate") == challenges)
      #expect(answer.json["error"]?["header"]?["WWW-Authenticate"] == .array(challenges.map(JSONValue.string)))
      #expect(answer.headers["X-elastic-product"] == nil)
    }
  }

  @Test(
    "Wrong credentials",
    arguments: [
      (SecuredServer.basic("admin", "wrong"), "unable to authenticate user [admin] for REST request [/]"),
      (SecuredServer.basic("nobody", "wrong"), "unable to authenticate user [nobody] for REST request [/]"),
      ("Basic !!!", "invalid basic authentication header value"),
      ("ApiKey !!!", "invalid ApiKey value"),
      (
        "ApiKey Zm9vOmJhcg==",
        "unable to authenticate with provided credentials and anonymous access is not allowed for this request"
      ),
      ("Bearer abc", "unable to authenticate with provided credentials and anonymous access is not allowed for this request"),
      ("Bearer a.b.c", "unable to authenticate with provided credentials and anonymous access is not allowed for this request"),
    ])
  func wrong(authorization: String, reason: String) async throws {
    let server = try await SecuredServer()
    let answer = try await server.answer(.get, "/", authorization: authorization)
    #expect(answer.status == 401)
    #expect(answer.reason == reason)
  }

  @Test("Scheme names are in any case, and passwords may hold colons")
  func schemes() async throws {
    let hash = try PasswordHash(of: "a:b:c:d", cost: .minimal)
    let server = try await SecuredServer()
    let user = User(username: "colon", passwordHash: hash, roles: ["superuser"]).json
    try server.credentials.write(JSONValue.object(["users": [user]]).encoded(), as: SecurityFiles.usersFile)
    await server.security.files.reload()
    let basic = SecuredServer.basic("colon", "a:b:c:d").dropFirst("Basic ".count)
    #expect(try await server.answer(.get, "/", authorization: "bAsIc \(basic)").status == 200)
    #expect(try await server.answer(.get, "/", as: "admin").status == 401, "the file no longer has that user")
  }

  @Test("A file that cannot be read leaves what was there in force")
  func damagedFile() async throws {
    let server = try await SecuredServer()
    try server.credentials.write(Array("{".utf8), as: SecurityFiles.usersFile)
    await server.security.files.reload()
    #expect(try await server.answer(.get, "/", as: "admin").status == 200)
  }

  @Test("Told to read its files again, it does so at once: users, and what their roles may do")
  func reload() async throws {
    let server = try await SecuredServer(users: ["ann": ["watcher"]], roles: ["watcher": [:]])
    server.service.onReload { await server.security.reload() }
    #expect(try await server.answer(.get, "/_cluster/health", as: "ann").status == 403)
    let roles: JSONValue = ["watcher": ["cluster": ["monitor"]]]
    try server.credentials.write(roles.encoded(), as: SecurityFiles.rolesFile)
    await server.service.reload()
    #expect(try await server.answer(.get, "/_cluster/health", as: "ann").status == 200)
    let nobody: JSONValue = ["users": []]
    try server.credentials.write(nobody.encoded(), as: SecurityFiles.usersFile)
    await server.service.reload()
    #expect(try await server.answer(.get, "/_cluster/health", as: "ann").status == 401)
  }

  @Test("Secrets are compared in whole, wherever they differ")
  func comparison() {
    let secret = [UInt8](repeating: 7, count: 32)
    #expect(SecretDigest.areEqual(secret, secret))
    for index in secret.indices {
      var other = secret
      other[index] ^= 1
      #expect(!SecretDigest.areEqual(secret, other))
    }
    #expect(!SecretDigest.areEqual(secret, Array(secret.dropLast())))
    #expect(!SecretDigest.areEqual([], secret))
  }

  @Test("Says who the caller is")
  func authenticate() async throws {
    let server = try await SecuredServer()
    let answer = try await server.answer(.get, "/_security/_authenticate", as: "admin")
    #expect(answer.json["username"] == "admin")
    #expect(answer.json["roles"] == ["superuser"])
    #expect(answer.json["authentication_realm"] == ["name": "file", "type": "file"])
    #expect(answer.json["authentication_type"] == "realm")
    let asked: JSONValue = ["cluster": ["monitor"], "index": [["names": ["x"], "privileges": ["read"]]]]
    let granted = try await server.answer(.post, "/_security/user/_has_privileges", json: asked, as: "admin")
    #expect(granted.json["has_all_requested"] == true)
    #expect(granted.json["index"] == ["x": ["read": true]])
  }

  @Test("Acting as somebody else is refused, not ignored")
  func runAs() async throws {
    let server = try await SecuredServer()
    var request = EndpointRequest(.get, "/")
    request.headers = ["Authorization": SecuredServer.basic("admin", "adminadmin"), "es-security-runas-user": "bob"]
    #expect(await server.service.respond(to: request).status == 403)
  }

  @Test("Who guesses passwords is slowed down, then told to come later; who knows theirs by then is not")
  func guessing() async throws {
    let server = try await SecuredServer(users: ["ann": [], "bob": []])
    #expect(try await server.answer(.get, "/_security/_authenticate", as: "ann").status == 200)
    // In parallel, since one after another they would take as long as they are meant to.
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for attempt in 0..<40 {
        group.addTask { try await server.answer(.get, "/", authorization: SecuredServer.basic("ann", "guess \(attempt)")).status }
      }
      var statuses: [Int] = []
      for try await status in group {
        statuses.append(status)
        if status == 429 { group.cancelAll() }
      }
      return statuses
    }
    #expect(statuses.contains(429))
    #expect(try await server.answer(.get, "/_security/_authenticate", as: "ann").status == 200)
    #expect(try await server.answer(.get, "/_security/_authenticate", as: "bob").status == 200)
  }

  @Test("Each refused request is a line in the audit, without a secret")
  func audit() async throws {
    let server = try await SecuredServer(users: ["admin": ["superuser"], "ann": []])
    _ = try await server.answer(.get, "/_cluster/health", authorization: SecuredServer.basic("ann", "a wrong secret"))
    _ = try await server.answer(.get, "/_cluster/health", parameters: ["pretty": "secret"], authorization: nil)
    _ = try await server.answer(.get, "/_cluster/health", as: "ann")
    _ = try await server.answer(.get, "/_cluster/health", as: "admin")
    let denials = server.denials.all.withLock { $0 }
    #expect(denials.map(\.status) == [401, 401, 403])
    #expect(denials.map { $0.principal?.username } == [nil, nil, "ann"])
    #expect(denials.allSatisfy { $0.clientAddress == "192.0.2.7:5000" })
    #expect(denials.allSatisfy { $0.path == "/_cluster/health" && !$0.reason.contains("secret") })
    let (lines, log) = AsyncStream<String>.makeStream()
    let written = SecurityAuditLog { log.yield($0) }
    written.record(try #require(denials.last))
    var iterator = lines.makeAsyncIterator()
    let line = try JSONValue.parse(try #require(await iterator.next()))
    #expect(line["event.action"] == "access_denied")
    #expect(line["user.name"] == "ann")
    #expect(line["origin.address"] == "192.0.2.7:5000")
  }
}
#endif
