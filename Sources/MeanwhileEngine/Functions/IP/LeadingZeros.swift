import MeanwhileData

/// What zeros in front of an IPv4 address's numbers mean, where they are not refused: `TO_IP(text, {"leading_zeros": "octal"})`.
enum LeadingZeros: String, Sendable, CaseIterable {
  case octal, decimal

  var function: ScalarFunction {
    .declare(
      "to_ip_leading_zeros_\(rawValue)",
      FunctionDocumentation(
        category: .conversion, syntax: "TO_IP(string, {\"leading_zeros\": \"\(rawValue)\"})",
        summary: "The address that a text says, whose numbers with leading zeros are \(rawValue) ones.",
        examples: [
          .init("ROW x = TO_IP(\"1.1.010.1\", {\"leading_zeros\": \"\(rawValue)\"})", self == .octal ? "1.1.8.1" : "1.1.10.1")
        ]), count: 1...1, [.string], result: { _ in .ip }
    ) { _, _ throws(FunctionError) in
      { columns, frame in
        guard let texts = frame.bytes(columns[0]) else { return .nulls(.ip, rowCount: frame.rowCount) }
        return frame.makeBytes(RowSet(nulls: texts.nulls, isConstant: texts.isConstant, of: frame), type: .ip) {
          row, out throws(EvaluationFailure) in
          let text = String(decoding: texts[row], as: UTF8.self)
          guard let address = IPAddress(parsing: plain(text)) else {
            throw EvaluationFailure(illegalArgument: "'\(text)' is not an IP string literal.")
          }
          address.append(to: out)
          return true
        }
      }
    }
  }

  /// The address without leading zeros.
  private func plain(_ text: String) -> String {
    guard !text.contains(":") else { return text }
    return text.split(separator: ".", omittingEmptySubsequences: false).map { part in
      guard part.count > 1, part.hasPrefix("0"), let number = Int(part, radix: self == .octal ? 8 : 10) else { return String(part) }
      return String(number)
    }.joined(separator: ".")
  }
}
