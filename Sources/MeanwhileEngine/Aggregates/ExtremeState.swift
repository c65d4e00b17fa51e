import MeanwhileData

extension AggregateFunction {
  static let minimum = extreme("min", isMinimum: true, example: .init("ROW a = [2, 1, 3] | STATS x = MIN(a)", "1"))
  static let maximum = extreme("max", isMinimum: false, example: .init("ROW a = [2, 1, 3] | STATS x = MAX(a)", "3"))

  private static func extreme(_ name: String, isMinimum: Bool, example: FunctionDocumentation.Example) -> AggregateFunction {
    AggregateFunction(
      name: name,
      documentation: FunctionDocumentation(
        category: .aggregate, syntax: "\(name.uppercased())(field)",
        summary: "The \(isMinimum ? "least" : "greatest") value.", examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, .extremes)
      let type = arguments[0].type == .text ? .keyword : arguments[0].type
      return Resolution(type: type) { _ in
        if type.layout == .bytes { BytesExtremeState(type, isMinimum: isMinimum) } else { FixedExtremeState(type, isMinimum: isMinimum) }
      }
    }
  }
}

extension TypeSet {
  static let extremes = TypeSet(
    TypeSet.comparable.types, ["boolean", "date", "ip", "string", "version", "aggregate_metric_double", "numeric except counter types"])
}

/// The least or greatest of fixed-width values.
///
/// Not generic itself: what a witness table of a generic class calls is not specialised, and several times slower.
final class FixedExtremeState: AggregateState {
  private enum Extremes {
    case booleans(ExtremeValues<UInt8>)
    case longs(ExtremeValues<Int64>)
    case doubles(ExtremeValues<Double>)
  }

  private let extremes: Extremes
  private let type: DataType

  init(_ type: DataType, isMinimum: Bool) {
    self.type = type
    extremes =
      switch type.layout {
      case .boolean: .booleans(ExtremeValues(isMinimum: isMinimum))
      case .double: .doubles(ExtremeValues(isMinimum: isMinimum))
      case .long, .bytes, .none: .longs(ExtremeValues(isMinimum: isMinimum))
      }
  }

  var byteCount: Int {
    switch extremes {
    case .booleans(let values): values.byteCount
    case .longs(let values): values.byteCount
    case .doubles(let values): values.byteCount
    }
  }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    switch extremes {
    case .booleans(let values): values.update(arguments[0], groups, groupCount)
    case .longs(let values): values.update(arguments[0], groups, groupCount)
    case .doubles(let values): values.update(arguments[0], groups, groupCount)
    }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    guard let other = other as? FixedExtremeState else { return }
    switch (extremes, other.extremes) {
    case (.booleans(let values), .booleans(let others)): values.merge(others, groups, groupCount)
    case (.longs(let values), .longs(let others)): values.merge(others, groups, groupCount)
    case (.doubles(let values), .doubles(let others)): values.merge(others, groups, groupCount)
    default: break
    }
  }

  func result(groupCount: Int) -> Column {
    switch extremes {
    case .booleans(let values): values.result(type, groupCount)
    case .longs(let values): values.result(type, groupCount)
    case .doubles(let values): values.result(type, groupCount)
    }
  }
}

/// A value a group, or none.
private final class ExtremeValues<Element: FixedWidthElement & Comparable> {
  private let best = GroupBuffer<Element>(.zero)
  private let has = GroupBuffer<Bool>(false)
  private let isMinimum: Bool

  init(isMinimum: Bool) { self.isMinimum = isMinimum }

  var byteCount: Int { best.byteCount + has.byteCount }

  func update(_ column: Column, _ groups: UnsafeBufferPointer<UInt32>, _ groupCount: Int) {
    grow(groupCount)
    guard let input = AggregateInput<Element>(column, groups) else { return }
    if isMinimum { take(input, groupCount) { $0 < $1 } } else { take(input, groupCount) { $0 > $1 } }
  }

  private func grow(_ groupCount: Int) {
    best.grow(to: groupCount)
    has.grow(to: groupCount)
  }

  @inline(__always)
  private func take(_ input: AggregateInput<Element>, _ groupCount: Int, _ isBetter: (Element, Element) -> Bool) {
    let best = best.base
    let has = has.base
    if groupCount == 1 {
      if !has[0] {
        // Any value is as good as another to begin with.
        guard let row = input.nulls.map({ nulls in (0..<input.groups.count).first { !nulls[$0] } }) ?? 0 else { return }
        best[0] = input.values[row]
        has[0] = true
      }
      best[0] = input.reduce(into: best[0]) { $0 = isBetter($1, $0) ? $1 : $0 }
      return
    }
    input.forEach { value, group in
      if !has[group] || isBetter(value, best[group]) {
        best[group] = value
        has[group] = true
      }
    }
  }

  func merge(_ other: ExtremeValues, _ groups: [UInt32], _ groupCount: Int) {
    grow(groupCount)
    for group in 0..<min(other.best.count, groups.count) where other.has[group] {
      let own = Int(groups[group])
      let value = other.best[group]
      if !has[own] || (isMinimum ? value < best[own] : value > best[own]) {
        best[own] = value
        has[own] = true
      }
    }
  }

  func result(_ type: DataType, _ groupCount: Int) -> Column {
    grow(groupCount)
    let (best, has) = (best, has)
    let values = Vector<Element>(count: groupCount) { $0.initialize(from: best.base, count: groupCount) }
    let nulls = Bitmap(count: groupCount) { !has[$0] }
    return Column(type: type, rowCount: groupCount, values: Element.values(values), nulls: nulls.setCount == 0 ? nil : nulls)
  }
}

/// The least or greatest of runs of bytes.
final class BytesExtremeState: AggregateState {
  private let best: GroupBytes
  private let type: DataType
  private let isMinimum: Bool

  init(_ type: DataType, isMinimum: Bool) {
    self.type = type
    self.isMinimum = isMinimum
    best = GroupBytes()
  }

  var byteCount: Int { best.byteCount }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    best.grow(to: groupCount)
    arguments[0].forEachBytes(groups) { value, group in take(value, group) }
  }

  private func take(_ value: UnsafeBufferPointer<UInt8>, _ group: Int) {
    if let own = best[group] {
      let order = compareBytes(value, own)
      guard isMinimum ? order < 0 : order > 0 else { return }
    }
    best.set(group, value)
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) {
    best.grow(to: groupCount)
    guard let other = other as? BytesExtremeState else { return }
    for group in 0..<min(other.best.count, groups.count) {
      if let value = other.best[group] { take(value, Int(groups[group])) }
    }
  }

  func result(groupCount: Int) -> Column {
    best.grow(to: groupCount)
    return best.column(type, groupCount: groupCount)
  }
}

extension Column {
  /// Every run of bytes with the group of its row.
  @inline(__always)
  func forEachBytes(_ groups: UnsafeBufferPointer<UInt32>, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void) {
    for row in 0..<groups.count {
      for slot in slots(ofRow: row) {
        switch values {
        case .bytes(let values): body(values[slot], Int(groups[row]))
        case .ordinals(let ordinals, let dictionary, _): body(dictionary[Int(ordinals[slot])], Int(groups[row]))
        default: break
        }
      }
    }
  }
}
