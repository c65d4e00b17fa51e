#if HTTP && CLI
/// A handful of requests to a web server, and what happened on two hosts.
enum SampleData {
  static let access: [String] = [
    #"{"@timestamp":"2025-03-03T08:00:00.000Z","method":"GET","path":"/","status":200,"bytes":512,"message":"home page served"}"#,
    #"{"@timestamp":"2025-03-03T08:00:05.000Z","method":"GET","path":"/cart","status":200,"bytes":2048,"message":"cart page served"}"#,
    #"{"@timestamp":"2025-03-03T08:00:09.000Z","method":"POST","path":"/cart","status":201,"bytes":64,"message":"item added to cart"}"#,
    #"{"@timestamp":"2025-03-03T08:01:00.000Z","method":"GET","path":"/missing","status":404,"bytes":9,"message":"page not found"}"#,
    #"{"@timestamp":"2025-03-03T08:02:00.000Z","method":"GET","path":"/cart","status":500,"bytes":0,"message":"cart page failed"}"#,
  ]

  static let events: [String] = [
    #"{"@timestamp":"2025-03-03T09:00:00.000Z","event":{"category":"authentication","outcome":"failure"},"host":"web-1","user":"ada"}"#,
    #"{"@timestamp":"2025-03-03T09:00:10.000Z","event":{"category":"authentication","outcome":"success"},"host":"web-1","user":"ada"}"#,
    #"{"@timestamp":"2025-03-03T09:00:20.000Z","event":{"category":"process"},"host":"web-1","user":"ada","process":{"name":"bash"}}"#,
    #"{"@timestamp":"2025-03-03T09:00:30.000Z","event":{"category":"process"},"host":"web-2","user":"ben","process":{"name":"vim"}}"#,
    #"{"@timestamp":"2025-03-03T09:05:00.000Z","event":{"category":"authentication","outcome":"failure"},"host":"web-2","user":"ben"}"#,
  ]
}

/// A server with the sample data in the indices `access` and `events`.
func withSampleServer(_ arguments: [String] = ["--memory"], _ body: (Client) async throws -> Void) async throws {
  try await withServer(arguments) { client in
    try await client.load(SampleData.access, into: "access")
    try await client.load(SampleData.events, into: "events")
    try await body(client)
  }
}
#endif
