/// An operation on two whole numbers. A type rather than a closure, so that a loop over a batch is compiled for each of them.
protocol WholeOperation {
  /// - Returns: the result, and 0, ``overflow`` or ``divisionByZero``.
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8)
}

extension WholeOperation {
  static var overflow: UInt8 { 1 }
  static var divisionByZero: UInt8 { 2 }
}

/// An operation on two doubles, whose result may be no finite number.
protocol DoubleOperation {
  static func apply(_ left: Double, _ right: Double) -> Double
}

enum Addition: WholeOperation, DoubleOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.addingReportingOverflow(right)
    return (value, overflowed ? overflow : 0)
  }

  @inline(__always)
  static func apply(_ left: Double, _ right: Double) -> Double { left + right }
}

enum Subtraction: WholeOperation, DoubleOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.subtractingReportingOverflow(right)
    return (value, overflowed ? overflow : 0)
  }

  @inline(__always)
  static func apply(_ left: Double, _ right: Double) -> Double { left - right }
}

enum Multiplication: WholeOperation, DoubleOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.multipliedReportingOverflow(by: right)
    return (value, overflowed ? overflow : 0)
  }

  @inline(__always)
  static func apply(_ left: Double, _ right: Double) -> Double { left * right }
}

/// Rounds towards zero; the least long over -1 wraps, as in Java.
enum Division: WholeOperation, DoubleOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    right == 0 ? (0, divisionByZero) : (left.dividedReportingOverflow(by: right).partialValue, 0)
  }

  @inline(__always)
  static func apply(_ left: Double, _ right: Double) -> Double { left / right }
}

/// Has the sign of the dividend.
enum Remainder: WholeOperation, DoubleOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    right == 0 ? (0, divisionByZero) : (left.remainderReportingOverflow(dividingBy: right).partialValue, 0)
  }

  @inline(__always)
  static func apply(_ left: Double, _ right: Double) -> Double { left.truncatingRemainder(dividingBy: right) }
}

// MARK: - Integers

/// An operation on integers of 32 bits, which 64 bits hold the result of.
enum IntegerOperation<Operation: WholeOperation>: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let value = Operation.apply(left, right).0
    return (value, Int64(Int32(truncatingIfNeeded: value)) == value ? 0 : overflow)
  }
}

/// The least integer over -1 wraps, as in Java.
enum IntegerDivision: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, failure) = Division.apply(left, right)
    return (Int64(Int32(truncatingIfNeeded: value)), failure)
  }
}

// MARK: - Unsigned longs, whose sign bit is flipped

extension Int64 {
  @inline(__always)
  fileprivate var unsigned: UInt64 { UInt64(bitPattern: self ^ .min) }
}

extension UInt64 {
  @inline(__always)
  fileprivate var encoded: Int64 { Int64(bitPattern: self) ^ .min }
}

enum UnsignedAddition: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.unsigned.addingReportingOverflow(right.unsigned)
    return (value.encoded, overflowed ? overflow : 0)
  }
}

enum UnsignedSubtraction: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.unsigned.subtractingReportingOverflow(right.unsigned)
    return (value.encoded, overflowed ? overflow : 0)
  }
}

enum UnsignedMultiplication: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    let (value, overflowed) = left.unsigned.multipliedReportingOverflow(by: right.unsigned)
    return (value.encoded, overflowed ? overflow : 0)
  }
}

enum UnsignedDivision: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    right.unsigned == 0 ? (0, divisionByZero) : ((left.unsigned / right.unsigned).encoded, 0)
  }
}

enum UnsignedRemainder: WholeOperation {
  @inline(__always)
  static func apply(_ left: Int64, _ right: Int64) -> (Int64, UInt8) {
    right.unsigned == 0 ? (0, divisionByZero) : ((left.unsigned % right.unsigned).encoded, 0)
  }
}
