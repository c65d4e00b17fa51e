import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileEQL

/// What is read, written out so that structure shows: every operator with its operands in parentheses.
private func outline(_ expression: EQLExpression) -> String {
  switch expression {
  case .literal(let value, _): outline(value)
  case .field(let field): (field.isOptional ? "?" : "") + field.name
  case .function(let call): call.name + (call.isInsensitive ? "~" : "") + "(" + call.arguments.map(outline).joined(separator: ", ") + ")"
  case .negative(let operand, _): "(- \(outline(operand)))"
  case .arithmetic(let operation, let left, let right, _): "(\(outline(left)) \(operation.rawValue) \(outline(right)))"
  case .comparison(let operation, let left, let right, _): "(\(outline(left)) \(operation.rawValue) \(outline(right)))"
  case .not(let operand, _): "(not \(outline(operand)))"
  case .and(let operands, _): "(" + operands.map(outline).joined(separator: " and ") + ")"
  case .or(let operands, _): "(" + operands.map(outline).joined(separator: " or ") + ")"
  case .membership(let value, let list, let isInsensitive, _):
    "(\(outline(value)) in\(isInsensitive ? "~" : "") [\(list.map(outline).joined(separator: ", "))])"
  case .pattern(let kind, let value, let patterns, let isInsensitive, _):
    "(\(outline(value)) \(kind.rawValue)\(isInsensitive ? "~" : "") [\(patterns.map { outline($0.value) }.joined(separator: ", "))])"
  }
}

private func outline(_ literal: EQLLiteral) -> String {
  switch literal {
  case .null: "null"
  case .boolean(let value): String(value)
  case .integer(let value): String(value)
  case .decimal(let value): String(value)
  case .string(let value): "\"\(value)\""
  }
}

private func condition(_ query: String) throws -> String {
  guard case .events(let filter) = try Parser.parse(query).query else { return "not an event query" }
  return outline(filter.condition)
}

