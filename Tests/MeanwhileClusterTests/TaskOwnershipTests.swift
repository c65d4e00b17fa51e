import Meanwhile
import MeanwhileCluster
import MeanwhileMemoryStore
import Testing

@Suite("Whose tasks are listed and cancelled")
struct TaskOwnershipTests {
  /// Whoever says their name is let in; `admin` may do everything, the others nothing that takes a privilege.
  struct Door: Authenticator, Authorizer {
    func authenticate(_ request: EndpointRequest) async throws -> Principal {
      Principal(username: request.headers["Authorization"] ?? "", realm: "test")
    }

    func permissions(of principal: Principal) async throws -> any Permissions { Rights(holder: "user [\(principal.username)]") }
  }

  struct Rights: Permissions {
    var holder: String
    func grants(_ privilege: ClusterPrivilege) -> Bool { holder == "user [admin]" }
    func grants(_ privilege: IndexPrivilege) -> Bool { true }
    func grants(_ privilege: IndexPrivilege, on name: String) -> Bool { true }
  }

  private func answer(
    _ service: Service, _ method: EndpointRequest.Method, _ path: String, as user: String, json: JSONValue? = nil
  ) async throws -> (status: Int, json: JSONValue) {
    var request = EndpointRequest(method, path, parameters: ["group_by": "none"], json: json)
    if !path.hasPrefix("/_tasks") || path.contains(":") { request.parameters = [:] }
    if path.hasSuffix("/async") { request.parameters = ["wait_for_completion_timeout": "0"] }
    request.headers["Authorization"] = user
    let response = await service.respond(to: request)
    return (response.status, try JSONValue.parse(try await response.collectBody()))
  }

  @Test("One's own; everybody's with privileges")
  func ownership() async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(SlowLanguage())
    builder.add(endpoints: ClusterEndpoints())
    builder.secure(with: Door(), authorizer: Door())
    let service = try await builder.build()
    var tasks: [String: String] = [:]
    for user in ["ann", "bob"] {
      let submitted = try await answer(service, .post, "/_slow/async", as: user, json: [:])
      tasks[user] = try TaskID(parsing: try #require(submitted.json["id"]?.string)).task
    }
    let anns = try #require(tasks["ann"])
    #expect(try await answer(service, .get, "/_tasks", as: "ann").json["tasks"]?.array?.count == 1)
    #expect(try await answer(service, .get, "/_tasks", as: "admin").json["tasks"]?.array?.count == 2)
    #expect(try await answer(service, .get, "/_tasks/\(anns)", as: "ann").status == 200)
    #expect(try await answer(service, .get, "/_tasks/\(anns)", as: "bob").status == 404)
    #expect(try await answer(service, .get, "/_tasks/\(anns)", as: "admin").status == 200)
    #expect(try await answer(service, .post, "/_tasks/\(anns)/_cancel", as: "bob").status == 404)
    #expect(try await answer(service, .post, "/_tasks/_cancel", as: "bob").json["tasks"]?.array?.count == 1)
    #expect(try await answer(service, .post, "/_tasks/\(anns)/_cancel", as: "admin").status == 200)
    await service.shutDown()
  }
}
