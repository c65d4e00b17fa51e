import Meanwhile
import MeanwhileData
import MeanwhileEngine

// String literals stand for dates, addresses, versions, booleans and time spans where one of those is wanted.

extension Analyser {
  /// Casts string literals to the type of the other operand of a comparison.
  ///
  /// - Returns: false where a literal cannot be read as such, which is noted.
  mutating func castLiterals(_ arguments: inout [Expression], texts: [String], at range: SourceRange) -> Bool {
    guard let target = arguments.first(where: { Self.castFunctions[$0.type] != nil })?.type else { return true }
    for index in arguments.indices where Self.isStringLiteral(arguments[index]) {
      switch castLiteral(arguments[index], to: target) {
      case .success(let cast): arguments[index] = cast
      case .failure(let error):
        problem(
          "Cannot convert string \(Self.display(arguments[index])) to [\(Self.javaName(of: target))], error [\(error.message)]", at: range)
        return false
      }
    }
    return true
  }

  /// Tries a call again with its string literals as something else that the function may take.
  func callCastingLiterals(_ function: String, _ arguments: [Expression], texts: [String], at range: SourceRange) -> Expression? {
    let literals = arguments.indices.filter { Self.isStringLiteral(arguments[$0]) }
    guard !literals.isEmpty else { return nil }
    let isMath = environment.functions.scalar(function)?.documentation.category == .math
    for target in isMath ? [DataType.double, .long, .integer] : [.date, .datePeriod, .dateNanos, .ip, .version, .boolean] {
      for chosen in [literals] + (literals.count > 1 ? literals.map { [$0] } : []) {
        var cast = arguments
        for index in chosen {
          guard case .success(let made) = castLiteral(arguments[index], to: target) else { break }
          cast[index] = made
        }
        guard chosen.allSatisfy({ !Self.isStringLiteral(cast[$0]) }) else { continue }
        if let made = try? environment.functions.call(function, cast, texts: texts, origin: origin(range)) { return made }
      }
    }
    return nil
  }

  /// A constant as a value of a type that it is, or can be read as without loss; nil where it cannot.
  func fitting(_ literal: Expression, in type: DataType) -> Expression? {
    guard case .literal(let value, let own) = literal else { return nil }
    if own == .null || own == type { return .literal(value, type) }
    if own.isString, case .success(let cast) = castLiteral(literal, to: type) { return cast }
    guard own.isNumeric, type.isNumeric else { return nil }
    switch (value, type) {
    case (.long(let number), .integer) where own != .unsignedLong && Int32(exactly: number) != nil: return .literal(value, type)
    case (.long, .long) where own == .integer: return .literal(value, type)
    case (.long(let number), .unsignedLong) where number >= 0: return .literal(.long(number ^ .min), type)
    case (.long(let number), .double) where own != .unsignedLong: return .literal(.double(Double(number)), type)
    default: return nil
    }
  }

  private static let castFunctions: [DataType: String] = [
    .date: "to_datetime", .dateNanos: "to_date_nanos", .ip: "to_ip", .version: "to_version", .boolean: "to_boolean",
  ]

  /// Numbers are read from strings only where mathematics asks for one: a comparison of the two is an error.
  private static let numberFunctions: [DataType: String] = [.double: "to_double", .long: "to_long", .integer: "to_integer"]

  private static func isStringLiteral(_ expression: Expression) -> Bool {
    if case .literal(let value, .keyword) = expression, value != .null { return true }
    return false
  }

  /// Reads a string literal as another type.
  private func castLiteral(_ literal: Expression, to target: DataType) -> Result<Expression, FunctionError> {
    if target == .datePeriod {
      guard case .literal(.bytes(let bytes), _) = literal, let span = TimeSpan(text: String(decoding: bytes, as: UTF8.self)) else {
        return .failure(FunctionError("not a time span"))
      }
      return .success(span.expression)
    }
    guard let function = Self.castFunctions[target] ?? Self.numberFunctions[target] else { return .failure(FunctionError("not supported")) }
    do {
      let warnings = Warnings()
      let folded = fold(try environment.functions.call(function, [literal]), warnings: warnings)
      guard warnings.texts.isEmpty, folded.constant != .null else {
        // The last warning is the detail: place, class, message.
        let detail = warnings.texts.last ?? "not a \(target.name)"
        return .failure(FunctionError(Self.message(ofDetail: detail)))
      }
      return .success(folded)
    } catch {
      return .failure(error)
    }
  }

  /// What stands behind the place and the class of an evaluation's failure.
  private static func message(ofDetail detail: String) -> String {
    let parts = detail.split(separator: ": ", maxSplits: 2, omittingEmptySubsequences: false)
    return parts.count == 3 ? String(parts[2]) : detail
  }

  private static func display(_ literal: Expression) -> String {
    guard let values = literal.constant?.elements else { return "[]" }
    let texts = values.map { value in
      if case .bytes(let bytes) = value { return String(decoding: bytes, as: UTF8.self) }
      return ""
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  /// A type's name in upper case, as the message has it.
  private static func javaName(of type: DataType) -> String {
    type == .date ? "DATETIME" : type.name.uppercased()
  }
}
