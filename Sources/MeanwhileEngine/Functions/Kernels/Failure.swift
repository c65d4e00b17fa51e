/// Details of failed evaluations, which make a row null with a warning. Class names are part of the wire format.
enum Failure {
  static let severalValues = "java.lang.IllegalArgumentException: single-value function encountered multi-value"
  static let integerOverflow = "java.lang.ArithmeticException: integer overflow"
  static let longOverflow = "java.lang.ArithmeticException: long overflow"
  static let unsignedLongOverflow = "java.lang.ArithmeticException: unsigned_long overflow"
  static let divisionByZero = "java.lang.ArithmeticException: / by zero"
  static let notFinite = "java.lang.ArithmeticException: not a finite double number: "

  /// The text of a double that is not finite, as Java writes it.
  static func notFinite(_ value: Double) -> String {
    notFinite + (value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
  }
}
