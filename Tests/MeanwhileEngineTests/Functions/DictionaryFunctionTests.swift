import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// Functions that work once for each text or choice rather than once a row give what they give row by row.
@Suite struct DictionaryFunctionTests {
  private static let rowCount = 6_000
  private let host = Attribute(name: "host", type: .keyword)
  private let zone = Attribute(name: "zone", type: .keyword)
  private let status = Attribute(name: "status", type: .integer)
  private let wide = Attribute(name: "wide", type: .long)

  private static func host(_ row: Int) -> String? { row % 11 == 3 ? nil : String(repeating: "a", count: row % 4) }
  private static func zone(_ row: Int) -> String? { row % 13 == 5 ? nil : String(repeating: "a", count: row % 3) + "z" }
  private static func status(_ row: Int) -> Int64? { row % 7 == 6 ? nil : [200, 404, -3, 503][row % 4] }

  private func column(of expression: Expression, warnings: Warnings = Warnings()) throws -> [Value] {
    let rows = 0..<Self.rowCount
    let columns: [Column] = [
      .dictionary(rows.map(Self.host)), .dictionary(rows.map(Self.zone)), .longs(rows.map(Self.status), type: .integer),
      .longs(rows.map { Int64($0) &* 0x1_0000_0001 }),
    ]
    let compiled = try CompiledExpression(expression, layout: [host, zone, status, wide])
    var cells: [Value] = []
    // Small batches first, as a scan begins.
    var start = 0
    for size in [1, 8, 64, 2_000, Self.rowCount - 2_073] {
      let part = start..<start + size
      let page = Page(rowCount: size, columns: columns.map { $0.slice(part) })
      let frame = EvaluationFrame(
        rowCount: size, page: page, warnings: warnings, settings: QuerySettings(now: Timestamp(milliseconds: 0)), origin: .none)
      let result = try compiled.evaluate(frame)
      #expect(result.rowCount == size)
      cells += result.cells
      start += size
    }
    return cells
  }

  @Test func concatenatesEntries() throws {
    let found = try column(of: .call("concat", .column(host), .string("a"), .column(zone), .call("to_string", .column(status))))
    let expected = (0..<Self.rowCount).map { row -> Value in
      guard let host = Self.host(row), let zone = Self.zone(row), let status = Self.status(row) else { return .null }
      return .string("\(host)a\(zone)\(status)")
    }
    #expect(found == expected)
  }

  @Test func spellsFewAndManyNumbers() throws {
    let few = try column(of: .call("to_string", .column(status)))
    let expectedFew = (0..<Self.rowCount).map { row -> Value in
      guard let status = Self.status(row) else { return .null }
      return .string("\(status)")
    }
    #expect(few == expectedFew)
    let many = try column(of: .call("to_string", .column(wide)))
    let expectedMany = (0..<Self.rowCount).map { Value.string("\(Int64($0) &* 0x1_0000_0001)") }
    #expect(many == expectedMany)
  }

  @Test func choosesAmongConstants() throws {
    let found = try column(
      of: .call(
        "case", .call(">=", .column(status), .integer(500)), .string("bad"), .call("==", .column(host), .string("aa")), .string("two"),
        .call("is_null", .column(zone)), .literal(.null, .keyword), .string("bad")))
    let expected = (0..<Self.rowCount).map { row -> Value in
      if let status = Self.status(row), status >= 500 { return .string("bad") }
      if Self.host(row) == "aa" { return .string("two") }
      return Self.zone(row) == nil ? .null : .string("bad")
    }
    #expect(found == expected)
    let numbers = try column(of: .call("case", .call(">=", .column(status), .integer(500)), .integer(1), .double(2.5)))
    let expectedNumbers = (0..<Self.rowCount).map { Value.double(Self.status($0) == 503 ? 1 : 2.5) }
    #expect(numbers == expectedNumbers)
  }

  /// A condition that would fail where an earlier one decides warns of the rows that it is tried on.
  @Test func triesConditionsOnTheRowsThatAreLeft() throws {
    let fails = try Expression.call("==", .call("/", .integer(1), .call("-", .column(status), .integer(503))), .integer(0))
    let decided = Warnings()
    let found = try column(
      of: .call("case", .call("==", .column(status), .integer(503)), .integer(1), fails, .integer(2)), warnings: decided)
    #expect(decided.texts.isEmpty)
    #expect(found.prefix(4) == [.long(2), .long(2), .long(2), .long(1)])
    let open = Warnings()
    _ = try column(of: .call("case", fails, .integer(2), .integer(3)), warnings: open)
    #expect(open.texts.count == 2)
  }
}
