import MeanwhileData

/// A condition `column op constant` that is evaluated on a column's buffers: no column of truth values is made, only the numbers of the rows that pass.
///
/// Every comparison is a range of values, which a row's value lies in, or for `!=` outside of.
struct ConstantComparison: Sendable {
  /// Both ends belong to it. Texts are compared through a sorted dictionary, whose ordinals are then the range.
  enum Bounds: Sendable {
    case longs(ClosedRange<Int64>)
    case doubles(ClosedRange<Double>)
    case text(ComparisonOperator, [UInt8])
    /// No value passes.
    case nothing
  }

  let attribute: Attribute
  let bounds: Bounds
  let isNegated: Bool

  /// - Returns: nil for a condition of another form.
  init?(_ condition: Expression) {
    guard case .call(let call) = condition, let comparison = ComparisonOperator(rawValue: call.function.name), call.arguments.count == 2
    else { return nil }
    switch (call.arguments[0], call.arguments[1]) {
    case (.column(let attribute), .literal(let constant, let type)): self.init(attribute, comparison, constant, type)
    case (.literal(let constant, let type), .column(let attribute)): self.init(attribute, comparison.mirrored, constant, type)
    default: return nil
    }
  }

  private init?(_ attribute: Attribute, _ comparison: ComparisonOperator, _ constant: Value, _ type: DataType) {
    self.attribute = attribute
    let isWhole = attribute.type == type || attribute.type.isSignedWhole && type.isSignedWhole
    switch (attribute.type.layout, constant) {
    case (.long, .long(let value)) where isWhole:
      bounds = Self.longs(comparison, value)
      isNegated = comparison == .notEqual
    case (.double, .double(let value)) where type.layout == .double && !value.isNaN:
      bounds = Self.doubles(comparison, value)
      isNegated = comparison == .notEqual
    case (.double, .long(let value)) where type.isSignedWhole:
      bounds = Self.doubles(comparison, Double(value))
      isNegated = comparison == .notEqual
    case (.bytes, .bytes(let value)) where attribute.type == type || attribute.type.isString && type.isString:
      bounds = .text(comparison, value)
      isNegated = comparison == .notEqual
    default: return nil
    }
  }

  private static func longs(_ comparison: ComparisonOperator, _ value: Int64) -> Bounds {
    switch comparison {
    case .equal, .notEqual: .longs(value...value)
    case .less: value == .min ? .nothing : .longs(.min...value - 1)
    case .lessOrEqual: .longs(.min...value)
    case .greater: value == .max ? .nothing : .longs(value + 1 ... .max)
    case .greaterOrEqual: .longs(value ... .max)
    }
  }

  private static func doubles(_ comparison: ComparisonOperator, _ value: Double) -> Bounds {
    let infinity = Double.infinity
    return switch comparison {
    case .equal, .notEqual: .doubles(value...value)
    case .less: value == -infinity ? .nothing : .doubles(-infinity...value.nextDown)
    case .lessOrEqual: .doubles(-infinity...value)
    case .greater: value == infinity ? .nothing : .doubles(value.nextUp...infinity)
    case .greaterOrEqual: .doubles(value...infinity)
    }
  }
}

extension DataType {
  /// Whole numbers whose long layout is their value.
  fileprivate var isSignedWhole: Bool { self == .integer || self == .long }
}

/// A ``ConstantComparison`` bound to a column: of a segment, or of a batch.
struct BoundComparison {
  private enum Test {
    case nothing
    case longs(Vector<Int64>, ClosedRange<Int64>)
    case doubles(Vector<Double>, ClosedRange<Double>)
    case ordinals(Vector<UInt32>, Range<UInt32>)
  }

  private let test: Test
  private let isNegated: Bool
  private let nulls: Bitmap?
  /// Where rows of the column lie beforehand; nil where it is not known.
  private let blocks: BlockBounds?

  /// - Returns: nil where the column must be compared in the general way: its rows may have several values, or it has no order of its own.
  init?(_ comparison: ConstantComparison, _ column: Column, blocks: BlockBounds? = nil) {
    guard column.offsets == nil, !column.isConstant else { return nil }
    isNegated = comparison.isNegated
    nulls = column.nulls
    self.blocks = blocks
    switch (column.values, comparison.bounds) {
    case (.none, _), (_, .nothing): test = .nothing
    case (.longs(let values), .longs(let range)): test = .longs(values, range)
    case (.doubles(let values), .doubles(let range)): test = .doubles(values, range)
    case (.ordinals(let ordinals, let dictionary, isSorted: true), .text(let comparison, let text)):
      test = .ordinals(ordinals, Self.ordinals(of: dictionary, comparison, text))
    default: return nil
    }
  }

