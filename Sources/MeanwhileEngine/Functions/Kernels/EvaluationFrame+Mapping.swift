import MeanwhileData

/// Loops over one or two columns of single values. Each is specialised at its call for layouts and body; the body is inlined.
/// Null slots are computed too and hold anything, so a body must not trap, whatever it is given.
extension EvaluationFrame {
  /// A value for each value.
  @inline(__always)
  func map<Element: FixedWidthElement, Result: FixedWidthElement>(
    _ cells: Cells<Element>?, type: DataType, _ body: (Element) -> Result
  ) -> Column {
    guard let cells else { return .nulls(type, rowCount: rowCount) }
    let source = cells.vector
    let count = cells.isConstant ? 1 : rowCount
    let result = Vector<Result>(count: count) { target in
      for row in 0..<count { (target + row).initialize(to: body(source[row])) }
    }
    return Column(type: type, rowCount: rowCount, values: Result.values(result), nulls: cells.nulls, isConstant: cells.isConstant)
  }

  /// A value for each pair of values; null where either is.
  @inline(__always)
  func zip<Left: FixedWidthElement, Right: FixedWidthElement, Result: FixedWidthElement>(
    _ left: Cells<Left>?, _ right: Cells<Right>?, type: DataType, _ body: (Left, Right) -> Result
  ) -> Column {
    guard let left, let right else { return .nulls(type, rowCount: rowCount) }
    let isConstant = left.isConstant && right.isConstant
    let count = isConstant ? 1 : rowCount
    let lefts = left.vector
    let rights = right.vector
    let result = Vector<Result>(count: count) { target in
      if left.isConstant {
        let first = lefts[0]
        for row in 0..<count { (target + row).initialize(to: body(first, rights[row])) }
      } else if right.isConstant {
        let second = rights[0]
        for row in 0..<count { (target + row).initialize(to: body(lefts[row], second)) }
      } else {
        for row in 0..<count { (target + row).initialize(to: body(lefts[row], rights[row])) }
      }
    }
    return Column(
      type: type, rowCount: rowCount, values: Result.values(result), nulls: Self.union(left.nulls, right.nulls), isConstant: isConstant)
  }

  /// Like ``map(_:type:_:)``, where a value may fail: the row becomes null with a warning.
  ///
  /// - Parameters:
  ///   - body: a result, and 0 or the number of a failure, from 1.
  ///   - describe: the detail of a failure, by value and number.
  @inline(__always)
  func mapChecked<Element: FixedWidthElement, Result: FixedWidthElement>(
    _ cells: Cells<Element>?, type: DataType, _ body: (Element) -> (Result, UInt8), describe: (Element, UInt8) -> String
  ) -> Column {
    guard let cells else { return .nulls(type, rowCount: rowCount) }
    let source = cells.vector
    let count = cells.isConstant ? 1 : rowCount
    var failed: UInt8 = 0
    let result = Vector<Result>(count: count) { target in
      for row in 0..<count {
        let (value, failure) = body(source[row])
        (target + row).initialize(to: value)
        failed |= failure
      }
    }
    let values = Result.values(result)
    guard failed != 0 else {
      return Column(type: type, rowCount: rowCount, values: values, nulls: cells.nulls, isConstant: cells.isConstant)
    }
    var failures = FailureCollector(frame: self, count: count, nulls: cells.nulls)
    for row in 0..<count where !cells.isNull(row) {
      let failure = body(source[row]).1
      if failure != 0 { failures.add(row) { describe(source[row], failure) } }
    }
    return failures.column(type, values, isConstant: cells.isConstant)
  }

