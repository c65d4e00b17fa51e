import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// What functions make of constants and of columns, which must agree.
@Suite struct FunctionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [(Value, DataType)]
    var result: Value

    init(_ name: String, _ arguments: [(Value, DataType)], _ result: Value) {
      self.name = name
      self.arguments = arguments
      self.result = result
    }

    var testDescription: String { "\(name) \(arguments.map(\.0))" }
  }

  static func text(_ value: String) -> (Value, DataType) { (.string(value), .keyword) }
  static func integer(_ value: Int64) -> (Value, DataType) { (.long(value), .integer) }
  static func several(_ values: Int64...) -> (Value, DataType) { (.several(values.map { .long($0) }), .integer) }
  static func date(_ text: String) -> (Value, DataType) { (ISODate.parseMillis(text).map(Value.long) ?? .null, .date) }

  static let cases: [Case] = [
    Case("length", [text("añb")], .long(3)), Case("byte_length", [text("añb")], .long(4)),
    Case("substring", [text("foobar"), integer(4), integer(2)], .string("ba")),
    Case("substring", [text("añb"), integer(-2)], .string("ñb")),
    Case("left", [text("añb"), integer(2)], .string("añ")), Case("right", [text("añb"), integer(9)], .string("añb")),
    Case("trim", [text(" \ta ")], .string("a")), Case("to_upper", [text("straße")], .string("STRASSE")),
    Case("concat", [text("a"), text(""), text("b")], .string("ab")), Case("concat", [text("a"), (.null, .keyword)], .null),
    Case("split", [text("a;b;"), text(";")], .several([.string("a"), .string("b"), .string("")])),
    Case("locate", [text("hello"), text("l"), integer(4)], .long(4)), Case("locate", [text("hello"), text("x")], .long(0)),
    Case("starts_with", [text("foobar"), text("foo")], .boolean(true)), Case("ends_with", [text("foobar"), text("foo")], .boolean(false)),
    Case("contains", [text("foobar"), text("ob")], .boolean(true)), Case("repeat", [text("ab"), integer(2)], .string("abab")),
    Case("case", [(.boolean(false), .boolean), integer(1), (.null, .boolean), integer(2), integer(3)], .long(3)),
    Case("case", [(.boolean(false), .boolean), integer(1)], .null), Case("coalesce", [(.null, .integer), integer(2)], .long(2)),
    Case("like", [text("foobar"), text("f*b?r")], .boolean(true)), Case("rlike", [text("foobar"), text("fo+")], .boolean(false)),
    Case("in", [integer(3), integer(1), integer(3)], .boolean(true)), Case("in", [integer(3), integer(1), (.null, .integer)], .null),
    Case("and", [(.null, .boolean), (.boolean(false), .boolean)], .boolean(false)),
    Case("or", [(.null, .boolean), (.boolean(false), .boolean)], .null), Case("<", [text("a"), text("b")], .boolean(true)),
    Case("/", [integer(7), integer(0)], .null),
    Case("+", [integer(2_147_483_647), integer(1)], .null), Case("%", [integer(-7), integer(2)], .long(-1)),
    Case("date_extract", [text("day_of_year"), date("2024-03-01")], .long(61)),
    Case("date_diff", [text("months"), date("2024-01-31"), date("2024-02-29")], .long(0)),
    Case("date_diff", [text("day"), date("2024-03-01"), date("2024-02-28")], .long(-2)),
    Case("date_trunc", [(.long(3_600_000), .timeDuration), date("2024-03-01T10:59:00Z")], date("2024-03-01T10:00:00Z").0),
    Case("date_format", [text("yyyy-MM"), date("2024-03-01")], .string("2024-03")),
    Case("date_parse", [text("yyyy/MM"), text("2024/03")], date("2024-03-01").0),
    Case("+", [date("2024-01-31"), (.long(DatePeriod(months: 1).encoded), .datePeriod)], date("2024-02-29").0),
    Case("replace", [text("a1b22"), text("[0-9]+"), text("<$0>")], .string("a<1>b<22>")),
    Case("replace", [text("abc"), text("(b)|x"), text("\\$1$1")], .string("a$1bc")),
    Case("replace", [text("ab"), text(""), text("-")], .string("-a-b-")),
    Case("to_base64", [text("hello")], .string("aGVsbG8=")), Case("from_base64", [text("aGVsbG8=")], .string("hello")),
    Case("from_base64", [text("!")], .null), Case("url_encode", [text("a b/é")], .string("a+b%2F%C3%A9")),
    Case("url_encode_component", [text("a b")], .string("a%20b")), Case("url_decode", [text("a%2Fb+c")], .string("a/b c")),
    Case("url_decode", [text("%4")], .null), Case("json_extract", [text(#"{"a": [{"b": 7}]}"#), text("$.a[0].b")], .string("7")),
    Case("json_extract", [text(#"{"a": {"b": 1}}"#), text("a")], .string(#"{"b":1}"#)),
    Case("json_extract", [text("{}"), text("a")], .null),
    Case("copy_sign", [(.double(3), .double), integer(-1)], .double(-3)), Case("scalb", [(.double(3), .double), integer(2)], .double(12)),
    Case("clamp", [integer(7), integer(1), integer(5)], .long(5)), Case("clamp_min", [text("a"), text("b")], .string("b")),
    Case("clamp_max", [integer(7), (.null, .integer)], .null),
    Case("round_to", [integer(7), integer(10), integer(0), integer(5)], .long(5)),
    Case("round_to", [integer(-7), integer(10), integer(0)], .long(0)), Case("bucket", [integer(17), (.double(5), .double)], .double(15)),
    Case("bucket", [integer(17), integer(10), integer(0), integer(100)], .double(10)),
    Case("bucket", [integer(1), integer(0), integer(0), integer(0)], .null),
    Case("bucket", [date("2024-05-17"), integer(12), text("2024-01-01"), text("2025-01-01")], date("2024-05-01").0),
    Case("bucket", [date("2024-05-17T10:31:00Z"), (.long(1_800_000), .timeDuration)], date("2024-05-17T10:30:00Z").0),
    Case("mv_append", [several(1, 2), integer(2)], several(1, 2, 2).0), Case("mv_append", [integer(1), (.null, .integer)], .null),
    Case("mv_union", [several(1, 2), several(2, 3)], several(1, 2, 3).0), Case("mv_union", [integer(1), (.null, .integer)], .long(1)),
    Case("mv_intersection", [several(1, 2, 2), several(2, 3)], .long(2)), Case("mv_difference", [several(1, 2), integer(2)], .long(1)),
    Case("mv_contains", [several(1, 2, 3), several(3, 1)], .boolean(true)),
    Case("mv_contains", [integer(1), (.null, .integer)], .boolean(true)),
    Case("mv_intersects", [several(1, 2), several(3, 4)], .boolean(false)),
    Case("mv_zip", [text("a"), (.several([.string("x"), .string("y")]), .keyword), text("-")], .several([.string("a-x"), .string("y")])),
    Case("mv_percentile", [several(1, 2, 3, 10), integer(50)], .long(2)), Case("mv_percentile", [several(1, 2), integer(101)], .null),
    Case("mv_median_absolute_deviation", [several(0, 2, 5, 6)], .long(2)),
  ]

  @Test(arguments: cases) func ofConstants(_ given: Case) async throws {
    #expect(try await run(given, asColumns: []) == Array(repeating: given.result, count: 3))
  }

  /// The first argument comes from a column; what must be constant stays so.
  @Test(arguments: cases) func ofColumns(_ given: Case) async throws {
    let isFirstConstant = given.name.hasPrefix("date_") && given.arguments.count > 1
    #expect(try await run(given, asColumns: [isFirstConstant ? given.arguments.count - 1 : 0]) == Array(repeating: given.result, count: 3))
  }

  private func run(_ given: Case, asColumns places: Set<Int>) async throws -> [Value] {
    var attributes: [Attribute] = [Attribute(name: "row", type: .long)]
    var columns: [Column] = [.longs([1, 2, 3])]
    var arguments: [Expression] = []
    for (place, argument) in given.arguments.enumerated() {
      guard places.contains(place) else {
        arguments.append(.literal(argument.0, argument.1))
        continue
      }
      let attribute = Attribute(name: "argument", type: argument.1)
      attributes.append(attribute)
      columns.append(ColumnBuilder.column(of: [argument.0, argument.0, argument.0], type: argument.1))
      arguments.append(.column(attribute))
    }
    let call = try FunctionRegistry.standard.call(given.name, arguments)
    let result = Attribute(name: "result", type: call.type)
    let plan = Plan.project(.eval(.rows(attributes, Page(rowCount: 3, columns: columns)), [.init(result, call)]), [result])
    return try await Executor(.testing()).run(plan).table.rows.map { $0[0] }
  }

  @Test func aValueOfSeveralIsNullWithAWarning() async throws {
    let several = Attribute(name: "s", type: .long)
    let sum = Attribute(name: "sum", type: .long)
    let page = Page(rowCount: 2, columns: [ColumnBuilder.column(of: [.several([.long(1), .long(2)]), .long(3)], type: .long)])
    let origin = Expression.Origin(line: 1, column: 7, text: "s + 1")
    let call = try FunctionRegistry.standard.call("+", [.column(several), .integer(1)], origin: origin)
    let context = ExecutionContext.testing()
    let plan = Plan.project(.eval(.rows([several], page), [.init(sum, call)]), [sum])
    #expect(try await Executor(context).run(plan).table.rows == [[.null], [.long(4)]])
    #expect(
      context.warnings.texts == [
        "Line 1:7: evaluation of [s + 1] failed, treating result as null. Only first 20 failures recorded.",
        "Line 1:7: java.lang.IllegalArgumentException: single-value function encountered multi-value",
      ])
  }

  @Test func argumentsOfTheWrongTypeAreNamed() {
    let origin = Expression.Origin(line: 1, column: 1, text: "\"a\" * 2")
    #expect(throws: FunctionError.self) { try FunctionRegistry.standard.call("*", [.string("a"), .integer(2)], origin: origin) }
    do throws(FunctionError) {
      _ = try FunctionRegistry.standard.call("*", [.string("a"), .integer(2)], origin: origin)
    } catch {
      #expect(error.message == "first argument of [\"a\" * 2] must be [numeric], found value [a] type [keyword]")
    }
  }
}