  /// The ordinals of a sorted dictionary whose entries pass; for `!=` those that do not.
  private static func ordinals(of dictionary: BytesVector, _ comparison: ComparisonOperator, _ text: [UInt8]) -> Range<UInt32> {
    let count = dictionary.count
    let (first, isFound) = text.withUnsafeBufferPointer { wanted in
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if compareBytes(dictionary[middle], wanted) < 0 { low = middle + 1 } else { high = middle }
      }
      return (low, low < count && compareBytes(dictionary[low], wanted) == 0)
    }
    let behind = isFound ? first + 1 : first
    let range =
      switch comparison {
      case .equal, .notEqual: first..<behind
      case .less: 0..<first
      case .lessOrEqual: 0..<behind
      case .greater: behind..<count
      case .greaterOrEqual: first..<count
      }
    return UInt32(truncatingIfNeeded: range.lowerBound)..<UInt32(truncatingIfNeeded: range.upperBound)
  }

  /// The rows of a range that were selected of it and pass.
  func select(_ range: Range<Int>, of selection: Selection) -> Selection {
    guard !range.isEmpty else { return selection }
    switch verdict(on: range) {
    case .none: return .some(.empty)
    case .all: return selection
    case .some: break
    }
    let start = range.lowerBound
    switch test {
    case .nothing: return .some(.empty)
    case .longs(let values, let bounds):
      let base = values.base + start
      let low = bounds.lowerBound
      let width = UInt64(bitPattern: bounds.upperBound &- low)
      return withExtendedLifetime(values) {
        pass(range, selection) { UInt64(bitPattern: base[$0] &- low) <= width }
      }
    case .doubles(let values, let bounds):
      let base = values.base + start
      let (low, high) = (bounds.lowerBound, bounds.upperBound)
      return withExtendedLifetime(values) {
        if high == .infinity { return pass(range, selection) { base[$0] >= low } }
        if low == -.infinity { return pass(range, selection) { base[$0] <= high } }
        return pass(range, selection) { base[$0] >= low && base[$0] <= high }
      }
    case .ordinals(let ordinals, let bounds):
      let base = ordinals.base + start
      let low = bounds.lowerBound
      let width = bounds.upperBound &- low
      return withExtendedLifetime(ordinals) {
        pass(range, selection) { base[$0] &- low < width }
      }
    }
  }

  @inline(__always)
  private func pass(_ range: Range<Int>, _ selection: Selection, _ isInBounds: (Int) -> Bool) -> Selection {
    if let nulls {
      let start = range.lowerBound
      return isNegated
        ? Self.compact(range.count, selection) { !isInBounds($0) && !nulls[start + $0] }
        : Self.compact(range.count, selection) { isInBounds($0) && !nulls[start + $0] }
    }
    return isNegated
      ? Self.compact(range.count, selection) { !isInBounds($0) }
      : Self.compact(range.count, selection, isInBounds)
  }

  /// The numbers of the rows that pass.
  @inline(__always)
  private static func compact(_ count: Int, _ selection: Selection, _ passes: (Int) -> Bool) -> Selection {
    switch selection {
    case .all:
      let rows = RowNumbers.where(count, passes)
      return rows.count == count ? .all : .some(rows)
    case .some(let before):
      let numbers = before.base
      let places = RowNumbers.where(before.count) { passes(Int(numbers[$0])) }
      return withExtendedLifetime(before) { places.count == before.count ? selection : .some(before.gather(places)) }
    }
  }
}

// MARK: - Blocks

extension BoundComparison {
  /// What bounds tell of rows.
  private enum Verdict {
    case none, some, all
  }

  /// The first row from one on, and before another, that may pass.
  func firstRow(from row: Int, to end: Int) -> Int {
    if case .nothing = test { return end }
    if case .ordinals(_, let ordinals) = test, ordinals.isEmpty, !isNegated { return end }
    guard blocks != nil else { return row }
    var row = row
    while row < end, case .none = verdict(onBlock: row / BlockBounds.rowCount) {
      row = (row / BlockBounds.rowCount + 1) * BlockBounds.rowCount
    }
    return min(row, end)
  }

  private func verdict(on range: Range<Int>) -> Verdict {
    let first = range.lowerBound / BlockBounds.rowCount
    let found = verdict(onBlock: first)
    guard case .some = found else {
      let last = (range.upperBound - 1) / BlockBounds.rowCount
      return first == last || (first + 1...last).allSatisfy { verdict(onBlock: $0) == found } ? found : .some
    }
    return .some
  }

  private func verdict(onBlock block: Int) -> Verdict {
    guard let blocks else { return .some }
    let hasNulls = blocks.hasNulls[block] != 0
    switch (test, blocks.values) {
    case (.longs(_, let range), .longs(let least, let greatest)):
      return verdict(least[block], greatest[block], range, hasNulls: hasNulls)
    case (.doubles(_, let range), .doubles(let least, let greatest)):
      return verdict(least[block], greatest[block], range, hasNulls: hasNulls)
    default: return .some
    }
  }

  @inline(__always)
  private func verdict<Element: Comparable>(
    _ least: Element, _ greatest: Element, _ range: ClosedRange<Element>, hasNulls: Bool
  ) -> Verdict {
    let isInside = least >= range.lowerBound && greatest <= range.upperBound && least <= greatest
    let isOutside = greatest < range.lowerBound || least > range.upperBound
    if isNegated ? isInside : isOutside { return .none }
    if isNegated ? isOutside : isInside { return hasNulls ? .some : .all }
    return .some
  }
}
