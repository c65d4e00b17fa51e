import Meanwhile
import MeanwhileData
import MeanwhileEngine
import Testing

@testable import MeanwhileEQL

/// Applies one of EQL's functions to a row of constants.
private func apply(_ name: String, _ arguments: [(Value, DataType)]) throws -> Value {
  let registry = EQLFunctions.added(to: FunctionRegistry())
  let call = try registry.call(EQLFunctions.prefix + name, arguments.map { Expression.literal($0.0, $0.1) })
  return try evaluate(call, layout: [], Page(rowCount: 1, columns: [])).value(atRow: 0)
}

private func evaluate(_ expression: Expression, layout: [Attribute], _ page: Page) throws -> Column {
  let frame = EvaluationFrame(
    rowCount: page.rowCount, page: page, warnings: Warnings(), settings: QuerySettings(now: Timestamp(milliseconds: 0)), origin: .none)
  return try CompiledExpression(expression, layout: layout).evaluate(frame)
}

private func text(_ value: String) -> (Value, DataType) { (.string(value), .keyword) }
private func whole(_ value: Int64) -> (Value, DataType) { (.long(value), .long) }
private func flag(_ value: Bool) -> (Value, DataType) { (.boolean(value), .boolean) }
private let nothing: (Value, DataType) = (.null, .null)

