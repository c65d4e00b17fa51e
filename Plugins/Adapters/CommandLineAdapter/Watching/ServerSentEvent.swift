#if CLI
import Meanwhile

/// One of a stream of server-sent events (WHATWG HTML, section 9.2).
struct ServerSentEvent: Hashable, Sendable {
  /// `message` where the stream names none.
  var name = "message"
  /// Lines with a line feed between them.
  var data = ""
}

/// Reads server-sent events from the bytes of a stream, however they are cut.
struct ServerSentEventReader {
  private var line: [UInt8] = []
  private var endedWithReturn = false
  private var name = ""
  private var data: [String] = []

  /// The events that end in a chunk.
  mutating func take(_ chunk: [UInt8]) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for byte in chunk {
      // A line ends with a return, a line feed, or both.
      let isSecondHalf = endedWithReturn && byte == UInt8(ascii: "\n")
      endedWithReturn = byte == UInt8(ascii: "\r")
      guard !isSecondHalf else { continue }
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
        line.append(byte)
        continue
      }
      if let event = endLine() { events.append(event) }
    }
    return events
  }

  /// An event ends with an empty line. One without data is none.
  private mutating func endLine() -> ServerSentEvent? {
    defer { line.removeAll(keepingCapacity: true) }
    guard line.isEmpty else {
      takeField()
      return nil
    }
    defer { (name, data) = ("", []) }
    guard !data.isEmpty else { return nil }
    return ServerSentEvent(name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
  }

  private mutating func takeField() {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value.removeFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data": data.append(String(decoding: value, as: UTF8.self))
    default: break  // A comment, or a field that nobody here needs.
    }
  }
}
#endif
