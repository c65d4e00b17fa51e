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
    let rate = max(1, Double(bytes) / max(seconds, 0.001))
    var text = "\r\u{1B}[K"
    if let total, total > 0 {
      let fraction = min(1, Double(bytes) / Double(total))
      text += Self.drawn(fraction) + "  \(Int((Double(total - bytes) / rate).rounded(.up))) s left  "
    }
    Terminal.write(error: text + "\(documents) documents  \(Int(rate / 1e6)) MB/s")
  }

  /// - Parameter fraction: 0 ... 1.
  static func drawn(_ fraction: Double) -> String {
    let part = fraction.isFinite ? min(max(fraction, 0), 1) : 0
    let filled = Int(part * Double(width))
    return "[" + String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled) + "] \(Int(part * 100)) %"
  }

  /// Leaves the line empty for what comes after.
  func clear() {
    if isShown { Terminal.write(error: "\r\u{1B}[K") }
  }
}
#endif
