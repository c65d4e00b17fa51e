import MeanwhileData

extension Rule {
  static let conditionals: [Rule] = Sample.types.flatMap { type -> [Rule] in
    [
      .of("COALESCE($0, $1)", [.of(type), .of(type)], type) { cells in cells.first { $0 != .null } ?? .null },
      .of("CASE($0, $1, $2)", [.of(.boolean), .of(type), .of(type)], type) { $0[0].isTrue ? $0[1] : $0[2] },
      .of("CASE($0, $1, $2, $3)", [.of(.boolean), .of(type), .of(.boolean), .of(type)], type) {
        $0[0].isTrue ? $0[1] : $0[2].isTrue ? $0[3] : .null
      },
      .of("GREATEST($0, $1)", [.of(type), .of(type)], type) { cells in
        cells.contains(.null) ? .null : cells.flatMap(\.elements).max { $0 < $1 } ?? .null
      },
      .of("LEAST($0, $1)", [.of(type), .of(type)], type) { cells in
        cells.contains(.null) ? .null : cells.flatMap(\.elements).min { $0 < $1 } ?? .null
      },
    ]
  }

  // MARK: - Several values

  static let severalValues: [Rule] =
    Sample.types.flatMap { type -> [Rule] in
      [
        .of("MV_COUNT($0)", [.of(type)], .integer) { $0[0] == .null ? .null : .whole(Int64($0[0].elements.count)) },
        .of("MV_MIN($0)", [.of(type)], type) { $0[0].elements.min { $0 < $1 } ?? .null },
        .of("MV_MAX($0)", [.of(type)], type) { $0[0].elements.max { $0 < $1 } ?? .null },
        .of("MV_FIRST($0)", [.of(type)], type) { $0[0].elements.first ?? .null },
        .of("MV_LAST($0)", [.of(type)], type) { $0[0].elements.last ?? .null },
        .of("MV_SORT($0)", [.of(type)], type) { Cell($0[0].elements.sorted { $0 < $1 }) },
        .of("MV_SORT($0, \"DESC\")", [.of(type)], type) { Cell($0[0].elements.sorted { $1 < $0 }) },
        .of("MV_SORT(MV_DEDUPE($0))", [.of(type)], type) { Cell(Set($0[0].elements).sorted { $0 < $1 }) },
        .of("MV_APPEND($0, $1)", [.of(type), .of(type)], type) { cells in
          cells.contains(.null) ? .null : Cell(cells.flatMap(\.elements))
        },
        .of(
          "MV_SLICE($0, $1, $2)",
          [.of(type), .one(.integer, [.whole(0), .whole(1), .whole(-2)]), .one(.integer, [.whole(2), .whole(-1)])], type
        ) { cells in
          let values = cells[0].elements
          let bounds = cells[1...].map { Int($0.wholeNumber) }
          // From the end where negative. -2 before 2 asks for nothing that makes sense and is refused.
          let (start, end) = (bounds[0] < 0 ? values.count + bounds[0] : bounds[0], bounds[1] < 0 ? values.count + bounds[1] : bounds[1])
          let chosen = values.indices.filter { $0 >= start && $0 <= end }
          return Cell(chosen.map { values[$0] })
        },
      ]
    }
    + [
      .of("MV_SUM($0)", [.of(.integer)], .integer) { cells in
        // In the order of the values: what leaves the type's range on the way has failed, wherever the rest would lead.
        var sum: Int32 = 0
        for value in cells[0].elements {
          let (next, overflow) = sum.addingReportingOverflow(Int32(truncatingIfNeeded: value.wholeNumber))
          if overflow { return .null }
          sum = next
        }
        return cells[0] == .null ? .null : .whole(Int64(sum))
      },
      .of("MV_AVG($0)", [.of(.integer)], .double) { cells in
        let values = cells[0].elements
        return values.isEmpty ? .null : .double(Double(values.reduce(0) { $0 + $1.wholeNumber }) / Double(values.count))
      },
      .of("MV_MEDIAN($0)", [.of(.integer)], .integer) { cells in
        let values = cells[0].elements.map(\.wholeNumber).sorted()
        guard !values.isEmpty else { return .null }
        if values.count % 2 == 1 { return .whole(values[values.count / 2]) }
        // The average of the middle two, rounded down.
        let sum = values[values.count / 2 - 1] + values[values.count / 2]
        return .whole(sum >= 0 ? sum / 2 : (sum - 1) / 2)
      },
    ]

