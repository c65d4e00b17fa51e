#if CLI
import Meanwhile

/// Shows how far a task is: one line that is drawn over again on a terminal, and a line for each change elsewhere.
struct WatchDisplay: Sendable {
  let channel: Terminal.Channel
  private let clock = SystemTimeSource()
  private let started: UInt64

  init(_ channel: Terminal.Channel) {
    self.channel = channel
    started = clock.uptimeNanoseconds()
  }

  /// How often there is something new to see.
  var interval: TimeValue { channel.isTerminal ? .milliseconds(200) : .seconds(2) }

  /// - Parameter status: as the task's status API gives it.
  func show(_ status: JSONValue) {
    let seconds = Int((clock.uptimeNanoseconds() &- started) / 1_000_000_000)
    let line = Self.line(status, seconds: seconds)
    channel.write(channel.isTerminal ? "\r\u{1B}[K" + line : line + "\n")
  }

  /// Leaves the line empty for what comes after.
  func clear() {
    if channel.isTerminal { channel.write("\r\u{1B}[K") }
  }

  /// - Parameter seconds: since the watch began.
  static func line(_ status: JSONValue, seconds: Int) -> String {
    let progress = status["progress"] ?? .null
    var parts: [String] = []
    if let fraction = progress["fraction"]?.double { parts.append(ProgressBar.drawn(fraction)) }
    parts.append(status["state"]?.string ?? "running")
    let (rows, total) = (progress["rows"]?.int ?? 0, progress["rows_total"]?.int ?? 0)
    if total > 0 { parts.append("\(rows) of \(total) rows") } else if rows > 0 { parts.append("\(rows) rows") }
    if let bytes = progress["bytes"]?.int, bytes >= 1_000_000 { parts.append("\(bytes / 1_000_000) MB") }
    parts.append("\(seconds) s")
    return parts.joined(separator: "  ")
  }
}
#endif