@Suite("EQL functions")
struct FunctionTests {
  static let calls: [(name: String, arguments: [(Value, DataType)], result: Value)] = [
    ("length", [text("")], .long(0)),
    ("length", [text("häß😀")], .long(4)),
    ("length", [nothing], .null),
    ("concat", [text("a"), text(""), text("bc")], .string("abc")),
    ("concat", [text("a"), nothing], .null),
    ("substring", [text("start regsvr32.exe"), whole(6)], .string("regsvr32.exe")),
    ("substring", [text("start regsvr32.exe"), whole(0), whole(5)], .string("start")),
    ("substring", [text("start regsvr32.exe"), whole(6), whole(14)], .string("regsvr32")),
    ("substring", [text("start regsvr32.exe"), whole(-4)], .string(".exe")),
    ("substring", [text("start regsvr32.exe"), whole(-4), whole(-1)], .string(".ex")),
    ("substring", [text("abc"), whole(2), whole(1)], .string("")),
    ("substring", [text("abc"), whole(.min), whole(.max)], .string("abc")),
    ("substring", [text("äöü"), whole(1), whole(2)], .string("ö")),
    ("startswith", [text("regsvr32.exe"), text("reg")], .boolean(true)),
    ("startswith", [text("regsvr32.exe"), text("REG")], .boolean(false)),
    ("startswith~", [text("regsvr32.exe"), text("REG")], .boolean(true)),
    ("startswith~", [text("Ärger"), text("är")], .boolean(true)),
    ("startswith", [text("re"), text("reg")], .boolean(false)),
    ("startswith", [nothing, text("reg")], .null),
    ("endswith", [text("regsvr32.exe"), text(".exe")], .boolean(true)),
    ("endswith", [text("exe"), text(".exe")], .boolean(false)),
    ("endswith~", [text("regsvr32.EXE"), text(".exe")], .boolean(true)),
    ("stringcontains", [text("start regsvr32.exe"), text("svr")], .boolean(true)),
    ("stringcontains", [text("start regsvr32.exe"), text("SVR")], .boolean(false)),
    ("stringcontains~", [text("start regsvr32.exe"), text("SVR")], .boolean(true)),
    ("stringcontains", [text("a"), text("")], .boolean(true)),
    ("indexof", [text("subdomain.splunk.com"), text(".")], .long(9)),
    ("indexof", [text("subdomain.splunk.com"), text("."), whole(10)], .long(16)),
    ("indexof", [text("subdomain.splunk.com"), text("."), whole(100)], .null),
    ("indexof", [text("subdomain.splunk.com"), text("-")], .null),
    ("indexof~", [text("subDOMAIN"), text("domain")], .long(3)),
    ("indexof", [text("äöü"), text("ü")], .long(2)),
    ("between", [text("System Idle Process.exe"), text("System "), text(".exe")], .string("Idle Process")),
    ("between", [text("workspace://dev-s:1:e\\x:2"), text("dev"), text(":"), flag(false)], .string("-s")),
    ("between", [text("workspace://dev-s:1:e\\x:2"), text("dev"), text(":"), flag(true)], .string("-s:1:e\\x")),
    ("between~", [text("System Idle"), text("s"), text("E")], .string("yst")),
    ("between", [text("abc"), text("x"), text("c")], .string("")),
    ("between", [text("abc"), text("a"), text("x")], .string("")),
    ("between", [text("abc"), text(""), text("c")], .string("abc")),
    ("between", [text("abc"), nothing, text("c")], .null),
    ("number", [text("1337")], .double(1337)),
    ("number", [text("42.5")], .double(42.5)),
    ("number", [text("deadbeef"), whole(16)], .double(3_735_928_559)),
    ("number", [text("0xdeadbeef")], .double(3_735_928_559)),
    ("number", [text("0xdeadbeef"), whole(16)], .double(3_735_928_559)),
    ("number", [text("32"), whole(99)], .null),
    ("number", [text("no")], .null),
    ("string", [whole(-5)], .string("-5")),
    ("string", [(.double(1.5), .double)], .string("1.5")),
    ("string", [(.double(2), .double)], .string("2.0")),
    ("string", [flag(true)], .string("true")),
    ("string", [(.long(0), .date)], .string("1970-01-01T00:00:00.000Z")),
    ("string", [(.bytes(IPAddress(v4: 0x0A00_0001).bytes), .ip)], .string("10.0.0.1")),
    ("string", [(.bytes(VersionKey.encoded("1.2.10")), .version)], .string("1.2.10")),
    ("string", [text("as it is")], .string("as it is")),
    ("string", [nothing], .null),
    ("cidrmatch", [(.bytes(IPAddress(v4: 0x0A06_309D).bytes), .ip), text("192.168.0.0/16"), text("10.6.48.157/8")], .boolean(true)),
    ("cidrmatch", [(.bytes(IPAddress(v4: 0x0A06_309D).bytes), .ip), text("192.168.0.0/16")], .boolean(false)),
    ("cidrmatch", [(.null, .ip), text("0.0.0.0/0")], .null),
    ("wildcard", [text("C:\\Windows\\x.exe"), text("*\\x.???")], .boolean(true)),
    ("wildcard", [text("C:\\Windows\\x.exe"), text("*\\X.exe")], .boolean(false)),
    ("wildcard~", [text("C:\\Windows\\x.exe"), text("no"), text("*\\X.EXE")], .boolean(true)),
    ("regex", [text("net1 localgroup"), text("net[1-9]?[ ]+.*")], .boolean(true)),
    ("regex", [text("NET1"), text("net1")], .boolean(false)),
    ("regex~", [text("NET1"), text("net[0-9]")], .boolean(true)),
  ]

  @Test(arguments: calls)
  func computes(_ call: (name: String, arguments: [(Value, DataType)], result: Value)) throws {
    #expect(try apply(call.name, call.arguments) == call.result)
  }

  static let mistakes: [(name: String, arguments: [(Value, DataType)], message: String)] = [
    (
      "cidrmatch", [text("10.0.0.1"), text("10.0.0.0/8")],
      "first argument of [eql.cidrmatch(10.0.0.1, 10.0.0.0/8)] must be [ip], found value [10.0.0.1] type [keyword]"
    ),
    ("cidrmatch", [(.null, .ip), text("10.0.0.0/99")], "Invalid CIDR block [10.0.0.0/99]"),
    ("length", [whole(1)], "argument of [eql.length(1)] must be [string], found value [1] type [long]"),
    ("startswith", [text("a"), whole(1)], "second argument of [eql.startswith(a, 1)] must be [string], found value [1] type [long]"),
    ("substring", [text("a"), text("b")], "second argument of [eql.substring(a, b)] must be [integer], found value [b] type [keyword]"),
  ]

