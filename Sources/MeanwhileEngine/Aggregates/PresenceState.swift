import MeanwhileData

extension AggregateFunction {
  static let present = presence(
    "present", "Whether there is a value.", whenPresent: true, example: .init("ROW a = 1 | STATS x = PRESENT(a)", "true"))
  static let absent = presence(
    "absent", "Whether there is no value.", whenPresent: false, example: .init("ROW a = 1 | STATS x = ABSENT(a)", "false"))

  private static func presence(
    _ name: String, _ summary: String, whenPresent: Bool, example: FunctionDocumentation.Example
  ) -> AggregateFunction {
    AggregateFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .aggregate, syntax: "\(name.uppercased())(field)", summary: summary, propagatesNull: false, examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      return Resolution(type: .boolean) { _ in PresenceState(whenPresent: whenPresent) }
    }
  }
}

extension AggregateFunction.Resolution {
  /// What has no type has no value.
  static let null = AggregateFunction.Resolution(type: .null) { _ in FixedExtremeState(.null, isMinimum: true) }
}

/// Whether a group has a value: a count that is or is not 0.
final class PresenceState: AggregateState {
  private let count = CountState()
  private let whenPresent: Bool

  init(whenPresent: Bool) { self.whenPresent = whenPresent }

  var byteCount: Int { count.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    count.update(arguments, groups: groups, groupCount: groupCount)
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    guard let other = other as? PresenceState else { return }
    count.merge(other.count, groups: groups, groupCount: groupCount)
  }

  func result(groupCount: Int) -> Column {
    count.counts.grow(to: groupCount)
    let cells = (0..<groupCount).map { Value.boolean((count.counts[$0] > 0) == whenPresent) }
    return ColumnBuilder.column(of: cells, type: .boolean)
  }
}
