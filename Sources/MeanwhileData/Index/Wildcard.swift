/// Patterns of names in which `*` stands for any characters, also none.
public enum Wildcard {
  /// Whether a pattern covers the whole of a name. Linear in practice: only the last star is ever reconsidered.
  public static func matches(_ pattern: some StringProtocol, _ name: some StringProtocol) -> Bool {
    let pattern = Array(pattern.utf8)
    let name = Array(name.utf8)
    var inPattern = 0
    var inName = 0
    var afterStar: Int?
    var retryAt = 0
    while inName < name.count {
      if inPattern < pattern.count, pattern[inPattern] == UInt8(ascii: "*") {
        inPattern += 1
        afterStar = inPattern
        retryAt = inName
      } else if inPattern < pattern.count, pattern[inPattern] == name[inName] {
        inPattern += 1
        inName += 1
      } else if let star = afterStar {
        retryAt += 1
        inName = retryAt
        inPattern = star
      } else {
        return false
      }
    }
    return pattern[inPattern...].allSatisfy { $0 == UInt8(ascii: "*") }
  }

  public static func isPattern(_ text: some StringProtocol) -> Bool { text.utf8.contains(UInt8(ascii: "*")) }
}
