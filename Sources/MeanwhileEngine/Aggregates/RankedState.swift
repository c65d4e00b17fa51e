import MeanwhileData

extension AggregateFunction {
  /// `TOP(field, limit, [order], [outputField])`.
  static let top = AggregateFunction(
    name: "top",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "TOP(field, limit, [order], [outputField])",
      summary: "The least (`asc`) or greatest (`desc`) values, in that order; or the values of another column beside them.",
      examples: [.init("ROW a = [3, 1, 2] | STATS x = TOP(a, 2, \"desc\")", "[3, 2]")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("top", 2...4)
    try arguments.expect(0, .extremes)
    for index in 1..<min(arguments.count, 3) { try arguments.expectConstant(index) }
    guard case .long(let limit)? = arguments[1].constant, limit > 0 else {
      throw FunctionError("Limit must be greater than 0 in [", quotingCall: "], found [\(arguments[1].text)]")
    }
    var order = "ASC"
    if arguments.count > 2, case .bytes(let bytes)? = arguments[2].constant { order = String(decoding: bytes, as: UTF8.self).uppercased() }
    guard order == "ASC" || order == "DESC" else {
      throw FunctionError("Invalid order value in [", quotingCall: "], expected [ASC, DESC] but got [\(arguments[2].text)]")
    }
    return ranked(
      value: arguments[arguments.count == 4 ? 3 : 0], valueIndex: arguments.count == 4 ? 3 : 0, rankIndex: 0, count: Int(limit),
      isAscending: order == "ASC")
  }

  static let first = earliest("first", isAscending: true, "The value in the row whose other column is least.", "1")
  static let last = earliest("last", isAscending: false, "The value in the row whose other column is greatest.", "2")

  private static func earliest(_ name: String, isAscending: Bool, _ summary: String, _ result: String) -> AggregateFunction {
    AggregateFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .aggregate, syntax: "\(name.uppercased())(value, sort)", summary: summary,
        examples: [.init("ROW a = [1, 2] | MV_EXPAND a | STATS x = \(name.uppercased())(a, a)", result)])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 2...2)
      try arguments.expect(0, TypeSet(TypeSet.representable.types, ["any type except counter types"]))
      try arguments.expect(1, .comparable)
      return ranked(value: arguments[0], valueIndex: 0, rankIndex: 1, count: 1, isAscending: isAscending)
    }
  }

  /// `SAMPLE(field, limit)`.
  static let sample = AggregateFunction(
    name: "sample",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "SAMPLE(field, limit)", summary: "Some values, chosen by chance.",
      examples: [.init("ROW a = 1 | STATS x = SAMPLE(a, 5)", "1")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("sample", 2...2)
    try arguments.expect(0, TypeSet(TypeSet.representable.types, ["any type except counter types"]))
    try arguments.expectConstant(1)
    guard case .long(let limit)? = arguments[1].constant, limit > 0 else {
      throw FunctionError("Limit must be greater than 0 in [", quotingCall: "], found [\(arguments[1].text)]")
    }
    return ranked(value: arguments[0], valueIndex: 0, rankIndex: nil, count: Int(limit), isAscending: true)
  }

  private static func ranked(value: ScalarFunction.Argument, valueIndex: Int, rankIndex: Int?, count: Int, isAscending: Bool) -> Resolution
  {
    let type = value.type == .text ? .keyword : value.type
    return Resolution(type: type) { _ in
      RankedState(type, valueIndex: valueIndex, rankIndex: rankIndex, count: count, isAscending: isAscending)
    }
  }
}

/// A few values a group: those whose rank is least or greatest, where the rank is the value itself, another column's, or a random number.
final class RankedState: AggregateState {
  /// What values are ranked by: 64 bits of the order, then for runs of bytes all of them.
  private struct Rank {
    var prefix: UInt64
    var bytes: [UInt8]
  }

  /// A value as it is kept: 64 bits, or a run of bytes.
  private struct Entry {
    var rank: Rank
    var bits: UInt64
    var bytes: [UInt8]
  }

  private let type: DataType
  private let valueIndex: Int
  private let rankIndex: Int?
  private let count: Int
  private let isAscending: Bool
  /// The best first.
  private var groups: [[Entry]] = []
  private var byteTotal = 0
  private var generator = SystemRandomNumberGenerator()

  init(_ type: DataType, valueIndex: Int, rankIndex: Int?, count: Int, isAscending: Bool) {
    self.type = type
    self.valueIndex = valueIndex
    self.rankIndex = rankIndex
    self.count = count
    self.isAscending = isAscending
  }

  var byteCount: Int { groups.count * MemoryLayout<[Entry]>.stride + byteTotal }

  private func grow(_ groupCount: Int) {
    if groups.count < groupCount { groups += [[Entry]](repeating: [], count: groupCount - groups.count) }
  }

