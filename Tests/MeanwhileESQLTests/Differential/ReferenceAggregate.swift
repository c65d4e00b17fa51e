import MeanwhileData

/// An aggregate function as the reference has it: all values of a group in a list.
struct ReferenceAggregate: Sendable {
  /// `$0` stands for the argument.
  var pattern: String
  /// nil where it counts rows.
  var argument: DataType?
  var result: DataType
  /// From the values of a group, those of rows that have several one by one; nil where the group's sum may pass the type's range on the way to
  /// a result within, so that the answer depends on the order of addition.
  var compute: @Sendable (_ values: [Cell], _ rowCount: Int) -> Cell?

  private static func of(
    _ pattern: String, _ argument: DataType?, _ result: DataType,
    _ compute: @escaping @Sendable (_ values: [Cell], _ rowCount: Int) -> Cell?
  ) -> ReferenceAggregate {
    ReferenceAggregate(pattern: pattern, argument: argument, result: result, compute: compute)
  }

  /// A sum that no order of addition makes overflow.
  private static func sum(_ values: [Cell]) -> Int64? {
    var sum: Int64 = 0
    var magnitude: UInt64 = 0
    for value in values {
      let (total, overflow) = magnitude.addingReportingOverflow(value.wholeNumber.magnitude)
      if overflow || total > UInt64(Int64.max) { return nil }
      magnitude = total
      sum += value.wholeNumber
    }
    return sum
  }

  static let all: [ReferenceAggregate] =
    [
      .of("COUNT(*)", nil, .long) { _, rowCount in .whole(Int64(rowCount)) },
      .of("SUM($0)", .integer, .long) { values, _ in values.isEmpty ? .null : sum(values).map { .whole($0) } },
      .of("SUM($0)", .long, .long) { values, _ in values.isEmpty ? .null : sum(values).map { .whole($0) } },
      .of("AVG($0)", .integer, .double) { values, _ in
        values.isEmpty ? .null : sum(values).map { .double(Double($0) / Double(values.count)) }
      },
      .of("MEDIAN($0)", .integer, .double) { values, _ in
        let numbers = values.map(\.number).sorted()
        guard !numbers.isEmpty else { return .null }
        return .double((numbers[(numbers.count - 1) / 2] + numbers[numbers.count / 2]) / 2)
      },
    ]
    + Sample.types.flatMap { type -> [ReferenceAggregate] in
      let ordered: [ReferenceAggregate] = [
        .of("COUNT($0)", type, .long) { values, _ in .whole(Int64(values.count)) },
        .of("MIN($0)", type, type) { values, _ in values.min { $0 < $1 } ?? .null },
        .of("MAX($0)", type, type) { values, _ in values.max { $0 < $1 } ?? .null },
        .of("PRESENT($0)", type, .boolean) { values, _ in .boolean(!values.isEmpty) },
        .of("ABSENT($0)", type, .boolean) { values, _ in .boolean(values.isEmpty) },
      ]
      // A zero and its negative are two values here, and one there.
      if type == .double { return ordered }
      let sets: [ReferenceAggregate] = [
        .of("COUNT_DISTINCT($0)", type, .long) { values, _ in .whole(Int64(Set(values).count)) },
        .of("MV_SORT(VALUES($0))", type, type) { values, _ in Cell(Set(values).sorted { $0 < $1 }) },
      ]
      if [.version, .unsignedLong, .dateNanos].contains(type) { return ordered + sets }
      return ordered + sets + [
        .of("TOP($0, 2, \"asc\")", type, type) { values, _ in Cell(Array(values.sorted { $0 < $1 }.prefix(2))) },
        .of("TOP($0, 3, \"desc\")", type, type) { values, _ in Cell(Array(values.sorted { $1 < $0 }.prefix(3))) },
      ]
    }
}
