#if CLI
import Meanwhile

/// How far an import is, on standard error, if that is a terminal; nothing at all if it is not.
struct ProgressBar {
  private static let width = 30

  /// Bytes; nil where nobody knows.
  private let total: Int?
  private let isShown: Bool
  private let clock = SystemTimeSource()
  private let started: UInt64

  init(total: Int?) {
    self.total = total
    isShown = Terminal.isErrorTerminal
    started = clock.uptimeNanoseconds()
  }

  /// Since the import began.
  var seconds: Double { Double(clock.uptimeNanoseconds() - started) / 1e9 }

  func show(bytes: Int, documents: Int) {
    guard isShown else { return }
    let rate = Double(bytes) / max(seconds, 0.001)
    var text = "\r\u{1B}[K"
    if let total, total > 0 {
      let fraction = min(1, Double(bytes) / Double(total))
      let filled = Int(fraction * Double(Self.width))
      text +=
        "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: Self.width - filled) + "] \(Int(fraction * 100)) %  "
      text += "\(Int((Double(total - bytes) / rate).rounded(.up))) s left  "
    }
    Terminal.write(error: text + "\(documents) documents  \(Int(rate / 1e6)) MB/s")
  }

  /// Leaves the line empty for what comes after.
  func clear() {
    if isShown { Terminal.write(error: "\r\u{1B}[K") }
  }
}
#endif