  /// Like ``zip(_:_:type:_:)``, where a pair may fail: the row becomes null with a warning.
  @inline(__always)
  func zipChecked<Left: FixedWidthElement, Right: FixedWidthElement, Result: FixedWidthElement>(
    _ left: Cells<Left>?, _ right: Cells<Right>?, type: DataType, _ body: (Left, Right) -> (Result, UInt8),
    describe: (Left, Right, UInt8) -> String
  ) -> Column {
    guard let left, let right else { return .nulls(type, rowCount: rowCount) }
    let isConstant = left.isConstant && right.isConstant
    let count = isConstant ? 1 : rowCount
    let lefts = left.vector
    let rights = right.vector
    var failed: UInt8 = 0
    let result = Vector<Result>(count: count) { target in
      if left.isConstant {
        let first = lefts[0]
        for row in 0..<count {
          let (value, failure) = body(first, rights[row])
          (target + row).initialize(to: value)
          failed |= failure
        }
      } else if right.isConstant {
        let second = rights[0]
        for row in 0..<count {
          let (value, failure) = body(lefts[row], second)
          (target + row).initialize(to: value)
          failed |= failure
        }
      } else {
        for row in 0..<count {
          let (value, failure) = body(lefts[row], rights[row])
          (target + row).initialize(to: value)
          failed |= failure
        }
      }
    }
    let values = Result.values(result)
    let nulls = Self.union(left.nulls, right.nulls)
    guard failed != 0 else { return Column(type: type, rowCount: rowCount, values: values, nulls: nulls, isConstant: isConstant) }
    var failures = FailureCollector(frame: self, count: count, nulls: nulls)
    for row in 0..<count where !left.isNull(row) && !right.isNull(row) {
      let failure = body(left[row], right[row]).1
      if failure != 0 { failures.add(row) { describe(left[row], right[row], failure) } }
    }
    return failures.column(type, values, isConstant: isConstant)
  }

  /// A double for each pair of doubles; one that is not finite becomes null with a warning.
  ///
  /// - Parameter describe: the detail of a failure, by what came of the pair.
  @inline(__always)
  func zipFinite(
    _ left: Cells<Double>?, _ right: Cells<Double>?, _ body: (Double, Double) -> Double, describe: (Double) -> String
  ) -> Column {
    guard let left, let right else { return .nulls(.double, rowCount: rowCount) }
    let isConstant = left.isConstant && right.isConstant
    let count = isConstant ? 1 : rowCount
    let (lefts, rights) = (left.vector, right.vector)
    // The difference of a number and itself is 0, of anything else it is none: bits that can be gathered without a branch.
    var failed: UInt64 = 0
    let result = Vector<Double>(count: count) { target in
      if left.isConstant {
        let first = lefts[0]
        for row in 0..<count {
          let value = body(first, rights[row])
          target[row] = value
          failed |= (value - value).bitPattern
        }
      } else if right.isConstant {
        let second = rights[0]
        for row in 0..<count {
          let value = body(lefts[row], second)
          target[row] = value
          failed |= (value - value).bitPattern
        }
      } else {
        for row in 0..<count {
          let value = body(lefts[row], rights[row])
          target[row] = value
          failed |= (value - value).bitPattern
        }
      }
    }
    let nulls = Self.union(left.nulls, right.nulls)
    guard failed != 0 else {
      return Column(type: .double, rowCount: rowCount, values: .doubles(result), nulls: nulls, isConstant: isConstant)
    }
    var failures = FailureCollector(frame: self, count: count, nulls: nulls)
    for row in 0..<count where !left.isNull(row) && !right.isNull(row) && !result[row].isFinite {
      failures.add(row) { describe(result[row]) }
    }
    return failures.column(.double, .doubles(result), isConstant: isConstant)
  }

  /// Rows that are null in either.
  static func union(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left.union(right)
  }
}

/// Gathers the rows of a batch whose evaluation failed.
struct FailureCollector {
  private let frame: EvaluationFrame
  private let count: Int
  private var words: [UInt64]
  private var found = 0

  /// - Parameter nulls: rows that are null anyway.
  init(frame: EvaluationFrame, count: Int, nulls: Bitmap?) {
    self.frame = frame
    self.count = count
    words = nulls.map { Array($0.words.buffer.prefix((count + 63) / 64)) } ?? [UInt64](repeating: 0, count: (count + 63) / 64)
  }

  /// Makes a row null, with a warning as long as warnings are recorded.
  mutating func add(_ row: Int, _ detail: () -> String) {
    words[row >> 6] |= 1 << UInt64(row & 63)
    found += 1
    if found <= Warnings.detailsMax { frame.warnings.evaluationFailed(at: frame.origin, detail: detail()) }
  }

  /// Makes a row null without a word.
  mutating func addNull(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

  /// The column of values without the failed rows.
  func column(_ type: DataType, _ values: Column.Values, isConstant: Bool) -> Column {
    if isConstant && words.first.map({ $0 & 1 != 0 }) ?? false { return .nulls(type, rowCount: frame.rowCount) }
    let nulls = words.contains { $0 != 0 } ? Bitmap(words: Vector(words), count: count) : nil
    return Column(type: type, rowCount: frame.rowCount, values: values, nulls: isConstant ? nil : nulls, isConstant: isConstant)
  }
}
