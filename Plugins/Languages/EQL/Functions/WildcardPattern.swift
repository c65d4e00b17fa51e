/// A wildcard pattern of EQL: `*` stands for any text, `?` for one character, and everything else, a backslash too, for itself.
///
/// Matching goes through the text once; where a piece behind a `*` does not fit, it is tried one further, never more than one `*` back, so the time is
/// bounded by the product of both lengths.
struct WildcardPattern: Sendable {
  private enum Step: Sendable, Hashable {
    case any
    case one
    /// A byte, folded where case does not count.
    case byte(UInt8)
  }

  private let steps: [Step]
  private let isInsensitive: Bool

  init(_ pattern: String, isInsensitive: Bool) {
    self.isInsensitive = isInsensitive
    var steps: [Step] = []
    for byte in (isInsensitive ? pattern.lowercased() : pattern).utf8 {
      switch byte {
      case UInt8(ascii: "*"): if steps.last != .any { steps.append(.any) }
      case UInt8(ascii: "?"): steps.append(.one)
      default: steps.append(.byte(byte))
      }
    }
    self.steps = steps
  }

  /// Whether a pattern has a wildcard at all.
  static func hasWildcards(_ pattern: String) -> Bool {
    pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
  }

  /// Whether the whole text fits.
  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard isInsensitive, !Folding.isASCII(text) else { return matchesFolded(text) }
    return Array(String(decoding: text, as: UTF8.self).lowercased().utf8).withUnsafeBufferPointer(matchesFolded)
  }

  private func matchesFolded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    var step = 0
    // The last `*`, and where the text behind it was tried.
    var star: (step: Int, at: Int)?
    while at < text.count {
      if step < steps.count {
        switch steps[step] {
        case .any:
          star = (step, at)
          step += 1
          continue
        case .one:
          at += 1
          while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
          step += 1
          continue
        case .byte(let byte):
          if byte == (isInsensitive ? TextSearch.fold(text[at]) : text[at]) {
            at += 1
            step += 1
            continue
          }
        }
      }
      guard let last = star else { return false }
      at = last.at + 1
      // Never in the middle of a character, which `?` would take for a whole one.
      while at < text.count, text[at] & 0xC0 == 0x80 { at += 1 }
      star = (last.step, at)
      step = last.step + 1
    }
    while step < steps.count, steps[step] == .any { step += 1 }
    return step == steps.count
  }
}
