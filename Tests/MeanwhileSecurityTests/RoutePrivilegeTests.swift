#if Security
import Meanwhile
import Testing

@testable import MeanwhileSecurity

/// Every route against who asks: nobody, somebody without the privilege, and a holder of each privilege that grants it. The routes are those that the server has;
/// what each takes is what it declares.
@Suite("Privileges of routes")
struct RoutePrivilegeTests {
  /// Routes that touch an index in a second way, which takes a second privilege on it.
  private static let second: [String: [String]] = [
    "/{index}/_delete_by_query": ["read"], "/{index}/_update_by_query": ["read"],
  ]

  /// A user a privilege, named after it, whose only role grants it alone.
  private static func server() async throws -> SecuredServer {
    var users: [String: [String]] = ["nobody": [], "admin": ["superuser"]]
    var roles = JSONObject()
    for privilege in ClusterPrivilege.allCases {
      let name = "cluster-\(privilege.rawValue)"
      users[name] = [name]
      roles[name] = ["cluster": [.string(privilege.rawValue)]]
    }
    for privilege in IndexPrivilege.allCases {
      for second in ["", "+read"] {
        let name = "index-\(privilege.rawValue)\(second)"
        users[name] = [name]
        let privileges: [JSONValue] = [.string(privilege.rawValue)] + (second.isEmpty ? [] : ["read"])
        roles[name] = ["indices": [["names": ["books", "x"], "privileges": .array(privileges)]]]
      }
    }
    return try await SecuredServer(users: users, roles: .object(roles))
  }

  private static func path(of route: Route) -> String {
    ["index": "books", "id": "x", "name": "x", "node": "n", "task": "n:1"].reduce(route.path) { path, item in
      path.replacing("{\(item.key)}", with: item.value)
    }
  }

  private static func body(of route: Route) -> JSONValue? {
    if case .none = route.body { nil } else { [:] }
  }

  @Test("Without credentials, every route answers 401 and says how to authenticate")
  func withoutCredentials() async throws {
    let server = try await Self.server()
    #expect(server.service.routes.count > 80)
    for route in server.service.routes {
      let answer = try await server.answer(route.method, Self.path(of: route), json: Self.body(of: route), authorization: nil)
      #expect(answer.status == 401, "\(route.method.rawValue) \(route.path)")
      #expect(answer.headers.all("WWW-Authenticate").count == 3, "\(route.method.rawValue) \(route.path)")
    }
  }

  @Test("Without the privilege, every route that takes one answers 403; with it, or one that includes it, none does")
  func privileges() async throws {
    let server = try await Self.server()
    for route in server.service.routes {
      let (refused, granted) = Self.users(for: route)
      for user in refused {
        let answer = try await server.answer(route.method, Self.path(of: route), json: Self.body(of: route), as: user)
        #expect(answer.status == 403, "\(route.method.rawValue) \(route.path) as \(user)")
        if route.method != .head {
          let expected = "action [\(route.privilege.action)] is unauthorized for user [\(user)] with effective roles ["
          #expect(answer.reason?.hasPrefix(expected) == true, "\(answer.reason ?? "")")
        }
      }
      for user in granted {
        try await server.index(["title": "Dune"], in: "books")
        let answer = try await server.answer(route.method, Self.path(of: route), json: Self.body(of: route), as: user)
        #expect(
          answer.status != 403 && answer.status != 401 && answer.status < 500,
          "\(route.method.rawValue) \(route.path) as \(user): \(answer.status) \(answer.reason ?? "")")
      }
    }
  }

  /// Who is refused, and who is not.
  private static func users(for route: Route) -> (refused: [String], granted: [String]) {
    switch route.privilege.scope {
    case .authenticated, .owner: return ([], ["nobody"])
    case .cluster(let privilege):
      let granting = privilege.grantedBy
      let others = ClusterPrivilege.allCases.filter { !granting.contains($0) }.map { "cluster-\($0.rawValue)" }
      return (["nobody", "index-all"] + others, granting.map { "cluster-\($0.rawValue)" })
    case .index(let privilege):
      let granting = privilege.grantedBy
      let suffix = second[route.path] == nil ? "" : "+read"
      let others = IndexPrivilege.allCases.filter { !granting.contains($0) }.map { "index-\($0.rawValue)" }
      return (["nobody", "cluster-all"] + others, granting.map { "index-\($0.rawValue)\(suffix)" })
    }
  }

  #if Metrics
  @Test("The table of routes by privilege in the documentation is that of the routes")
  func table() async throws {
    let server = try await SecuredServer()
    let lines = server.service.routes.map { route in
      "| `\(route.method.rawValue) \(route.path)` | \(route.privilege.summary) | `\(route.privilege.action)` |"
    }
    let table = (["| Route | Takes | Action |", "| --- | --- | --- |"] + lines.sorted()).joined(separator: "\n") + "\n"
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let files = SystemFileSystem()
    let article = "/\(root)/Plugins/Security/Security.docc/RoutesByPrivilege.md"
    let text = String(decoding: try files.contents(of: article), as: UTF8.self)
    let head = try #require(text.split(separator: "| Route |", maxSplits: 1).first)
    // To make it anew: copy what is expected here, or run the tests with this variable set.
    if ProcessEnvironment.has("MEANWHILE_WRITE_TABLES") {
      try files.replace("RoutesByPrivilege.md", in: "/\(root)/Plugins/Security/Security.docc", with: Array((head + table).utf8))
    } else {
      #expect(text == head + table, "the table is stale: run the tests with MEANWHILE_WRITE_TABLES=1")
    }
  }
  #endif
}
#endif
