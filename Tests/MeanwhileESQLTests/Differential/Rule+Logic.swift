import MeanwhileData

extension Rule {
  private static let orders: [(sign: String, holds: @Sendable (_ left: Cell, _ right: Cell) -> Bool)] = [
    ("==", { !($0 < $1) && !($1 < $0) }), ("!=", { $0 < $1 || $1 < $0 }), ("<", { $0 < $1 }), ("<=", { !($1 < $0) }), (">", { $1 < $0 }),
    (">=", { !($0 < $1) }),
  ]

  static let comparisons: [Rule] =
    Sample.types.flatMap { type -> [Rule] in
      orders.filter { type != .boolean || $0.sign.hasSuffix("=") && !$0.sign.hasPrefix("<") && !$0.sign.hasPrefix(">") }.map { order in
        .single("($0 \(order.sign) $1)", [.of(type), .of(type)], .boolean) { .boolean(order.holds($0[0], $0[1])) }
      }
    }
    + orders.flatMap { order -> [Rule] in
      [
        .single("($0 \(order.sign) $1)", [.of(.integer), .of(.long)], .boolean) { .boolean(order.holds($0[0], $0[1])) },
        .single("($0 \(order.sign) $1)", [.of(.long), .of(.double)], .boolean) {
          .boolean(order.holds(.double($0[0].number), $0[1]))
        },
        .single("($0 \(order.sign) $1)", [.of(.double), .of(.integer)], .boolean) {
          .boolean(order.holds($0[0], .double($0[1].number)))
        },
        // A finer date against a date: both in milliseconds, then what the finer one has beyond them.
        .single("($0 \(order.sign) $1)", [.of(.date), .of(.dateNanos)], .boolean) { cells in
          let (millis, nanos) = (cells[0].wholeNumber, cells[1].wholeNumber)
          if millis != nanos / 1_000_000 { return .boolean(order.holds(.whole(millis), .whole(nanos / 1_000_000))) }
          return .boolean(order.holds(.whole(0), .whole(nanos % 1_000_000)))
        },
      ]
    }

  static let logic: [Rule] =
    [
      .of("($0 AND $1)", [.of(.boolean), .of(.boolean)], .boolean) { cells in
        let sides = cells.map { $0.elements.count == 1 ? $0 : .null }
        if sides.contains(.boolean(false)) { return .boolean(false) }
        return sides.contains(.null) ? .null : .boolean(true)
      },
      .of("($0 OR $1)", [.of(.boolean), .of(.boolean)], .boolean) { cells in
        let sides = cells.map { $0.elements.count == 1 ? $0 : .null }
        if sides.contains(.boolean(true)) { return .boolean(true) }
        return sides.contains(.null) ? .null : .boolean(false)
      },
      .single("(NOT $0)", [.of(.boolean)], .boolean) { .boolean(!$0[0].isTrue) },
      .single("STARTS_WITH($0, $1)", [.of(.keyword), .of(.keyword)], .boolean) {
        .boolean($0[0].string.utf8.starts(with: $0[1].string.utf8))
      },
      .single("ENDS_WITH($0, $1)", [.of(.keyword), .of(.keyword)], .boolean) {
        .boolean($0[0].string.utf8.reversed().starts(with: $0[1].string.utf8.reversed()))
      },
      .single("CONTAINS($0, $1)", [.of(.keyword), .one(.keyword, [.text("a"), .text("l"), .text("é"), .text("")])], .boolean) {
        let (text, wanted) = (Array($0[0].string.utf8), Array($0[1].string.utf8))
        return .boolean(text.indices.contains { text[$0...].starts(with: wanted) } || wanted.isEmpty)
      },
      .of("($0 LIKE $1)", [.of(.keyword), .word(wildcards)], .boolean) { like($0[0], $0[1].string) },
      .of("($0 NOT LIKE $1)", [.of(.keyword), .word(wildcards)], .boolean) { cells in
        let found = like(cells[0], cells[1].string)
        return found == .null ? .null : .boolean(!found.isTrue)
      },
      .of("($0 RLIKE $1)", [.of(.keyword), .word(expressions)], .boolean) { cells in
        if cells[1] == .text(".*") { return .boolean(cells[0] != .null) }
        guard case .text(let text) = cells[0] else { return .null }
        return .boolean(expressionMeanings[cells[1].string]?(text) ?? false)
      },
    ]
    + Sample.types.flatMap { type -> [Rule] in
      [
        .of("($0 IS NULL)", [.of(type)], .boolean) { .boolean($0[0] == .null) },
        .of("($0 IS NOT NULL)", [.of(type)], .boolean) { .boolean($0[0] != .null) },
        .of("($0 IN ($1, $2))", [.of(type), .of(type), .of(type)], .boolean) { cells in
          guard cells[0].elements.count == 1 else { return .null }
          // A list's element that has several values equals nothing; one that is null leaves the question open.
          let list = cells[1...].filter { $0.elements.count < 2 }
          guard list.contains(where: { $0 != .null }) else { return .null }
          if list.contains(where: { $0 != .null && !($0 < cells[0]) && !(cells[0] < $0) }) { return .boolean(true) }
          return list.contains(.null) ? .null : .boolean(false)
        },
      ]
    }

  /// Patterns of LIKE; what stands behind a backslash stands for itself. A query's string has the backslash twice.
  private static let wildcards: [(text: String, meaning: Cell)] = ["*", "a*", "*a", "?", "??", "*o*o*", "Hello*", "*é*", "a?", "", "*.*.*"]
    .map { ("\"\($0)\"", .text($0)) }

  /// What matches every text asks whether there is one, and answers that for null and several values too (Elasticsearch's `ReplaceRegexMatch`).
  private static func like(_ cell: Cell, _ pattern: String) -> Cell {
    if pattern == "*" { return .boolean(cell != .null) }
    guard case .text(let text) = cell else { return .null }
    return .boolean(isLike(Array(text.unicodeScalars)[...], Array(pattern.unicodeScalars)[...]))
  }

  private static func isLike(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let sign = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    if sign == "*" { return (text.startIndex...text.endIndex).contains { isLike(text[$0...], rest) } }
    guard let first = text.first else { return false }
    return (sign == "?" || sign == first) && isLike(text.dropFirst(), rest)
  }

  /// Patterns of RLIKE, each with what it asks in plain words.
  private static let expressionMeanings: [String: @Sendable (String) -> Bool] = [
    ".*": { _ in true }, "a+": { !$0.isEmpty && $0.allSatisfy { $0 == "a" } },
    "[0-9]+": { !$0.isEmpty && $0.utf8.allSatisfy { 48...57 ~= $0 } },
    "(a|b)b?": { ["a", "b", "ab", "bb"].contains($0) }, ".": { $0.unicodeScalars.count == 1 },
    "[Hh]ello.*": { $0.hasPrefix("Hello") || $0.hasPrefix("hello") }, "": { $0.isEmpty },
    "-?1\\\\.5": { $0 == "1.5" || $0 == "-1.5" }, "[^a]*": { !$0.contains("a") }, "a{2,4}": { ["aa", "aaa", "aaaa"].contains($0) },
  ]

  private static let expressions: [(text: String, meaning: Cell)] = expressionMeanings.keys.sorted().map { ("\"\($0)\"", .text($0)) }
}
