#if CLI
import Meanwhile
import Testing

@testable import MeanwhileCommandLine

@Suite("Server-sent events and what the command line makes of them")
struct ServerSentEventTests {
  static let streams: [(text: String, events: [ServerSentEvent])] = [
    ("event: state\ndata: {}\n\n", [ServerSentEvent(name: "state", data: "{}")]),
    ("data: a\n\ndata: b\n\n", [ServerSentEvent(data: "a"), ServerSentEvent(data: "b")]),
    ("data: a\ndata:b\ndata:  c\n\n", [ServerSentEvent(data: "a\nb\n c")]),
    (":\n\n: still there\n\nevent: x\n\n", []),
    ("event: x\r\ndata: y\r\n\r\nid: 7\rdata: z\r\r", [ServerSentEvent(name: "x", data: "y"), ServerSentEvent(data: "z")]),
    ("data: unfinished\n", []),
    ("data: ä\n\n", [ServerSentEvent(data: "ä")]),
  ]

  @Test("A stream is read the same however it is cut", arguments: streams, [1, 2, 3, 1000])
  func reading(_ stream: (text: String, events: [ServerSentEvent]), pieceLength: Int) {
    var reader = ServerSentEventReader()
    var events: [ServerSentEvent] = []
    var rest = Array(stream.text.utf8)[...]
    while !rest.isEmpty {
      events += reader.take(Array(rest.prefix(pieceLength)))
      rest = rest.dropFirst(pieceLength)
    }
    #expect(events == stream.events)
  }

  static let ends: [(event: String, status: JSONValue, outcome: TaskWatch.Outcome?, exitStatus: Int32)] = [
    ("state", ["is_running": true], nil, 0),
    ("progress", ["is_running": true], nil, 0),
    ("completed", ["is_running": false], .completed, 0),
    ("failed", ["error": ["type": "some_exception", "reason": "it broke"]], .failed("some_exception: it broke"), 1),
    ("stopped", ["is_partial": true], .stopped, 3),
    ("deleted", ["reason": "expired"], .gone("expired"), 4),
  ]

  @Test("How a task ends is the exit status", arguments: ends)
  func outcomes(_ event: String, _ status: JSONValue, _ outcome: TaskWatch.Outcome?, _ exitStatus: Int32) {
    #expect(TaskWatch.Outcome(event, status) == outcome)
    if let outcome { #expect(outcome.exitStatus == exitStatus) }
  }

  @Test("Progress is a bar where the total is known, and says what is known anyway")
  func progress() {
    let half: JSONValue = ["state": "running", "progress": ["rows": 50, "rows_total": 100, "bytes": 3_000_000, "fraction": 0.5]]
    #expect(WatchDisplay.line(half, seconds: 7) == "[===============               ] 50 %  running  50 of 100 rows  3 MB  7 s")
    let unknown: JSONValue = ["state": "queued", "progress": ["rows": 0, "rows_total": 0, "bytes": 0, "fraction": .null]]
    #expect(WatchDisplay.line(unknown, seconds: 0) == "queued  0 s")
  }
}
#endif