  func update(_ arguments: [Column], groups numbers: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    grow(groupCount)
    let values = arguments[valueIndex]
    let ranks = rankIndex.map { arguments[$0] }
    let (valueBytes, rankBytes) = (BytesSlots(values), ranks.flatMap { BytesSlots($0) })
    for row in 0..<numbers.count {
      let group = Int(numbers[row])
      for slot in values.slots(ofRow: row) {
        guard let ranks else {
          insert(group, UInt64.random(in: 0 ... .max, using: &generator), nil, slot, values, valueBytes)
          continue
        }
        if rankIndex == valueIndex {
          insert(group, ranks.rankBits(slot, rankBytes), rankBytes?[slot], slot, values, valueBytes)
        } else {
          // Without a rank a value comes behind all others, in the order of the rows.
          if ranks.slots(ofRow: row).isEmpty { insert(group, isAscending ? .max : 0, nil, slot, values, valueBytes) }
          for rank in ranks.slots(ofRow: row) {
            insert(group, ranks.rankBits(rank, rankBytes), rankBytes?[rank], slot, values, valueBytes)
          }
        }
      }
    }
  }

  private func insert(
    _ group: Int, _ prefix: UInt64, _ rankBytes: UnsafeBufferPointer<UInt8>?, _ slot: Int, _ values: Column, _ bytes: BytesSlots?
  ) {
    // Most values are worse than the worst that is kept, and cost one comparison.
    if groups[group].count == count, let worst = groups[group].last, !precedes(prefix, rankBytes, worst.rank) { return }
    let entry = Entry(
      rank: Rank(prefix: prefix, bytes: rankBytes.map(Array.init) ?? []), bits: values.storedBits(slot),
      bytes: bytes.map { Array($0[slot]) } ?? [])
    insert(group, entry)
  }

  private func insert(_ group: Int, _ entry: Entry) {
    var place = groups[group].count
    entry.rank.bytes.withUnsafeBufferPointer { bytes in
      while place > 0, precedes(entry.rank.prefix, bytes, groups[group][place - 1].rank) { place -= 1 }
    }
    guard place < count else { return }
    groups[group].insert(entry, at: place)
    byteTotal += MemoryLayout<Entry>.stride + entry.bytes.count + entry.rank.bytes.count
    if groups[group].count > count, let gone = groups[group].popLast() {
      byteTotal -= MemoryLayout<Entry>.stride + gone.bytes.count + gone.rank.bytes.count
    }
  }

  private func precedes(_ prefix: UInt64, _ bytes: UnsafeBufferPointer<UInt8>?, _ other: Rank) -> Bool {
    if prefix != other.prefix { return isAscending ? prefix < other.prefix : prefix > other.prefix }
    guard let bytes, !bytes.isEmpty || !other.bytes.isEmpty else { return false }
    let order = other.bytes.withUnsafeBufferPointer { compareBytes(bytes, $0) }
    return isAscending ? order < 0 : order > 0
  }

  func merge(_ other: any AggregateState, groups numbers: [UInt32], groupCount: Int) {
    grow(groupCount)
    guard let other = other as? RankedState else { return }
    for group in 0..<min(other.groups.count, numbers.count) {
      for entry in other.groups[group] { insert(Int(numbers[group]), entry) }
    }
  }

  func result(groupCount: Int) -> Column {
    grow(groupCount)
    let builder = ColumnBuilder(type: type, capacity: groupCount)
    for group in 0..<groupCount {
      for entry in groups[group] {
        switch type.layout {
        case .none: break
        case .boolean: builder.booleans.append(entry.bits == 0 ? 0 : 1)
        case .long: builder.longs.append(Int64(bitPattern: entry.bits))
        case .double: builder.doubles.append(Double(bitPattern: entry.bits))
        case .bytes: entry.bytes.withUnsafeBufferPointer { builder.bytes.append($0) }
        }
      }
      builder.endRow(valueCount: type.layout == .none ? 0 : groups[group].count)
    }
    return builder.finish()
  }
}

extension Column {
  /// 64 bits of a value whose unsigned order is the values' order, as far as it goes for runs of bytes.
  fileprivate func rankBits(_ slot: Int, _ bytes: BytesSlots?) -> UInt64 {
    switch values {
    case .none: 0
    case .booleans(let values): UInt64(values[slot])
    case .longs(let values): UInt64(bitPattern: values[slot] ^ .min)
    case .doubles(let values): values[slot].orderedBits
    case .bytes, .ordinals: bytes?[slot].orderedPrefix ?? 0
    }
  }

  /// A fixed-width value as 64 bits.
  fileprivate func storedBits(_ slot: Int) -> UInt64 {
    switch values {
    case .booleans(let values): UInt64(values[slot])
    case .longs(let values): UInt64(bitPattern: values[slot])
    case .doubles(let values): values[slot].bitPattern
    case .none, .bytes, .ordinals: 0
    }
  }
}
