/// Why a function cannot take its arguments: the message without its place, such as
/// `first argument of [a + b] must be [numeric], found value [a] type [keyword]`.
///
/// A message may quote the call as a whole, whose text only ``FunctionRegistry/call(_:_:texts:origin:)`` knows and fills in.
public struct FunctionError: Error, Sendable, Hashable {
  private let beforeCall: String
  private let afterCall: String?
  /// The call's text, where the message quotes it.
  public internal(set) var callText = ""

  public init(_ message: String) {
    beforeCall = message
    afterCall = nil
  }

  /// A message that quotes the call between two parts.
  public init(_ before: String, quotingCall after: String) {
    beforeCall = before
    afterCall = after
  }

  public var message: String { afterCall.map { beforeCall + callText + $0 } ?? beforeCall }
}

extension FunctionError {
  /// `first argument of [call] must be [numeric], found value [a] type [keyword]`.
  ///
  /// - Parameters:
  ///   - index: the argument's place, from 0; nil where the function has just one and the message says `argument`.
  ///   - expected: the types' names as the message lists them.
  static func argument(_ index: Int?, _ argument: ScalarFunction.Argument, mustBe expected: [String]) -> FunctionError {
    let accepted =
      switch expected.count {
      case 0: ""
      case 1: expected[0]
      default: expected.dropLast().joined(separator: ", ") + " or " + expected[expected.count - 1]
      }
    let ordinal = index.map { Self.ordinal($0) + " " } ?? ""
    return FunctionError(
      "\(ordinal)argument of [",
      quotingCall: "] must be [\(accepted)], found value [\(argument.text)] type [\(argument.type.messageName)]")
  }

  static func ordinal(_ index: Int) -> String {
    let names = ["first", "second", "third", "fourth", "fifth"]
    return index < names.count ? names[index] : "\(index + 1)th"
  }

  /// `error building [name]: expects exactly two arguments`.
  static func wrongCount(_ name: String, _ accepted: ClosedRange<Int>) -> FunctionError {
    let words = ["no", "one", "two", "three", "four", "five", "six"]
    func word(_ count: Int) -> String { count < words.count ? words[count] : String(count) }
    let expectation: String
    if accepted.lowerBound == accepted.upperBound {
      expectation =
        accepted.lowerBound == 0
        ? "doesn't expect any arguments"
        : "expects exactly \(word(accepted.lowerBound)) argument\(accepted.lowerBound == 1 ? "" : "s")"
    } else if accepted.upperBound == .max {
      expectation = "expects at least \(word(accepted.lowerBound)) argument\(accepted.lowerBound == 1 ? "" : "s")"
    } else if accepted.upperBound == accepted.lowerBound + 1 {
      expectation = "expects \(word(accepted.lowerBound)) or \(word(accepted.upperBound)) arguments"
    } else {
      expectation = "expects between \(word(accepted.lowerBound)) and \(word(accepted.upperBound)) arguments"
    }
    return FunctionError("error building [\(name)]: \(expectation)")
  }
}
