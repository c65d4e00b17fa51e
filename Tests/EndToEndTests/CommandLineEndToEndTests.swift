#if HTTP && CLI
import Foundation
import Meanwhile
import Testing

@Suite("End to end: the command line")
struct CommandLineEndToEndTests {
  @Test("A file is imported and queried in process, in every format")
  func importAndQuery() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("access.ndjson", SampleData.access.joined(separator: "\n"))
    let imported = try await Program.run(["import", file, "--index", "access"], in: folder.url)
    #expect(imported.status == 0, "\(imported.error)")
    #expect(imported.output.hasPrefix("imported 5 documents into [access]"))

    let query = "FROM access | STATS n = COUNT(*) BY method | SORT method"
    let expected = [
      "table": "n  method\n-  ------\n4  GET\n1  POST\n", "csv": "n,method\r\n4,GET\r\n1,POST\r\n", "tsv": "n\tmethod\n4\tGET\n1\tPOST\n",
    ]
    for (format, text) in expected {
      let outcome = try await Program.run(["esql", query, "--format", format], in: folder.url)
      #expect(outcome.output == text, "\(outcome.error)")
    }
    let json = try await Program.run(["esql", query, "--format", "json"], in: folder.url)
    #expect(try JSONValue.parse(Array(json.output.utf8))["values"] == [[4, "GET"], [1, "POST"]])
  }

  @Test("A delimited file becomes typed fields")
  func importCSV() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "people.csv", "name,age,postcode,active,note\r\nAda,36,01234,true,\"likes \"\"cake\"\", and tea\"\r\nBen,41,98765,false,\r\n")
    let imported = try await Program.run(["import", file, "--index", "people"], in: folder.url)
    #expect(imported.status == 0, "\(imported.error)")
    let outcome = try await Program.run(
      ["esql", "FROM people | SORT name | KEEP name, age, postcode, active, note", "--format", "json"], in: folder.url)
    let answer = try JSONValue.parse(Array(outcome.output.utf8))
    #expect(answer["columns"]?.array?.compactMap { $0["type"]?.string } == ["text", "long", "text", "boolean", "text"], "\(outcome.error)")
    #expect(answer["values"] == [["Ada", 36, "01234", true, "likes \"cake\", and tea"], ["Ben", 41, "98765", false, .null]])
  }

  @Test("A compressed file is imported, whatever it is called, and so is standard input")
  func importCompressed() async throws {
    let folder = try TemporaryFolder()
    // Two gzip members, one behind the other: a line with a number and a city in each.
    let gzip = try #require(
      Data(
        base64Encoded: "H4sIAAAAAAACA6tWylOyMtRRSs4sqVSyUvIvzslXquUCAPhjfEoWAAAAH4sIAAAAAAACA6tWylOyMtJRSs4sqVSyUgrKz01VquUCAEbOJjkWAAAA"))
    for name in ["cities.ndjson.gz", "cities.ndjson"] { try gzip.write(to: folder.url.appendingPathComponent(name)) }
    for name in ["cities.ndjson.gz", "cities.ndjson"] {
      let imported = try await Program.run(["import", name, "--index", "cities"], in: folder.url)
      #expect(imported.output.hasPrefix("imported 2 documents into [cities]"), "\(imported.error)")
    }
    let given = try await Program.run(
      ["import", "-", "--format", "ndjson", "--index", "cities"], in: folder.url, input: "[{\"n\":3,\"city\":\"Bern\"},\n {\"n\":4}]\n")
    #expect(given.output.hasPrefix("imported 2 documents into [cities]"), "\(given.error)")
    let counted = try await Program.run(["esql", "FROM cities | STATS s = SUM(n)", "--format", "csv"], in: folder.url)
    #expect(counted.output == "s\r\n13\r\n", "\(counted.error)")
    try gzip.prefix(20).write(to: folder.url.appendingPathComponent("cut.ndjson"))
    let cut = try await Program.run(["import", "cut.ndjson", "--index", "cut"], in: folder.url)
    #expect(cut.status == 1 && cut.error.contains("breaks off within its gzip"), "\(cut.error)")
  }

  @Test("A mapping file and typed headers decide what fields are")
  func importWithMapping() async throws {
    let folder = try TemporaryFolder()
    let mapping = try folder.file("mapping.json", #"{"mappings":{"properties":{"code":{"type":"keyword"},"at":{"type":"date"}}}}"#)
    let lines = try folder.file("lines.csv", "code,at,count:short\r\n17,2025-01-02,5\r\n18,2025-01-03,6\r\n")
    let imported = try await Program.run(["import", lines, "--index", "lines", "--mapping", mapping], in: folder.url)
    #expect(imported.output.hasPrefix("imported 2 documents into [lines]"), "\(imported.error)")
    let outcome = try await Program.run(["esql", "FROM lines | KEEP code, at, count | SORT code", "--format", "json"], in: folder.url)
    let answer = try JSONValue.parse(Array(outcome.output.utf8))
    #expect(answer["columns"]?.array?.compactMap { $0["type"]?.string } == ["keyword", "date", "integer"], "\(outcome.output)")
    #expect(answer["values"]?.array?.first == ["17", "2025-01-02T00:00:00.000Z", 5])
  }

  @Test("What is exported can be imported again, and is the same")
  func exportAndImport() async throws {
    let folder = try TemporaryFolder()
    let lines = [#"{"n":1,"name":"a, \"b\"","o":{"x":[1,2]}}"#, #"{"n":2.50,"o":{"x":3}}"#, #"{"name":"line\nend"}"#]
    let file = try folder.file("things.ndjson", lines.joined(separator: "\n"))
    _ = try await Program.run(["import", file, "--index", "things"], in: folder.url)
    let exported = try await Program.run(["export", "--index", "things"], in: folder.url)
    #expect(exported.output.split(separator: "\n").count == 3, "\(exported.error)")
    let again = try folder.file("again.ndjson", exported.output)
    _ = try await Program.run(["import", again, "--index", "again"], in: folder.url)
    let query = "FROM %s | KEEP n, name, o.x | SORT n NULLS LAST"
    let first = try await Program.run(["esql", query.replacingOccurrences(of: "%s", with: "things"), "--format", "csv"], in: folder.url)
    let second = try await Program.run(["esql", query.replacingOccurrences(of: "%s", with: "again"), "--format", "csv"], in: folder.url)
    #expect(first.output == second.output && first.output.contains("[1, 2]"), "\(first.output)\(second.error)")
    let csv = try await Program.run(["export", "--index", "things", "--format", "csv", "--query", "n:1"], in: folder.url)
    #expect(csv.output == "n,name,o.x\n1,\"a, \"\"b\"\"\",\"[1,2]\"\n", "\(csv.output)\(csv.error)")
  }

  @Test("A file is queried with no import")
  func queryFile() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("access.ndjson", SampleData.access.joined(separator: "\n"))
    _ = try folder.file("names.csv", "method,name\nGET,read\nPOST,write\n")
    let outcome = try await Program.run(
      ["esql", "FROM access | STATS n = COUNT(*)", "--file", "access=access.ndjson", "--file", "names=names.csv", "--format", "csv"],
      in: folder.url)
    #expect(outcome.output == "n\r\n5\r\n", "\(outcome.error)")
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("data").path))
    let both = try await Program.run(
      ["esql", "FROM access", "--file", "access=access.ndjson", "--data", "data"], in: folder.url)
    #expect(both.status == 64 && both.error.contains("--file excludes"), "\(both.error)")
  }

  @Test("Lines that are refused are counted, with their numbers; the rest is kept")
  func refusedLines() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("mixed.ndjson", "{\"n\":1}\n{\"n\":\n{\"n\":3}\n")
    let imported = try await Program.run(["import", file, "--index", "mixed"], in: folder.url)
    #expect(imported.status == 1)
    #expect(imported.output.hasPrefix("imported 2 documents into [mixed]"), "\(imported.output)")
    #expect(imported.error.contains("line 2: "))
    #expect(imported.error.contains("1 lines were refused"))
  }

  @Test("The same commands work on a running server")
  func onServer() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("events.ndjson", SampleData.events.joined(separator: "\n") + "\n")
    try await withServer { client in
      let imported = try await Program.run(["import", file, "--index", "events", "--server", client.url])
      #expect(imported.output.hasPrefix("imported 5 documents into [events]"), "\(imported.error)")
      let eql = try await Program.run(
        ["eql", "process where process.name == \"bash\"", "--index", "events", "--server", client.url, "--format", "csv"])
      #expect(eql.output.contains("bash"), "\(eql.error)")
      let search = try await Program.run(
        ["search", #"{"query":{"term":{"user.keyword":"ben"}}}"#, "--index", "events", "--server", client.url, "--format", "json"])
      #expect(try JSONValue.parse(Array(search.output.utf8))["hits"]?["total"]?["value"] == 2, "\(search.error)")
    }
  }

  @Test("Tasks are listed, shown, fetched and deleted")
  func tasks() async throws {
    try await withSampleServer { client in
      let submitted = try await client.post(
        "/_query/async", #"{"query":"FROM access | STATS n = COUNT(*)","keep_on_completion":true,"wait_for_completion_timeout":"10s"}"#)
      let id = try #require(submitted.json["id"]?.string, "\(submitted.text)")
      func tasks(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(["tasks"] + arguments + ["--server", client.url])
      }
      #expect(try await tasks("list").output.contains(id))
      let status = try await tasks("status", id)
      #expect(status.output.contains("completed"), "\(status.error)")
      #expect(try await tasks("get", id, "--format", "csv").output == "n\r\n5\r\n")
      #expect(try await tasks("stop", id, "--format", "csv").output == "n\r\n5\r\n")
      #expect(try await tasks("delete", id).status == 0)
      let gone = try await tasks("get", id)
      #expect(gone.status == 1)
      #expect(gone.error.contains("resource_not_found_exception"))
    }
  }

  @Test("A task is watched until it ends, and the exit status says how", .timeLimit(.minutes(2)))
  func watch() async throws {
    try await withServer(["--memory", "--developer"]) { client in
      // More rows than are worked on at once, so that a stop leaves some out.
      try await client.load((0..<20_000).map { "{\"n\":\($0)}" }, into: "numbers")
      func submit(_ duration: String, from source: String = "ROW a = 1") async throws -> String {
        let body = #"{"query":"\#(source) | WHERE DELAY(\#(duration)) | STATS COUNT(*)","wait_for_completion_timeout":"0s"}"#
        return try #require(try await client.post("/_query/async", body).json["id"]?.string)
      }
      func watch(_ id: String) async throws -> Program.Outcome { try await Program.run(["tasks", "watch", id, "--server", client.url]) }

      let short = try await submit("300 ms")
      let completed = try await watch(short)
      #expect(completed.status == 0, "\(completed.error)")
      #expect(completed.output.hasSuffix("completed\n"), "\(completed.output)")
      #expect(try await watch(short).output == "completed\n")

      for (command, status, says) in [("stop", 3, "stopped early"), ("cancel", 1, "task_cancelled_exception"), ("delete", 4, "deleted")] {
        let id = try await submit("10 ms", from: "FROM numbers")
        async let watched = watch(id)
        try await Task.sleep(for: .milliseconds(300))
        let ended = try await Program.run(["tasks", command, id, "--server", client.url])
        #expect(ended.status == 0, "\(command): \(ended.error)")
        let outcome = try await watched
        #expect(outcome.status == Int32(status), "\(command): \(outcome.output) \(outcome.error)")
        #expect(outcome.output.contains(says), "\(command): \(outcome.output) \(outcome.error)")
      }
    }
  }

  @Test("A query is followed: progress on standard error, the result on standard output, and nothing left behind")
  func follow() async throws {
    try await withServer(["--memory", "--developer"]) { client in
      let query = "ROW a = 1 | EVAL b = DELAY(300 ms)"
      for place in [["--server", client.url], ["--memory", "--developer"]] {
        let outcome = try await Program.run(["esql", query, "--follow", "--format", "csv"] + place)
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output == "a,b\r\n1,true\r\n")
        #expect(outcome.error.contains("running"), "\(outcome.error)")
      }
      #expect(try await client.get("/_tasks?kept=true&group_by=none").json["tasks"]?.array?.isEmpty == true)
      let wrong = try await Program.run(["esql", "FROM nowhere", "--follow", "--server", client.url])
      #expect(wrong.status == 1)
      #expect(wrong.error.contains("Unknown index [nowhere]"), "\(wrong.error)")
    }
  }

  @Test("EQL and search are followed too", arguments: [("eql", "any where host == \"a\""), ("search", "host:a")])
  func followOthers(_ example: (command: String, query: String)) async throws {
    try await withServer(["--memory"]) { client in
      let document = #"{"@timestamp":"2024-01-01T00:00:00Z","host":"a","event":{"category":"any"}}"#
      _ = try await client.post("/events/_doc/1?refresh=true", document)
      let arguments = [example.command, example.query, "--index", "events", "--format", "csv", "--server", client.url]
      let plain = try await Program.run(arguments)
      let followed = try await Program.run(arguments + ["--follow"])
      #expect(followed.status == 0, "\(followed.error)")
      #expect(followed.output == plain.output)
      #expect(followed.output.contains("2024-01-01T00:00:00Z,a,any"), "\(followed.output)")
      #expect(try await client.get("/_tasks?kept=true&group_by=none").json["tasks"]?.array?.isEmpty == true)
    }
  }

  @Test("Control-C leaves a query that is followed to its server, and says how to come back for it")
  func interrupt() async throws {
    try await withServer(["--memory", "--developer"]) { client in
      let outcome = try await Program.run(
        ["esql", "ROW a = 1 | EVAL b = DELAY(600 s)", "--follow", "--server", client.url],
        interruptedWhen: { try await client.get("/_query/queries").json["queries"]?.object?.isEmpty == false })
      #expect(outcome.status == 130, "\(outcome.error)")
      let id = try #require(outcome.error.split(separator: " ").last.map { String($0.dropLast()) })
      #expect(try await client.get("/_query/async/\(id)?wait_for_completion_timeout=0s").json["is_running"] == true, "\(outcome.error)")
      #expect(try await client.delete("/_query/async/\(id)").status == 200)
    }
  }

  @Test("What happens is counted, for Prometheus to read")
  func metrics() async throws {
    try await withServer { client in
      _ = try await client.post("/_query", #"{"query":"ROW a = 1"}"#)
      let answer = try await client.get("/_metrics")
      #expect(answer.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      let lines = answer.text.split(separator: "\n")
      #expect(lines.contains("meanwhile_tasks_total{dialect=\"esql\",kind=\"completed\"} 1"), "\(answer.text)")
      #expect(lines.contains("meanwhile_tasks_running{dialect=\"esql\"} 0"), "\(answer.text)")
      #expect(lines.contains("meanwhile_http_requests_total{method=\"POST\",status=\"200\"} 1"), "\(answer.text)")
    }
  }

  @Test("A data directory has one user at a time; the other is told how to share")
  func secondProcess() async throws {
    let folder = try TemporaryFolder()
    let data = folder.url.appendingPathComponent("data").path
    try await withServer(["--data", data]) { _ in
      let outcome = try await Program.run(["esql", "ROW a = 1", "--data", data])
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("--server"))
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
  }

  static let failures: [(arguments: [String], says: String)] = [
    (["esql", "ROW a = ", "--memory"], "parsing_exception"),
    (["esql", "FROM nowhere", "--memory"], "Unknown index [nowhere]"),
    (["esql", "ROW a = 1", "--data", "/nonexistent/data"], "there is no data directory [/nonexistent/data]"),
    (["esql", "ROW a = 1", "--server", "http://127.0.0.1:1"], "cannot reach the server at [http://127.0.0.1:1]"),
    (["esql", "ROW a = 1", "--server", "nonsense"], "[nonsense] is no URL"),
    (["import", "/nonexistent/file.csv", "--index", "x", "--memory"], "cannot open [/nonexistent/file.csv]"),
    (["import", "/dev/null", "--index", "x", "--memory"], "cannot tell what [/dev/null] holds"),
    (["tasks", "status", "nonsense", "--memory"], "malformed task id nonsense"),
  ]

  @Test("What goes wrong is one line on standard error, and a status that is not zero", arguments: failures)
  func failure(_ arguments: [String], says: String) async throws {
    let outcome = try await Program.run(arguments)
    #expect(outcome.status == 1)
    #expect(outcome.error.contains(says), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    #expect(outcome.output.isEmpty)
  }

  @Test("A data directory that is not ours is left alone")
  func foreignDirectory() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("holiday.jpg", "not really")
    let outcome = try await Program.run(["serve", "--port", "0", "--data", folder.url.path])
    #expect(outcome.status == 1)
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["holiday.jpg"])
  }

  @Test("The demo loads its data and says what to try")
  func demo() async throws {
    try await withServer(["--memory", "--demo"]) { client in
      for index in ["access", "process", "people"] {
        let answer = try await client.post("/_query", "{\"query\":\"FROM \(index) | STATS n = COUNT(*)\"}")
        #expect((answer.json(at: "values", "0", "0")?.int ?? 0) > 0, "\(answer.text)")
      }
    }
  }
}
#endif
