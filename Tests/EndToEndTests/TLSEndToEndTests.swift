#if HTTP && CLI
import Foundation
import Meanwhile
import Testing

@Suite("End to end: TLS")
struct TLSEndToEndTests {
  /// What curl got.
  private struct Got {
    var exit: Int32
    /// Such as `200 over 2`.
    var summary: String
    var body: String
  }

  private static func curl(_ arguments: String...) async throws -> Got {
    let outcome = try await Program.run(
      ["--silent", "--max-time", "30", "--write-out", "\n%{http_code} over %{http_version}"] + arguments, tool: "curl")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return Got(exit: outcome.status, summary: lines.last ?? "", body: lines.dropLast().joined(separator: "\n"))
  }

  @Test("Client and server agree on HTTP/2 or HTTP/1.1 while they shake hands, and both answer the same")
  func negotiation() async throws {
    let folder = try TemporaryFolder()
    let certificate = try await Certificate(in: folder)
    try await withServerProcess(["--memory"] + certificate.arguments) { server in
      #expect(server.url.hasPrefix("https://127.0.0.1:"))
      let query = ["--header", "Content-Type: application/json", "--data", #"{"query":"ROW a = 1"}"#]
      for (flag, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let root = try await Self.curl(flag, "--cacert", certificate.path, server.url)
        #expect(root.summary == "200 over \(version)")
        #expect(root.body.contains("You Know, for Search"))
        let rows = try await Self.curl(
          flag, "--cacert", certificate.path, query[0], query[1], query[2], query[3], server.url + "/_query?format=csv")
        #expect(rows.summary == "200 over \(version)")
        #expect(rows.body == "a\r\n1\r\n")
        let compressed = try await Self.curl(flag, "--cacert", certificate.path, "--compressed", server.url + "/_openapi.json")
        #expect(try JSONValue.parse(Array(compressed.body.utf8))["openapi"] != nil)
        #expect(try await Self.curl(flag, "--cacert", certificate.path, "--head", server.url).summary == "200 over \(version)")
        let missing = try await Self.curl(flag, "--cacert", certificate.path, "--request", "DELETE", server.url + "/_query")
        #expect(missing.summary == "405 over \(version)")
      }
    }
  }

  @Test("A client that does not trust the certificate goes, one that speaks no TLS is answered nothing, and the server lives on")
  func refusals() async throws {
    let folder = try TemporaryFolder()
    let certificate = try await Certificate(in: folder)
    let other = try await Certificate(in: folder, named: "other")
    try await withServerProcess(["--memory"] + certificate.arguments) { server in
      #expect(try await Self.curl(server.url).exit == 60)
      #expect(try await Self.curl("--cacert", other.path, server.url).exit == 60)
      let plain = try await Self.curl(server.url.replacing("https:", with: "http:"))
      #expect(plain.exit != 0)
      #expect(plain.summary.hasPrefix("000"))
      #expect(try await Self.curl("--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", "--insecure", server.url).exit != 0)
      #expect(try await Self.curl("--cacert", certificate.path, server.url).summary == "200 over 2")
    }
  }

  @Test(
    "A new certificate is served without a restart, also at SIGHUP; one that is none leaves the old one in force", .timeLimit(.minutes(3)))
  func reload() async throws {
    let folder = try TemporaryFolder()
    let served = try await Certificate(in: folder)
    let old = folder.url.appendingPathComponent("old.pem")
    try FileManager.default.copyItem(atPath: served.path, toPath: old.path)
    try await withServerProcess(["--memory"] + served.arguments, log: try Self.emptyFile(in: folder)) { server in
      for isSignalled in [false, true] {
        _ = try await Certificate(in: folder)
        if isSignalled { server.send(SIGHUP) }
        #expect(try await Self.happens { try await Self.curl("--cacert", served.path, server.url).exit == 0 })
        #expect(try await Self.curl("--cacert", old.path, server.url).exit == 60)
      }
      try Data("no certificate".utf8).write(to: URL(fileURLWithPath: served.keyPath))
      server.send(SIGHUP)
      try await Task.sleep(for: .seconds(2))
      #expect(server.isRunning)
      #expect(try await Self.curl("--cacert", served.path, server.url).summary == "200 over 2")
    }
    let log = try String(contentsOf: folder.url.appendingPathComponent("log"), encoding: .utf8)
    #expect(log.contains("not taken over"), "\(log)")
  }

  @Test("A certificate that cannot be read is one line that names it, and no server")
  func noCertificate() async throws {
    let folder = try TemporaryFolder()
    let text = try folder.file("text.pem", "no certificate")
    for path in [text, "/nonexistent.pem"] {
      let outcome = try await Program.run(["serve", "--memory", "--port", "0", "--tls-certificate", path, "--tls-key", path])
      #expect(outcome.status == 1)
      #expect(outcome.error.contains(path), "\(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    }
  }

  @Test("Commands ask a server with TLS whose authority they are told of, or told not to care about")
  func commands() async throws {
    let folder = try TemporaryFolder()
    let certificate = try await Certificate(in: folder)
    try await withServerProcess(["--memory"] + certificate.arguments) { server in
      let query = ["esql", "ROW a = 1", "--format", "csv", "--server", server.url]
      for trust in [["--cacert", certificate.path], ["--insecure"], ["-k"]] {
        let outcome = try await Program.run(query + trust)
        #expect(outcome.output == "a\r\n1\r\n", "\(outcome.error)")
      }
      let refused = try await Program.run(query)
      #expect(refused.status == 1)
      #expect(
        refused.error.contains("cannot reach the server at [\(server.url)]: nobody who is trusted vouches for its certificate"),
        "\(refused.error)")
      #expect(refused.error.split(separator: "\n").count == 1, "\(refused.error)")
      let named = server.url.replacing("127.0.0.1", with: "localhost")
      #expect(try await Program.run(["esql", "ROW a = 1", "--server", named, "--cacert", certificate.path]).status == 0)
      let missing = try await Program.run(query + ["--cacert", "/nonexistent.pem"])
      #expect(missing.error.contains("/nonexistent.pem"), "\(missing.error)")
    }
  }

  static func emptyFile(in folder: TemporaryFolder) throws -> URL { URL(fileURLWithPath: try folder.file("log", "")) }

  /// Waits for at most half a minute.
  static func happens(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<150 {
      if try await condition() { return true }
      try await Task.sleep(for: .milliseconds(200))
    }
    return false
  }
}
#endif
