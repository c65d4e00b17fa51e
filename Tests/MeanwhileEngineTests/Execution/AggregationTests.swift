import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

@Suite struct AggregationTests {
  let host = Attribute(name: "host", type: .keyword)
  let status = Attribute(name: "status", type: .integer)
  let bytes = Attribute(name: "bytes", type: .long)
  let latency = Attribute(name: "latency", type: .double)

  struct Row {
    var host: String?
    var status: Int64
    var bytes: Int64?
    var latency: Double
  }

  let rows: [Row] = (0..<150_000).map { row in
    let mixed = Int64(UInt32(truncatingIfNeeded: row) &* 2_654_435_761 >> 8)
    return Row(
      host: mixed % 17 == 16 ? nil : "host-\(mixed % 17)", status: [200, 404, 503][Int(mixed % 3)],
      bytes: mixed % 11 == 0 ? nil : mixed % 1000,
      latency: Double(mixed % 977) / 8)
  }

  var scan: Plan {
    // Three segments, so that dictionaries differ.
    let parts = [rows[..<10_000], rows[10_000..<100_000], rows[100_000...]]
    let index = SampleIndex(
      name: "logs",
      segments: parts.map { part in
        [
          ("host", .dictionary(part.map(\.host))), ("status", .longs(part.map(\.status), type: .integer)),
          ("bytes", .longs(part.map(\.bytes))),
          ("latency", .doubles(part.map(\.latency))),
        ]
      })
    return .scan(
      Plan.Scan(
        snapshots: [index.snapshot],
        columns: [
          .init(host, .field("host")), .init(status, .field("status")), .init(bytes, .field("bytes")), .init(latency, .field("latency")),
        ]))
  }

  func aggregate(_ name: String, _ arguments: Expression..., filter: Expression? = nil) throws -> Plan.Aggregate {
    let (function, resolution) = try FunctionRegistry.standard.resolveAggregate(name, arguments)
    return Plan.Aggregate(
      attribute: Attribute(name: name, type: resolution.type), function: function, resolution: resolution, arguments: arguments,
      filter: filter)
  }

  @Test(arguments: [1, 2, 3]) func groupsByTwoKeys(workerCount: Int) async throws {
    let plan = Plan.aggregate(
      scan,
      .init(
        groups: [.init(host, .column(host)), .init(status, .column(status))],
        aggregates: [
          try aggregate("count"), try aggregate("count", .column(bytes)), try aggregate("sum", .column(bytes)),
          try aggregate("max", .column(latency)), try aggregate("min", .column(bytes)),
          try aggregate("count", filter: try .call(">", .column(bytes), .integer(500))),
        ]))
    let result = try await Executor(.testing(workerCount: workerCount)).run(plan)
    var order: [String] = []
    var groups: [String: [Row]] = [:]
    for row in rows {
      let key = "\(row.host ?? "null") \(row.status)"
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(row)
    }
    let expected: [[Value]] = order.map { key in
      let members = groups[key] ?? []
      let sizes = members.compactMap(\.bytes)
      return [
        .long(Int64(members.count)), .long(Int64(sizes.count)), .long(sizes.reduce(0, +)), .double(members.map(\.latency).max() ?? 0),
        sizes.min().map(Value.long) ?? .null, .long(Int64(sizes.filter { $0 > 500 }.count)), members[0].host.map(Value.string) ?? .null,
        .long(members[0].status),
      ]
    }
    #expect(result.table.rows == expected)
  }

  @Test func withoutKeysThereIsOneRowEvenOfNothing() async throws {
    let nothing = Plan.filter(scan, try .call("<", .column(bytes), .long(0)))
    let aggregates = [try aggregate("count"), try aggregate("sum", .column(bytes)), try aggregate("avg", .column(latency))]
    let plan = Plan.aggregate(nothing, .init(groups: [], aggregates: aggregates))
    #expect(try await Executor(.testing()).run(plan).table.rows == [[.long(0), .null, .null]])
    let grouped = Plan.aggregate(nothing, .init(groups: [.init(host, .column(host))], aggregates: aggregates))
    #expect(try await Executor(.testing()).run(grouped).table.rows == [])
  }

  @Test func averagesAreThoseOfThePlainSum() async throws {
    let plan = Plan.aggregate(
      scan, .init(groups: [], aggregates: [try aggregate("avg", .column(latency)), try aggregate("avg", .column(bytes))]))
    let sizes = rows.compactMap(\.bytes)
    let expected: [[Value]] = [
      [.double(rows.map(\.latency).reduce(0, +) / Double(rows.count)), .double(Double(sizes.reduce(0, +)) / Double(sizes.count))]
    ]
    #expect(try await Executor(.testing()).run(plan).table.rows == expected)
  }

  @Test func aRowOfSeveralKeysCountsInEach() async throws {
    let tags = Attribute(name: "tags", type: .keyword)
    let page = Page(
      rowCount: 3,
      columns: [
        ColumnBuilder.column(of: [.several([.string("a"), .string("b"), .string("a")]), .null, .string("b")], type: .keyword),
        .longs([1, 2, 3]),
      ])
    let plan = Plan.aggregate(
      .rows([tags, bytes], page),
      .init(groups: [.init(tags, .column(tags))], aggregates: [try aggregate("count"), try aggregate("sum", .column(bytes))]))
    #expect(
      try await Executor(.testing()).run(plan).table.rows == [
        [.long(1), .long(2), .null], [.long(1), .long(1), .string("a")], [.long(2), .long(4), .string("b")],
      ])
  }

  @Test func aSumThatOverflowsIsNullWithAWarning() async throws {
    let page = Page(rowCount: 2, columns: [.longs([.max, 1])])
    let context = ExecutionContext.testing()
    let plan = Plan.aggregate(.rows([bytes], page), .init(groups: [], aggregates: [try aggregate("sum", .column(bytes))]))
    #expect(try await Executor(context).run(plan).table.rows == [[.null]])
    #expect(context.warnings.texts.last == "Line 0:0: java.lang.ArithmeticException: long overflow")
  }
}
