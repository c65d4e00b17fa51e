import Meanwhile

/// Gives each placeholder of a query its parameter, and gathers what is wrong with them, so that all of it is reported at once.
struct ParameterBinder: Sendable {
  private let parameters: QueryParameters
  private var style: Style?
  private var anonymousUsed = 0
  private var isMixed = false
  private var problems: [String] = []

  private enum Style: String {
    case anonymous, positional, named
  }

  init(_ parameters: QueryParameters) {
    self.parameters = parameters
  }

  /// The parameter of a placeholder.
  ///
  /// - Parameters:
  ///   - placeholder: what stands behind the question marks; empty for an anonymous one.
  /// - Returns: nil where there is none; the problem is noted, and ``finish()`` will throw.
  mutating func bind(_ placeholder: String, at range: SourceRange) -> QueryParameters.Entry? {
    if placeholder.isEmpty {
      note(.anonymous, at: range)
      defer { anonymousUsed += 1 }
      guard anonymousUsed < parameters.entries.count else {
        problem("Not enough actual parameters \(parameters.entries.count)", at: range)
        return nil
      }
      return parameters.entries[anonymousUsed]
    }
    if let position = Int(placeholder) {
      note(.positional, at: range)
      guard position >= 1, position <= parameters.entries.count else {
        let count = parameters.entries.count
        let suggestion = count == 0 ? "" : ", did you mean \(count == 1 ? "position 1" : "any position between 1 and \(count)")?"
        problem("No parameter is defined for position \(position)\(suggestion)", at: range)
        return nil
      }
      return parameters.entries[position - 1]
    }
    note(.named, at: range)
    guard let entry = parameters.entries.first(where: { $0.name == placeholder }) else {
      let suggestion = Suggestions.text(for: placeholder, among: parameters.entries.compactMap(\.name))
      problem("Unknown query parameter [\(placeholder)]" + suggestion, at: range)
      return nil
    }
    return entry
  }

  mutating func problem(_ message: String, at range: SourceRange) {
    problems.append("line \(range.line):\(range.column): \(message)")
  }

  private mutating func note(_ used: Style, at range: SourceRange) {
    defer { style = style ?? used }
    guard let style, style != used, !isMixed else { return }
    isMixed = true
    problem(
      "Inconsistent parameter declaration, use one of positional, named or anonymous params but not a combination of "
        + "\(used.rawValue) and \(style.rawValue)", at: range)
  }

  var hasProblems: Bool { !problems.isEmpty }

  /// - Throws: every problem there was, as one `parsing_exception`.
  func finish() throws(APIError) {
    guard problems.isEmpty else {
      throw APIError(type: "parsing_exception", reason: problems.joined(separator: "; "), status: 400)
    }
  }
}