  // MARK: - Conversions

  /// Java's `Math.round`: halves go up.
  private static func rounded(_ value: Double, _ type: DataType) -> Cell? {
    guard value >= (type == .integer ? -2_147_483_648 : -0x1p63), value <= (type == .integer ? 2_147_483_647 : 0x1p63) else { return nil }
    let down = value.rounded(.down)
    let whole = value - down >= 0.5 ? down + 1 : down
    return whole == 0x1p63 ? .whole(.max) : Int64(exactly: whole).map { .whole($0) }
  }

  static let conversions: [Rule] =
    [
      .each("TO_LONG($0)", .integer, .long) { $0 }, .each("TO_LONG($0)", .double, .long) { rounded($0.number, .long) },
      .each("TO_LONG($0)", .date, .long) { $0 }, .each("TO_LONG($0)", .dateNanos, .long) { $0 },
      .each("TO_LONG($0)", .boolean, .long) { .whole($0.isTrue ? 1 : 0) },
      .each("TO_LONG($0)", .unsignedLong, .long) { cell in
        guard case .unsigned(let value) = cell else { return nil }
        return Int64(exactly: value).map { .whole($0) }
      },
      .each("TO_LONG($0)", .keyword, .long) { cell in
        if let value = Int64(cell.string) { return .whole(value) }
        return Double(cell.string).flatMap { rounded($0, .long) }
      },
      .each("TO_INTEGER($0)", .double, .integer) { rounded($0.number, .integer) },
      .each("TO_INTEGER($0)", .long, .integer) { Int32(exactly: $0.wholeNumber) == nil ? nil : $0 },
      .each("TO_INTEGER($0)", .keyword, .integer) { cell in
        if let value = Int32(cell.string) { return .whole(Int64(value)) }
        return Double(cell.string).flatMap { rounded($0, .integer) }
      },
      .each("TO_DOUBLE($0)", .integer, .double) { .double($0.number) }, .each("TO_DOUBLE($0)", .long, .double) { .double($0.number) },
      .each("TO_DOUBLE($0)", .unsignedLong, .double) { .double($0.number) },
      .each("TO_DOUBLE($0)", .keyword, .double) { cell in Double(cell.string).map { .double($0) } },
      .each("TO_UNSIGNED_LONG($0)", .long, .unsignedLong) { UInt64(exactly: $0.wholeNumber).map { .unsigned($0) } },
      .each("TO_UNSIGNED_LONG($0)", .boolean, .unsignedLong) { .unsigned($0.isTrue ? 1 : 0) },
      .each("TO_BOOLEAN($0)", .integer, .boolean) { .boolean($0.wholeNumber != 0) },
      .each("TO_BOOLEAN($0)", .double, .boolean) { .boolean($0.number != 0) },
      .each("TO_BOOLEAN($0)", .keyword, .boolean) { .boolean($0.string.lowercased() == "true") },
      .each("TO_DATETIME($0)", .integer, .date) { $0 },
      .each("TO_DATETIME($0)", .dateNanos, .date) { .whole($0.wholeNumber / 1_000_000) },
      .each("TO_DATE_NANOS($0)", .date, .dateNanos) { cell in
        let (value, overflow) = cell.wholeNumber.multipliedReportingOverflow(by: 1_000_000)
        return overflow || value < 0 ? nil : .whole(value)
      },
    ]
    + Sample.types.map { type in .each("TO_STRING($0)", type, .keyword) { .text($0.text(type)) } }
}
