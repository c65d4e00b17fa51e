/// A name in which `*` stands for any run of characters, none included.
public struct WildcardPattern: Sendable {
  private let pattern: [UInt8]

  public init(_ text: String) { pattern = Array(text.utf8) }

  public var hasWildcard: Bool { pattern.contains(UInt8(ascii: "*")) }

  /// Linear in practice and quadratic at worst: the last star alone is ever tried again.
  public func matches(_ text: String) -> Bool {
    let text = Array(text.utf8)
    var at = 0
    var inPattern = 0
    var retry: (pattern: Int, text: Int)?
    while at < text.count {
      if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
        retry = (inPattern + 1, at)
        inPattern += 1
      } else if inPattern < pattern.count, pattern[inPattern] == text[at] {
        inPattern += 1
        at += 1
      } else if let last = retry {
        retry = (last.pattern, last.text + 1)
        inPattern = last.pattern
        at = last.text + 1
      } else {
        return false
      }
    }
    return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
