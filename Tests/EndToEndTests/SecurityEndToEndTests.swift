#if HTTP && CLI && Security
import Foundation
import Meanwhile
import Testing

#if canImport(Glibc)
import Glibc
#endif

@Suite("End to end: security")
struct SecurityEndToEndTests {
  private static let roles = """
    {"reader":{"cluster":["monitor","manage_own_api_key"],"indices":[{"names":["books*"],"privileges":["read","view_index_metadata"]}]}}
    """

  /// A directory with the user `admin`, a superuser, and `ann`, a reader of books; their passwords are `admin secret` and `ann secret`.
  private static func directory(in folder: TemporaryFolder) async throws -> String {
    let path = folder.url.appendingPathComponent("security").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    _ = try folder.file("security/roles.json", roles)
    for (user, role) in [("admin", "superuser"), ("ann", "reader")] {
      let added = try await Program.run(["users", "add", user, "--role", role, "--security", path], input: "\(user) secret\n")
      try #require(added.status == 0, "\(added.error)")
    }
    return path
  }

  private static func basic(_ user: String, _ password: String? = nil) -> [String: String] {
    ["Authorization": "Basic " + Data("\(user):\(password ?? "\(user) secret")".utf8).base64EncodedString()]
  }

  @Test("Beyond this machine it serves with security alone, and says how to turn that on")
  func openAddress() async throws {
    let refused = try await Program.run(["serve", "--memory", "--host", "0.0.0.0", "--port", "0"])
    #expect(refused.status == 1)
    #expect(refused.error.contains("turn security on: meanwhile serve --security DIRECTORY"), "\(refused.error)")
    let folder = try TemporaryFolder()
    let directory = try await Self.directory(in: folder)
    let log = try TLSEndToEndTests.emptyFile(in: folder)
    try await withServerProcess(["--memory", "--host", "0.0.0.0", "--security", directory], log: log) { server in
      let client = Client(server.url.replacing("0.0.0.0", with: "127.0.0.1"))
      #expect(server.greeting.contains("security: \(directory)"))
      let (nobody, admin) = (try await client.get("/").status, try await client.get("/", headers: Self.basic("admin")).status)
      #expect(nobody == 401)
      #expect(admin == 200)
    }
    let said = try String(contentsOf: log, encoding: .utf8)
    #expect(said.contains("without TLS, passwords and keys cross the network"))
    #expect(said.contains(#""origin.address":"127.0.0.1:"#), "\(said)")
  }

  @Test("Users are added, listed, given another password and removed, and a server that runs takes each over", .timeLimit(.minutes(3)))
  func users() async throws {
    let folder = try TemporaryFolder()
    let directory = try await Self.directory(in: folder)
    func users(_ arguments: String..., input: String? = nil, environment: [String: String] = [:]) async throws -> Program.Outcome {
      try await Program.run(["users"] + arguments + ["--security", directory], environment: environment, input: input)
    }
    #expect(try await users("list").output == "admin\tsuperuser\nann\treader\n")
    try await withServerProcess(["--memory", "--security", directory]) { server in
      let client = Client(server.url)
      func status(_ user: String, _ password: String? = nil) async throws -> Int {
        try await client.get("/_security/_authenticate", headers: Self.basic(user, password)).status
      }
      #expect(try await status("ann") == 200)
      #expect(try await status("bob") == 401)

      #expect(try await users("add", "bob", "--role", "viewer", environment: ["MEANWHILE_PASSWORD": "bob secret"]).status == 0)
      server.send(SIGHUP)
      #expect(try await TLSEndToEndTests.happens { try await status("bob") == 200 })
      let who = try await client.get("/_security/_authenticate", headers: Self.basic("bob"))
      #expect(who.json["roles"] == ["viewer"])

      #expect(try await users("passwd", "ann", input: "another secret\n").status == 0)
      #expect(try await TLSEndToEndTests.happens { try await status("ann", "another secret") == 200 })
      #expect(try await status("ann") == 401)

      #expect(try await users("remove", "bob").status == 0)
      server.send(SIGHUP)
      #expect(try await TLSEndToEndTests.happens { try await status("bob") == 401 })
    }
    #expect(try await users("list").output == "admin\tsuperuser\nann\treader\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/users.json")
    #expect((attributes[.posixPermissions] as? Int).map { $0 & 0o077 } == 0)

    let refusals: [(outcome: Program.Outcome, says: String)] = [
      (try await users("add", "ann", input: "some secret\n"), "there is a user [ann] already"),
      (try await users("add", "carl", input: "short\n"), "at least [6] characters"),
      (try await users("add", "carl", "--role", "flyer", input: "some secret\n"), "there is no role [flyer]"),
      (try await users("add", "_carl", input: "some secret\n"), "[_carl] is no name"),
      (try await users("add", "carl", input: ""), "there is no password for [carl]"),
      (try await users("passwd", "carl", input: "some secret\n"), "there is no user [carl]"),
      (try await users("remove", "carl"), "there is no user [carl]"),
    ]
    for (outcome, says) in refusals {
      #expect(outcome.status == 1)
      #expect(outcome.error.contains(says), "\(outcome.error)")
    }
  }

