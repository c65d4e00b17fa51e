import MeanwhileData

#if canImport(Glibc)
import Glibc
#endif

extension Rule {
  static let numericTypes: [DataType] = [.integer, .long, .unsignedLong, .double]

  /// What a computation on whole numbers gives, if the type has room for it.
  private static func fit(_ result: (partialValue: Int64, overflow: Bool), _ type: DataType) -> Cell? {
    guard !result.overflow, type != .integer || Int32(exactly: result.partialValue) != nil else { return nil }
    return .whole(result.partialValue)
  }

  private static func finite(_ value: Double) -> Cell? { value.isFinite ? .double(value) : nil }

  static let arithmetic: [Rule] =
    [(DataType.integer, DataType.integer, DataType.integer), (.integer, .long, .long), (.long, .integer, .long), (.long, .long, .long)]
    .flatMap { left, right, result -> [Rule] in
      let arguments = [Argument.of(left), .of(right)]
      return [
        .single("($0 + $1)", arguments, result) {
          fit($0[0].wholeNumber.addingReportingOverflow($0[1].wholeNumber), result)
        },
        .single("($0 - $1)", arguments, result) {
          fit($0[0].wholeNumber.subtractingReportingOverflow($0[1].wholeNumber), result)
        },
        .single("($0 * $1)", arguments, result) {
          fit($0[0].wholeNumber.multipliedReportingOverflow(by: $0[1].wholeNumber), result)
        },
        .single("($0 / $1)", arguments, result) {
          $0[1].wholeNumber == 0 ? nil : .whole($0[0].wholeNumber.dividedReportingOverflow(by: $0[1].wholeNumber).partialValue)
        },
        .single("($0 % $1)", arguments, result) {
          $0[1].wholeNumber == 0 ? nil : .whole($0[0].wholeNumber.remainderReportingOverflow(dividingBy: $0[1].wholeNumber).partialValue)
        },
      ]
    }
    + [(DataType.double, DataType.double), (.integer, .double), (.double, .long)].flatMap { left, right -> [Rule] in
      let arguments = [Argument.of(left), .of(right)]
      return [
        .single("($0 + $1)", arguments, .double) { finite($0[0].number + $0[1].number) },
        .single("($0 - $1)", arguments, .double) { finite($0[0].number - $0[1].number) },
        .single("($0 * $1)", arguments, .double) { finite($0[0].number * $0[1].number) },
        .single("($0 / $1)", arguments, .double) { finite($0[0].number / $0[1].number) },
        .single("($0 % $1)", arguments, .double) { finite(fmod($0[0].number, $0[1].number)) },
      ]
    }
    + unsigned("+") { $0.addingReportingOverflow($1) } + unsigned("-") { $0.subtractingReportingOverflow($1) }
    + unsigned("*") { $0.multipliedReportingOverflow(by: $1) } + unsigned("/") { $0.dividedReportingOverflow(by: $1) }
    + unsigned("%") { $0.remainderReportingOverflow(dividingBy: $1) }
    + [
      .single("(-$0)", [.of(.integer)], .integer) { fit(Int64(0).subtractingReportingOverflow($0[0].wholeNumber), .integer) },
      .single("(-$0)", [.of(.long)], .long) { fit(Int64(0).subtractingReportingOverflow($0[0].wholeNumber), .long) },
      .single("(-$0)", [.of(.double)], .double) { .double(-$0[0].number) },
    ]

  private static func unsigned(_ sign: String, _ body: @escaping @Sendable (UInt64, UInt64) -> (UInt64, Bool)) -> [Rule] {
    [
      .single("($0 \(sign) $1)", [.of(.unsignedLong), .of(.unsignedLong)], .unsignedLong) { cells in
        guard case .unsigned(let left) = cells[0], case .unsigned(let right) = cells[1] else { return nil }
        let (value, overflow) = body(left, right)
        return overflow ? nil : .unsigned(value)
      }
    ]
  }

  static let numbers: [Rule] =
    [
      .single("ABS($0)", [.of(.integer)], .integer) { .whole(abs($0[0].wholeNumber)) },
      .single("ABS($0)", [.of(.double)], .double) { .double(abs($0[0].number)) },
      .single("SIGNUM($0)", [.of(.integer)], .double) { .double(Double($0[0].wholeNumber.signum())) },
      .single("CEIL($0)", [.of(.double)], .double) { .double($0[0].number.rounded(.up)) },
      .single("FLOOR($0)", [.of(.double)], .double) { .double($0[0].number.rounded(.down)) },
      .single("FLOOR($0)", [.of(.long)], .long) { $0[0] },
      .single("SQRT($0)", [.of(.double)], .double) { $0[0].number < 0 ? nil : .double($0[0].number.squareRoot()) },
      .single("CBRT($0)", [.of(.integer)], .double) { .double(cbrt($0[0].number)) },
      .single("POW($0, $1)", [.of(.integer), .one(.integer, [.whole(0), .whole(1), .whole(2), .whole(-1)])], .double) {
        finite(pow($0[0].number, $0[1].number))
      },
      .single("LOG10($0)", [.of(.long)], .double) { $0[0].number <= 0 ? nil : .double(log10($0[0].number)) },
      .single("ATAN2($0, $1)", [.of(.double), .of(.integer)], .double) { .double(atan2($0[0].number, $0[1].number)) },
      .single("ROUND($0)", [.of(.integer)], .integer) { $0[0] },
      .single("LENGTH($0)", [.of(.keyword)], .integer) { .whole(Int64($0[0].string.unicodeScalars.count)) },
      .single("BYTE_LENGTH($0)", [.of(.keyword)], .integer) { .whole(Int64($0[0].string.utf8.count)) },
      .single("BIT_LENGTH($0)", [.of(.keyword)], .integer) { .whole(Int64($0[0].string.utf8.count * 8)) },
      .single("LOCATE($0, $1)", [.of(.keyword), .one(.keyword, [.text("a"), .text("o w"), .text("本"), .text("zz")])], .integer) {
        let text = Array($0[0].string.unicodeScalars)
        let wanted = Array($0[1].string.unicodeScalars)
        guard wanted.count <= text.count else { return .whole(0) }
        let found = (0...text.count - wanted.count).first { Array(text[$0..<$0 + wanted.count]) == wanted }
        return .whole(Int64((found ?? -1) + 1))
      },
      .single(
        "CLAMP($0, $1, $2)", [.of(.integer), .one(.integer, [.whole(-3), .whole(0)]), .one(.integer, [.whole(1), .whole(50)])], .integer
      ) {
        .whole(min(max($0[0].wholeNumber, $0[1].wholeNumber), $0[2].wholeNumber))
      },
      .single("ROUND_TO($0, 0, 10, 100)", [.of(.long)], .long) {
        let value = $0[0].wholeNumber
        return .whole(value >= 100 ? 100 : value >= 10 ? 10 : 0)
      },
    ]
}
