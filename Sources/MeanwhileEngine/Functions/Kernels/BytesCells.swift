import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// At most one run of bytes a row, behind a dictionary or not. Made by ``EvaluationFrame/bytes(_:)``.
struct BytesCells {
  let ordinals: Vector<UInt32>?
  /// A dictionary, or without ordinals a value a row.
  let values: BytesVector
  let nulls: Bitmap?
  let isConstant: Bool

  @inline(__always)
  subscript(row: Int) -> UnsafeBufferPointer<UInt8> {
    let slot = isConstant ? 0 : row
    guard let ordinals else { return values[slot] }
    return values[Int(ordinals[slot])]
  }

  @inline(__always)
  func isNull(_ row: Int) -> Bool {
    if let nulls { nulls[row] } else { false }
  }
}

extension EvaluationFrame {
  /// The single values of a column of bytes; nil where every row is null.
  func bytes(_ column: Column) -> BytesCells? {
    let column = single(column)
    let nulls = column.isConstant ? nil : column.nulls
    switch column.values {
    case .bytes(let values) where values.count > 0:
      return BytesCells(ordinals: nil, values: values, nulls: nulls, isConstant: column.isConstant)
    case .ordinals(let ordinals, let dictionary, _) where ordinals.count > 0:
      return BytesCells(ordinals: ordinals, values: dictionary, nulls: nulls, isConstant: column.isConstant)
    default: return nil
    }
  }

  /// A fixed-width value for each run of bytes; where there is a dictionary, once an entry rather than once a row.
  @inline(__always)
  func mapBytes<Result: FixedWidthElement>(
    _ column: Column, cache: DictionaryCache<Vector<Result>>, type: DataType, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Column {
    guard let cells = bytes(column) else { return .nulls(type, rowCount: rowCount) }
    let count = cells.isConstant ? 1 : rowCount
    let values = cells.values
    let result: Vector<Result>
    if let ordinals = cells.ordinals {
      let table = cache.table(of: values, rowCount: count) { dictionary in
        Vector<Result>(count: dictionary.count) { target in
          for entry in 0..<dictionary.count { (target + entry).initialize(to: body(dictionary[entry])) }
        }
      }
      result = Vector<Result>(count: count) { target in
        if let table {
          for row in 0..<count { (target + row).initialize(to: table[Int(ordinals[row])]) }
        } else {
          for row in 0..<count { (target + row).initialize(to: body(values[Int(ordinals[row])])) }
        }
      }
    } else {
      result = Vector<Result>(count: count) { target in
        for row in 0..<count { (target + row).initialize(to: body(values[row])) }
      }
    }
    return Column(type: type, rowCount: rowCount, values: Result.values(result), nulls: cells.nulls, isConstant: cells.isConstant)
  }

  /// A fixed-width value for each pair of runs of bytes.
  @inline(__always)
  func zipBytes<Result: FixedWidthElement>(
    _ left: Column, _ right: Column, type: DataType, _ body: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>) -> Result
  ) -> Column {
    let lefts = bytes(left)
    let rights = bytes(right)
    guard let lefts, let rights else { return .nulls(type, rowCount: rowCount) }
    let isConstant = lefts.isConstant && rights.isConstant
    let count = isConstant ? 1 : rowCount
    let result = Vector<Result>(count: count) { target in
      for row in 0..<count { (target + row).initialize(to: body(lefts[row], rights[row])) }
    }
    return Column(
      type: type, rowCount: rowCount, values: Result.values(result), nulls: Self.union(lefts.nulls, rights.nulls), isConstant: isConstant)
  }
}

/// Less than, equal to or greater than 0, as the left run of bytes comes before, with or after the right one.
@inline(__always)
func compareBytes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
  let common = min(left.count, right.count)
  if common > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress {
    let order = memcmp(leftStart, rightStart, common)
    if order != 0 { return Int(order) }
  }
  return left.count - right.count
}