  #if canImport(Glibc)
  @Test("At a terminal a password is asked for twice, and not shown", .timeLimit(.minutes(2)))
  func prompt() async throws {
    let folder = try TemporaryFolder()
    var (terminal, line): (Int32, Int32) = (-1, -1)
    try #require(openpty(&terminal, &line, nil, nil, nil) == 0)
    defer { close(terminal) }
    let process = Process()
    process.executableURL = Program.url
    process.arguments = ["users", "add", "ann", "--role", "viewer", "--security", folder.url.path]
    let handle = FileHandle(fileDescriptor: line)
    (process.standardInput, process.standardOutput, process.standardError) = (handle, handle, handle)
    try process.run()
    // With this side's end of the line closed, what the program prints ends when it does.
    try handle.close()
    let shown = await Program.offThePool { [terminal] () -> String in
      var text = ""
      var buffer = [UInt8](repeating: 0, count: 4_096)
      for (question, answer) in [("Password for ann: ", "top secret\n"), ("Again: ", "top secret\n"), ("added user [ann]", "")] {
        while !text.contains(question), case let count = read(terminal, &buffer, buffer.count), count > 0 {
          text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        write(terminal, answer, answer.utf8.count)
      }
      return text
    }
    await Program.offThePool { process.waitUntilExit() }
    #expect(process.terminationStatus == 0)
    #expect(shown.contains("Again: "))
    #expect(shown.contains("added user [ann]"))
    #expect(!shown.contains("secret"), "\(shown)")
  }
  #endif

  @Test("Commands say who they are: by a password or a key, from a file, a variable or standard input", .timeLimit(.minutes(3)))
  func credentials() async throws {
    let folder = try TemporaryFolder()
    let directory = try await Self.directory(in: folder)
    try await withServerProcess(["--memory", "--security", directory]) { server in
      let client = Client(server.url)
      let key = try await client.call("POST", "/_security/api_key", #"{"name":"loader"}"#, headers: Self.basic("admin")).json
      let encoded = try #require(key["encoded"]?.string)
      let pair = "\(try #require(key["id"]?.string)):\(try #require(key["api_key"]?.string))"
      let passwordFile = try folder.file("password", "ann secret\n")
      let ways: [(arguments: [String], environment: [String: String], input: String?)] = [
        (["--user", "ann", "--password-file", passwordFile], [:], nil),
        (["--user", "ann", "--password-file", "-"], [:], "ann secret\n"),
        (["--user", "ann"], [:], "ann secret\n"),
        (["--user", "ann"], ["MEANWHILE_PASSWORD": "ann secret"], nil),
        (["--api-key-file", try folder.file("key", encoded)], [:], nil),
        (["--api-key-file", try folder.file("pair", pair + "\n")], [:], nil),
        ([], ["MEANWHILE_API_KEY": encoded], nil),
      ]
      let query = ["esql", "ROW a = 1", "--format", "csv", "--server", server.url]
      for way in ways {
        let outcome = try await Program.run(query + way.arguments, environment: way.environment, input: way.input)
        #expect(outcome.output == "a\r\n1\r\n", "\(way.arguments): \(outcome.error)")
      }
      let nobody = try await Program.run(query)
      #expect(nobody.status == 1)
      #expect(nobody.error.contains("missing authentication credentials"), "\(nobody.error)")
      let wrong = try await Program.run(query + ["--user", "ann"], environment: ["MEANWHILE_PASSWORD": "a guess"])
      #expect(wrong.error.contains("unable to authenticate user [ann]"), "\(wrong.error)")
      #expect(!wrong.error.contains("a guess"))
      let file = try folder.file("books.ndjson", #"{"title":"Dune"}"#)
      let load = ["import", file, "--index", "books", "--server", server.url]
      #expect(try await Program.run(load, environment: ["MEANWHILE_API_KEY": encoded]).status == 0)
      let refused = try await Program.run(load + ["--user", "ann"], environment: ["MEANWHILE_PASSWORD": "ann secret"])
      #expect(refused.error.contains("is unauthorized for user [ann]"), "\(refused.error)")
    }
    let argument = try await Program.run(["esql", "ROW a = 1", "--server", "http://127.0.0.1:1", "--user", "ann:secret"])
    #expect(argument.status != 0)
    #expect(argument.error.contains("MEANWHILE_PASSWORD"), "\(argument.error)")
  }

  @Test("No endpoint of the program answers whoever says nothing of who they are", .timeLimit(.minutes(3)))
  func everyEndpoint() async throws {
    let folder = try TemporaryFolder()
    let directory = try await Self.directory(in: folder)
    try await withServerProcess(["--memory", "--security", directory]) { server in
      let client = Client(server.url)
      let document = try await client.get("/_openapi.json", headers: Self.basic("admin")).json
      var count = 0
      for path in document["paths"]?.object?.members ?? [] {
        for operation in path.value.object?.members ?? [] where operation.name != "parameters" {
          let target = path.name.replacing("{", with: "").replacing("}", with: "")
          let body = operation.value["requestBody"] == nil ? nil : "{}"
          let answer = try await client.call(operation.name.uppercased(), target, body)
          #expect(answer.status == 401, "\(operation.name) \(path.name)")
          count += 1
        }
      }
      #expect(count > 100)
    }
  }

  @Test("No secret is in a log, a listing, or a file of the data", .timeLimit(.minutes(3)))
  func secrets() async throws {
    let folder = try TemporaryFolder()
    let directory = try await Self.directory(in: folder)
    let data = folder.url.appendingPathComponent("data").path
    let log = try TLSEndToEndTests.emptyFile(in: folder)
    var secrets = ["admin secret", "ann secret", "a wrong guess"]
    var seen = ""
    try await withServerProcess(["--data", data, "--security", directory, "--log", "debug"], log: log) { server in
      let client = Client(server.url)
      let admin = Self.basic("admin")
      func call(_ method: String, _ path: String, _ body: String? = nil, _ headers: [String: String]) async throws -> Client.Answer {
        try await client.call(method, path, body, headers: headers)
      }
      let key = try await call("POST", "/_security/api_key", #"{"name":"k"}"#, admin).json
      let token = try await call(
        "POST", "/_security/oauth2/token", #"{"grant_type":"password","username":"ann","password":"ann secret"}"#, admin
      ).json
      for secret in [key["api_key"], key["encoded"], token["access_token"], token["refresh_token"]] {
        secrets.append(try #require(secret?.string))
      }
      let ways = [
        admin, ["Authorization": "ApiKey \(try #require(key["encoded"]?.string))"],
        ["Authorization": "Bearer \(try #require(token["access_token"]?.string))"],
      ]
      for way in ways {
        secrets.append(try #require(way["Authorization"]?.split(separator: " ").last.map(String.init)))
        let submitted = try await call(
          "POST", "/_query/async", #"{"query":"ROW a = 1","keep_on_completion":true,"wait_for_completion_timeout":"10s"}"#, way)
        let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
        #expect(try await call("GET", "/_query/async/\(id)", nil, way).status == 200)
      }
      for guess in [
        Self.basic("ann", "a wrong guess"), ["Authorization": "Bearer a wrong guess"], ["Authorization": "ApiKey a wrong guess"],
      ] {
        let refused = try await call("GET", "/_cluster/health", nil, guess)
        #expect(refused.status == 401)
        seen += refused.text
      }
      for path in [
        "/_tasks?detailed=true&kept=true", "/_security/api_key", "/_query/queries", "/_cluster/settings?include_defaults=true", "/_metrics",
      ] {
        let listing = try await call("GET", path, nil, admin)
        #expect(listing.status == 200, "\(path)")
        seen += listing.text
      }
    }
    seen += try String(contentsOf: log, encoding: .utf8)
    #expect(seen.contains("authentication_failed"), "each denied request is a line of the audit")
    #expect(seen.contains(#""origin.address":"127.0.0.1:"#))
    var fileCount = 0
    for root in [data, directory] {
      for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
        guard let content = FileManager.default.contents(atPath: root + "/" + name) else { continue }
        fileCount += 1
        let bytes = Array(content)
        for secret in secrets { #expect(!Self.contains(bytes, secret), "[\(secret)] is in \(name)") }
      }
    }
    #expect(fileCount > 5)
    for secret in secrets { #expect(!seen.contains(secret), "[\(secret)] was shown or logged") }
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool { Data(bytes).range(of: Data(text.utf8)) != nil }
}
#endif