@Suite("EQL parser: conditions")
struct ConditionParsingTests {
  static let conditions: [(text: String, outline: String)] = [
    ("true", "true"),
    ("a == 1", "(a == 1)"),
    ("a.b.c != \"x\"", "(a.b.c != \"x\")"),
    ("@timestamp < 5", "(@timestamp < 5)"),
    ("`odd name` >= 1.5", "(odd name >= 1.5)"),
    ("`a``b` == 1", "(a`b == 1)"),
    ("process.`sequence` == 1", "(process.sequence == 1)"),
    ("?maybe.there == null", "(?maybe.there == null)"),
    // Precedence: or, and, not, comparison, sums, products, sign.
    ("a or b and not c", "(a or (b and (not c)))"),
    ("a and b and c or d", "((a and b and c) or d)"),
    ("(a or b) and c", "((a or b) and c)"),
    ("not a == 1 and b", "((not (a == 1)) and b)"),
    ("not not a", "(not (not a))"),
    ("1 + 2 * 3 - 4 == a", "(((1 + (2 * 3)) - 4) == a)"),
    ("10 % 4 / 2 > 0", "(((10 % 4) / 2) > 0)"),
    ("-a + 100 == 18", "(((- a) + 100) == 18)"),
    ("- 5 < a", "(-5 < a)"),
    ("a - -1 == 2", "((a - -1) == 2)"),
    ("a == -9223372036854775807", "(a == -9223372036854775807)"),
    // Predicates bind to the value before them.
    ("a in (1, 2)", "(a in [1, 2])"),
    ("a not in (1)", "(not (a in [1]))"),
    ("a in~ (\"x\", b)", "(a in~ [\"x\", b])"),
    ("a not in~ (\"x\")", "(not (a in~ [\"x\"]))"),
    ("a : \"x*\"", "(a :~ [\"x*\"])"),
    ("a:(\"x*\", \"y?\")", "(a :~ [\"x*\", \"y?\"])"),
    ("a like \"x*\" and b", "((a like [\"x*\"]) and b)"),
    ("a like~ (\"x*\")", "(a like~ [\"x*\"])"),
    ("a regex \"x.*\"", "(a regex [\"x.*\"])"),
    ("a regex~ (\"x\", \"y\")", "(a regex~ [\"x\", \"y\"])"),
    // Calls.
    ("startsWith(a, \"b\")", "startsWith(a, \"b\")"),
    ("startsWith~(a, \"b\") == true", "(startsWith~(a, \"b\") == true)"),
    ("length(concat(a, 1, null)) > 0", "(length(concat(a, 1, null)) > 0)"),
    ("f()", "f()"),
    // Numbers.
    ("a == .5", "(a == 0.5)"),
    ("a == 5.", "(a == 5.0)"),
    ("a == 1e3", "(a == 1000.0)"),
    ("a == 1.5E-1", "(a == 0.15)"),
    ("a == 92233720368547758080", "(a == 9.223372036854776e+19)"),
    // Strings.
    (#"a == "q\"\\\n\t\u{1F600}""#, "(a == \"q\"\\\n\t😀\")"),
    (#"a == """no \n "escape" """"#, #"(a == "no \n "escape" ")"#),
    (#"a == """x"""""#, #"(a == "x"")"#),
    (#"a == """""""#, "(a == \"\")"),
    // Comments.
    ("a // to the end\n== 1", "(a == 1)"),
    ("a /* one /* nested */ two */ == 1", "(a == 1)"),
  ]

  @Test(arguments: conditions)
  func reads(_ example: (text: String, outline: String)) throws {
    #expect(try condition("any where " + example.text) == example.outline)
  }

  static let categories: [(query: String, category: String?)] = [
    ("process where true", "process"), ("any where true", nil), ("\"a b\" where true", "a b"), ("\"any\" where true", "any"),
  ]

  @Test(arguments: categories)
  func readsTheCategory(_ example: (query: String, category: String?)) throws {
    guard case .events(let filter) = try Parser.parse(example.query).query else {
      Issue.record("not an event query")
      return
    }
    #expect(filter.category == example.category)
  }

  @Test("A long chain of conditions is flat")
  func longChain() throws {
    let chain = (0..<5_000).map { "a == \($0)" }.joined(separator: " or ")
    guard case .events(let filter) = try Parser.parse("any where " + chain).query, case .or(let operands, _) = filter.condition else {
      Issue.record("not a chain")
      return
    }
    #expect(operands.count == 5_000)
  }

  @Test("Places are counted in characters, not bytes")
  func places() throws {
    guard case .events(let filter) = try Parser.parse("any where\n  \"é😀\" == name").query,
      case .comparison(_, _, let right, _) = filter.condition
    else {
      Issue.record("not a comparison")
      return
    }
    #expect(right.source.line == 2)
    #expect(right.source.column == 11)
  }
}

@Suite("EQL parser: sequences, samples and pipes")
struct SequenceParsingTests {
  @Test func sequence() throws {
    let query = """
      sequence by host, ?user with maxspan=2h
        [process where a == 1] by pid
        [file where true] by file.pid with runs=3
        ![network where true] by pid
      until [process where b] by pid
      | head 10 | tail 2
      """
    let statement = try Parser.parse(query)
    guard case .sequence(let sequence) = statement.query else {
      Issue.record("not a sequence")
      return
    }
    #expect(sequence.maxSpanMillis == 7_200_000)
    #expect(sequence.terms.map(\.filter.category) == ["process", "file", "file", "file", "network"])
    #expect(sequence.terms.map(\.isMissing) == [false, false, false, false, true])
    #expect(sequence.terms[1].keys.map(\.name) == ["host", "user", "file.pid"])
    #expect(sequence.terms[1].keys.map(\.isOptional) == [false, true, false])
    #expect(sequence.until?.keys.map(\.name) == ["host", "user", "pid"])
    #expect(statement.pipes.map(\.kind) == [.head, .tail])
    #expect(statement.pipes.map(\.count) == [10, 2])
  }

  @Test func sample() throws {
    guard case .sample(let sample) = try Parser.parse("sample by host [a where true] by x [b where true] by y").query else {
      Issue.record("not a sample")
      return
    }
    #expect(sample.terms.map { $0.keys.map(\.name) } == [["host", "x"], ["host", "y"]])
  }

  @Test(arguments: [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)] as [(String, Int64)])
  func spanUnits(unit: String, millis: Int64) throws {
    guard case .sequence(let sequence) = try Parser.parse("sequence with maxspan=3\(unit) [a where true] [b where true]").query else {
      Issue.record("not a sequence")
      return
    }
    #expect(sequence.maxSpanMillis == 3 * millis)
  }
}

@Suite("EQL parser: errors")
struct ParsingErrorTests {
  static let errors: [(query: String, reason: String)] = [
    ("", "line 1:1: mismatched input '<EOF>' expecting {'any', 'join', 'sample', 'sequence', STRING, IDENTIFIER}"),
    ("process", "line 1:8: mismatched input '<EOF>' expecting 'where'"),
    (
      "process where",
      "line 1:14: mismatched input '<EOF>' expecting {'false', 'not', 'null', 'true', '+', '-', '(', '?', STRING, "
        + "INTEGER_VALUE, DECIMAL_VALUE, IDENTIFIER}"
    ),
    ("process where a = 1", "line 1:17: mismatched input '=' expecting <EOF>, '|'"),
    ("process where a == 1 == 2", "line 1:22: mismatched input '==' expecting <EOF>, '|'"),
    ("process where (a", "line 1:17: mismatched input '<EOF>' expecting ')'"),
    ("process where a ==\n  #", "line 2:3: token recognition error at: '#'"),
    ("process where a == \"open", "line 1:20: token recognition error at: '\"open'"),
    ("process where a == \"\\q\"", "line 1:20: token recognition error at: '\"\\q'"),
    ("process where a == 'x'", "line 1:20: Use double quotes [\"] to define string literals, not single quotes [']"),
    ("process where a == ?\"x\"", "line 1:20: Use triple double quotes [\"\"\"] to define unescaped string literals, not [?\"]"),
    ("process where a == \"\\u{D800}\"", "line 1:21: Invalid unicode character code, [D800] is a surrogate code"),
    ("process where a == \"\\u{1}\"", "line 1:21: Unicode sequence should use [2-8] hex digits, [\\u{1}] has [1]"),
    ("process where /* open", "line 1:15: token recognition error at: '/* open'"),
    ("`process` where true", "line 1:1: mismatched input '`process`' expecting {'any', 'join', 'sample', 'sequence', STRING, IDENTIFIER}"),
    ("process where a[0] == 1", "line 1:17: Array indexes are not supported"),
    ("process where child of [process where true]", "line 1:15: Process relationships are not supported"),
    ("join [a where true] [b where true]", "line 1:1: Join is not supported"),
    ("process where true | haed 1", "line 1:22: Unrecognized pipe [haed], did you mean [head]?"),
    ("process where true | frobnicate", "line 1:22: Unrecognized pipe [frobnicate]"),
    ("process where true | unique user", "line 1:22: Pipe [unique] is not supported"),
    ("process where true | head", "line 1:22: Pipe [head] expects exactly one argument but found [0]"),
    ("process where true | head 1, 2", "line 1:22: Pipe [head] expects exactly one argument but found [2]"),
    ("process where true | tail -1", "line 1:27: Pipe [tail] expects a positive integer but found [-1]"),
    ("sequence [a where true]", "line 1:1: A sequence requires a minimum of 2 queries, found [1]"),
    ("sequence ![a where true] ![b where true]", "line 1:1: A sequence requires at least one positive event query"),
    (
      "sequence [a where true] ![b where true]",
      "line 1:1: [maxspan] is required for sequences with missing events queries; found none"
    ),
    ("sequence with maxspan=1s by x [a where true] [b where true]", "line 1:1: Please specify sequence [by] before [with] not after"),
    ("sequence with maxspan=0s [a where true] [b where true]", "line 1:23: A positive maxspan value is required; found [0]"),
    ("sequence with maxspan=5 [a where true] [b where true]", "line 1:23: No time unit specified, did you mean [s] as in [5s]?"),
    (
      "sequence with maxspan=5q [a where true] [b where true]",
      "line 1:24: Unrecognized time unit [q] in [5q], please specify one of [ms, s, m, h, d]"
    ),
    (
      "sequence with maxspan=1.5s [a where true] [b where true]",
      "line 1:23: Decimal time interval [1.5] not supported; please use a positive integer"
    ),
    (
      "sequence with maxspan=99999999999999999d [a where true] [b where true]",
      "line 1:23: Time interval [99999999999999999d] is too large"
    ),
    (
      "sequence [a where true] by x [b where true] by x, y",
      "line 1:45: Inconsistent number of join keys specified; expected [1] but found [2]"
    ),
    ("sequence by 1 [a where true] [b where true]", "line 1:13: Unsupported join key [1]"),
    ("sequence [a where true] with runs=0 [b where true]", "line 1:35: A positive runs value is required; found [0]"),
    ("sequence [a where true] with runs=101 [b where true]", "line 1:35: A query cannot be repeated more than [100] times; found [101]"),
    ("sequence [a where true] with walks=2 [b where true]", "line 1:30: Unrecognized option [walks], expecting [runs]"),
    ("sample [a where true] [b where true]", "line 1:1: A sample must have at least one join key, found none"),
    ("sample by x [a where true] [b where true] | head 1", "line 1:45: Samples do not support pipes yet"),
  ]

  @Test(arguments: errors)
  func refuses(_ example: (query: String, reason: String)) {
    let error = #expect(throws: APIError.self) { try Parser.parse(example.query) }
    #expect(error?.type == "parsing_exception")
    #expect(error?.status == 400)
    #expect(error?.reason == example.reason)
  }

  @Test(
    "Nesting has a limit, so input never decides the stack's size",
    arguments: [
      String(repeating: "(", count: 100_000),
      String(repeating: "-", count: 100_000),
      "1" + String(repeating: "+1", count: 100_000),
      String(repeating: "f(", count: 100_000),
    ])
  func depth(_ text: String) {
    let error = #expect(throws: APIError.self) { try Parser.parse("any where " + text) }
    #expect(error?.reason.contains("nests deeper than [100] levels") == true)
  }

  @Test func length() {
    let error = #expect(throws: APIError.self) { try Parser.parse(String(repeating: " ", count: Parser.queryBytesMax + 1)) }
    #expect(error?.reason.contains("the query is too long") == true)
  }
}

@Suite("EQL parser: whatever comes in")
struct ParserRobustnessTests {
  private static let pieces: [String] = [
    "process", "any", "where", "sequence", "sample", "by", "with", "maxspan", "runs", "until", "and", "or", "not", "in", "in~", "like",
    "regex~",
    "true", "null", "host", "a.b", "?x", "`q q`", "`", "\"text\"", "\"\\u{41}\"", "\"\"\"raw\"\"\"", "\"", "'", "1", "1.5", "1e", ".",
    "9e999", "5s", "=",
    "==", "!=", "<", ":", "!", "![", "[", "]", "(", ")", ",", "|", "head", "+", "-", "*", "/", "//", "/*", "*/", "%", "~", "#", "é", "\n",
    "\u{0}",
    "length(", "99999999999999999999", "-9223372036854775808",
  ]

  @Test("Any text is read or refused with its place, never a crash", arguments: 0..<200)
  func random(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<50 {
      let words = (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
      let query = words.joined(separator: Bool.random(using: &random) ? " " : "")
      do {
        _ = try Parser.parse(query)
      } catch {
        #expect(error.type == "parsing_exception")
        #expect(error.reason.hasPrefix("line "))
      }
    }
  }
}