  @Test(arguments: mistakes)
  func refuses(_ call: (name: String, arguments: [(Value, DataType)], message: String)) {
    let error = #expect(throws: FunctionError.self) { try apply(call.name, call.arguments) }
    #expect(error?.message == call.message)
  }
}

@Suite("Functions of dictionary words")
struct DictionaryEvaluationTests {
  private func flags(_ flags: [Bool?]) -> [Value] { flags.map { $0.map(Value.boolean) ?? .null } }

  @Test("A word is computed once, and every row has its answer, nulls included")
  func words() throws {
    let field = Attribute(name: "f", type: .keyword)
    let dictionary = BytesVectorBuilder()
    for word in ["net.exe", "cmd.exe"] { dictionary.append(word) }
    let ordinals: [UInt32] = [0, 1, 0, 0, 1, 0]
    let column = Column(
      type: .keyword, rowCount: 6, values: .ordinals(Vector(ordinals), dictionary.finish(), isSorted: false),
      nulls: Bitmap(count: 6) { $0 == 3 })
    let registry = EQLFunctions.added(to: FunctionRegistry())
    let page = Page(rowCount: 6, columns: [column])
    let starts = try registry.call("eql.startswith", [.column(field), .literal(.string("net"), .keyword)])
    let found = try evaluate(starts, layout: [field], page)
    #expect((0..<6).map { found.value(atRow: $0) } == flags([true, false, true, nil, false, true]))
    // Where a function gives null for a word, it is null in every row of that word.
    let index = try registry.call("eql.indexof", [.column(field), .literal(.string("net"), .keyword)])
    let positions = try evaluate(index, layout: [field], page)
    #expect(
      (0..<6).map { positions.value(atRow: $0) } == [0, nil, 0, nil, nil, 0].map { (number: Int64?) in number.map(Value.long) ?? .null })
    let matches = try registry.call("eql.wildcard~", [.column(field), .literal(.string("NET*"), .keyword)])
    let verdicts = try evaluate(matches, layout: [field], page)
    #expect((0..<6).map { verdicts.value(atRow: $0) } == flags([true, false, true, nil, false, true]))
  }
}

@Suite("Conditions on several values")
struct AnyValueTests {
  private let tags = Attribute(name: "tags", type: .keyword)
  private let users = Attribute(name: "users", type: .keyword)

  /// For each row, whether some tag equals some user.
  private func holds(_ rows: [(tags: [String], users: [String])]) throws -> [Value] {
    func column(_ cells: [[String]]) -> Column {
      ColumnBuilder.column(of: cells.map { .several($0.map(Value.string)) }, type: .keyword)
    }
    let registry = EQLFunctions.added(to: FunctionRegistry())
    let equal = try registry.call("eql.equals", [.column(tags), .column(users)])
    let condition = try registry.call(AnyValueFunction.name, [equal])
    let page = Page(rowCount: rows.count, columns: [column(rows.map(\.tags)), column(rows.map(\.users))])
    let result = try evaluate(condition, layout: [tags, users], page)
    return rows.indices.map { result.value(atRow: $0) }
  }

  @Test("A condition holds if some choice of values makes it true, and is never null")
  func choices() throws {
    let rows: [(tags: [String], users: [String])] = [
      (["a"], ["a"]), (["a"], ["b"]), (["a", "b", "c"], ["x", "c"]), (["a", "b"], ["x", "y"]), ([], ["a"]), ([], []),
    ]
    #expect(try holds(rows) == [true, false, true, false, false, false].map(Value.boolean))
  }

  @Test("Single values and nulls take the short way to the same answers")
  func singles() throws {
    #expect(try holds([(["a"], ["a"]), (["a"], ["b"]), ([], ["a"])]) == [true, false, false].map(Value.boolean))
  }

  @Test("A condition must be boolean")
  func type() {
    let registry = EQLFunctions.added(to: FunctionRegistry())
    let error = #expect(throws: FunctionError.self) { try registry.call(AnyValueFunction.name, [.column(tags)]) }
    #expect(error?.message == "Condition expression needs to be boolean, found [KEYWORD]")
  }
}
