import Meanwhile

extension IndexName {
  /// What a name with date math stands for at a moment: `<logs-{now/d-1d{yyyy.MM|+02:00}}>` is the static parts with each expression in braces as a date. A name that is not in angle
  /// brackets stands for itself.
  ///
  /// - Throws: `invalid_index_name_exception` or `illegal_argument_exception` (400) for what is no such name.
  public static func resolvingDateMath(_ name: String, nowMillis: Int64) throws(APIError) -> String {
    guard name.hasPrefix("<"), name.hasSuffix(">"), name.utf8.count > 2 else { return name }
    func broken(_ problem: String) -> APIError {
      APIError(type: "parse_exception", reason: "invalid dynamic name expression [\(name.dropFirst().dropLast())]. \(problem)", status: 400)
    }
    var made = ""
    var expression = ""
    var depth = 0
    var isEscaped = false
    for character in name.dropFirst().dropLast() {
      if isEscaped {
        isEscaped = false
        if depth == 0 { made.append(character) } else { expression.append(character) }
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case "{":
        depth += 1
        guard depth <= 2 else { throw broken("invalid character in placeholder definition") }
        if depth > 1 { expression.append(character) }
      case "}":
        guard depth > 0 else { throw broken("invalid character at the end of a static part") }
        depth -= 1
        if depth > 0 {
          expression.append(character)
        } else {
          made += try date(expression, nowMillis: nowMillis, broken)
          expression = ""
        }
      default: if depth == 0 { made.append(character) } else { expression.append(character) }
      }
    }
    guard depth == 0, !isEscaped else { throw broken("date math placeholder is open ended") }
    guard !made.isEmpty else { throw broken("nothing captured") }
    return made
  }

  /// `now/d`, or with a format and a zone behind it: `now/d{yyyy.MM.dd|+02:00}`.
  private static func date(_ expression: String, nowMillis: Int64, _ broken: (String) -> APIError) throws(APIError) -> String {
    var math = expression[...]
    var pattern = "yyyy.MM.dd"
    var zone: TimeZoneRules?
    if let brace = expression.firstIndex(of: "{") {
      guard expression.last == "}" else { throw broken("missing closing `}` for date math format") }
      math = expression[..<brace]
      let inner = expression[expression.index(after: brace)...].dropLast()
      let parts = inner.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      pattern = String(parts.first ?? "")
      guard !pattern.isEmpty else { throw broken("missing date format") }
      if parts.count > 1 {
        guard let known = TimeZoneRules(id: String(parts[1])) else { throw broken("unknown time zone [\(parts[1])]") }
        zone = known
      }
    }
    do {
      let time = try DateMath(nowMillis: nowMillis, zone: zone).evaluate(String(math))
      return try DatePattern(pattern).text(time, in: zone)
    } catch {
      throw broken((error as? DateMath.Failure)?.reason ?? "\(error)")
    }
  }
}
