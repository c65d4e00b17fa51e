/// Rewrites a regular expression so that it matches without regard to the case of letters: `a` becomes `[aA]`, `[a-f]` becomes `[a-fA-F]`.
enum CaseInsensitiveRegex {
  static func expanded(_ pattern: String) -> String {
    var result = ""
    var isEscaped = false
    var isInClass = false
    let scalars = Array(pattern.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if isEscaped {
        isEscaped = false
        result.unicodeScalars.append(scalar)
        continue
      }
      switch scalar {
      case "\\":
        isEscaped = true
        result.unicodeScalars.append(scalar)
      case "[":
        isInClass = true
        result.unicodeScalars.append(scalar)
      case "]":
        isInClass = false
        result.unicodeScalars.append(scalar)
      default:
        guard let other = counterpart(scalar) else {
          result.unicodeScalars.append(scalar)
          continue
        }
        if isInClass, index + 1 < scalars.count, scalars[index] == "-", let otherEnd = counterpart(scalars[index + 1]) {
          result += "\(scalar)-\(scalars[index + 1])\(other)-\(otherEnd)"
          index += 2
        } else {
          result += isInClass ? "\(scalar)\(other)" : "[\(scalar)\(other)]"
        }
      }
    }
    return result
  }

  /// The same letter in the other case, where that is one character.
  private static func counterpart(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    let upper = scalar.properties.uppercaseMapping
    let lower = scalar.properties.lowercaseMapping
    let other = upper == String(scalar) ? lower : upper
    guard other != String(scalar), other.unicodeScalars.count == 1 else { return nil }
    return other.unicodeScalars.first
  }
}
