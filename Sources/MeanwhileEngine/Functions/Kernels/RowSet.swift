import MeanwhileData

/// Why a row has no result: the detail of its warning.
struct EvaluationFailure: Error {
  var detail: String

  init(_ detail: String) { self.detail = detail }

  /// The failure that most functions have.
  init(illegalArgument message: String) { detail = "java.lang.IllegalArgumentException: " + message }
}

/// The rows in which all arguments of a call have one value: what loops over functions of several arguments walk.
struct RowSet {
  /// Rows to compute: one where all arguments are constant.
  var count: Int
  /// Rows without a result.
  var nulls: Bitmap?
  var isConstant: Bool

  init(count: Int, nulls: Bitmap?, isConstant: Bool) {
    self.count = count
    self.nulls = nulls
    self.isConstant = isConstant
  }

  /// All rows of a batch, or the one that stands for them.
  init(nulls: Bitmap?, isConstant: Bool, of frame: EvaluationFrame) {
    self.init(count: isConstant ? 1 : frame.rowCount, nulls: nulls, isConstant: isConstant)
  }
}

extension EvaluationFrame {
  /// - Parameter arguments: columns of single values, see ``single(_:)``.
  /// - Returns: nil where no row has a result.
  func rows(of arguments: [Column]) -> RowSet? {
    var rows = RowSet(count: rowCount, nulls: nil, isConstant: true)
    for argument in arguments {
      if argument.isAllNull || argument.values.count == 0 { return nil }
      guard !argument.isConstant else { continue }
      rows.isConstant = false
      rows.nulls = Self.union(rows.nulls, argument.nulls)
    }
    if rows.isConstant { rows.count = 1 }
    return rows
  }

  /// A run of bytes a row.
  ///
  /// - Parameter body: appends the row's bytes; false leaves the row null.
  @inline(__always)
  func makeBytes(
    _ rows: RowSet, type: DataType, _ body: (Int, VectorBuilder<UInt8>) throws(EvaluationFailure) -> Bool
  ) -> Column {
    let out = BytesVectorBuilder(capacity: rows.count)
    var failures = FailureCollector(frame: self, count: rows.count, nulls: rows.nulls)
    for row in 0..<rows.count {
      if rows.nulls?[row] != true {
        let start = out.bytes.count
        do {
          if try !body(row, out.bytes) { failures.addNull(row) }
        } catch {
          out.bytes.truncate(to: start)
          failures.add(row) { error.detail }
        }
      }
      out.endValue()
    }
    return failures.column(type, .bytes(out.finish()), isConstant: rows.isConstant)
  }

  /// A fixed-width value a row.
  ///
  /// - Parameter body: the row's value; nil leaves the row null.
  @inline(__always)
  func makeFixed<Result: FixedWidthElement>(
    _ rows: RowSet, type: DataType, _ body: (Int) throws(EvaluationFailure) -> Result?
  ) -> Column {
    var failures = FailureCollector(frame: self, count: rows.count, nulls: rows.nulls)
    let vector = Vector<Result>(count: rows.count) { target in
      for row in 0..<rows.count {
        var value = Result.zero
        if rows.nulls?[row] != true {
          do throws(EvaluationFailure) {
            if let made = try body(row) { value = made } else { failures.addNull(row) }
          } catch {
            failures.add(row) { error.detail }
          }
        }
        (target + row).initialize(to: value)
      }
    }
    return failures.column(type, Result.values(vector), isConstant: rows.isConstant)
  }

  /// Computes each value of each row by itself, multi-values included; a value that fails is left out, with a warning.
  ///
  /// - Parameter append: given a slot of the column, appends its value to the builder of the result's layout.
  @inline(__always)
  func convertEach(
    _ column: Column, to type: DataType, _ append: (Int, ColumnBuilder) throws(EvaluationFailure) -> Void
  ) -> Column {
    let count = column.isConstant ? 1 : rowCount
    let out = ColumnBuilder(type: type, capacity: count)
    for row in 0..<count {
      var kept = 0
      for slot in column.slots(ofRow: row) {
        do {
          try append(slot, out)
          kept += 1
        } catch {
          warnings.evaluationFailed(at: origin, detail: error.detail)
        }
      }
      out.endRow(valueCount: kept)
    }
    return out.finish().spread(over: rowCount, isConstant: column.isConstant)
  }
}

extension Column {
  /// The column of one row as the constant column of a batch, where it is to be one.
  func spread(over rowCount: Int, isConstant: Bool) -> Column {
    guard isConstant else { return self }
    var column = self
    column.rowCount = rowCount
    column.isConstant = true
    return column
  }
}

/// Runs of bytes by slot, behind a dictionary or not.
struct BytesSlots {
  private let ordinals: Vector<UInt32>?
  private let values: BytesVector

  /// Nil where the column has no bytes.
  init?(_ column: Column) {
    switch column.values {
    case .bytes(let values): (ordinals, self.values) = (nil, values)
    case .ordinals(let ordinals, let dictionary, _): (self.ordinals, values) = (ordinals, dictionary)
    default: return nil
    }
  }

  @inline(__always)
  subscript(slot: Int) -> UnsafeBufferPointer<UInt8> { values[ordinals.map { Int($0[slot]) } ?? slot] }
}
