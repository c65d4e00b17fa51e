import Meanwhile
import MeanwhileData
import MeanwhileEngine

// Calls with a map of options at their end: `TO_IP(x, {"leading_zeros": "octal"})`.

extension Analyser {
  /// A call of a function with options; nil where it is wrong, which has been noted.
  mutating func apply(_ function: String, _ arguments: [ExpressionSyntax], options: [OptionSyntax], at range: SourceRange) -> Expression? {
    switch function {
    case "to_ip": return toIP(arguments, options, at: range)
    case "date_parse": return parseDate(arguments, options, at: range)
    default:
      problem("error building [\(function)]: takes no options", at: range)
      return nil
    }
  }

  private mutating func toIP(_ arguments: [ExpressionSyntax], _ options: [OptionSyntax], at range: SourceRange) -> Expression? {
    var function = "to_ip"
    for option in options {
      guard option.name == "leading_zeros", case .literal(.string(let choice)) = option.value,
        ["reject", "octal", "decimal"].contains(choice.lowercased())
      else { return refuse(option, at: range) }
      function = choice.lowercased() == "reject" ? "to_ip" : "to_ip_leading_zeros_\(choice.lowercased())"
    }
    return apply(function, arguments, at: range)
  }

  /// The date is read with the settings that the options replace.
  private mutating func parseDate(_ arguments: [ExpressionSyntax], _ options: [OptionSyntax], at range: SourceRange) -> Expression? {
    var settings = environment.settings
    for option in options {
      switch (option.name, option.value) {
      case ("time_zone", .literal(.string(let zone))) where TimeZoneRules(id: zone) != nil: settings.timeZone = zone
      case ("locale", .literal(.string(let locale))): settings.locale = locale
      default: return refuse(option, at: range)
      }
    }
    var resolved: [Expression] = []
    for argument in arguments { if let argument = expression(argument) { resolved.append(argument) } }
    guard resolved.count == arguments.count else { return nil }
    let texts = arguments.map { source.text(of: $0.range) }
    var made: Expression.Call
    do {
      guard case .call(let call) = try environment.functions.call("date_parse", resolved, texts: texts, origin: origin(range)) else {
        return nil
      }
      made = call
    } catch {
      problem(error.message, at: range)
      return nil
    }
    guard case .eager(let compute) = made.resolution.kernel else { return .call(made) }
    made.resolution.kernel = .eager { [settings] columns, frame in
      var frame = frame
      frame.settings.timeZone = settings.timeZone
      frame.settings.locale = settings.locale
      return try compute(columns, frame)
    }
    return fold(.call(made))
  }

  private mutating func refuse(_ option: OptionSyntax, at range: SourceRange) -> Expression? {
    problem("Invalid option [\(option.name)] in [\(source.text(of: range))]", at: option.range)
    return nil
  }
}
