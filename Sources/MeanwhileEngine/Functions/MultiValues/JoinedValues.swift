import MeanwhileData

extension ScalarFunction {
  /// `MV_CONCAT(strings, delimiter)`.
  static let joinedValues = ScalarFunction(
    name: "mv_concat",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_CONCAT(string, delim)", summary: "Several strings as one, with a delimiter between them.",
      examples: [.init("ROW x = MV_CONCAT([\"a\", \"b\"], \"; \")", "a; b")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_concat", 2...2)
    for index in 0...1 { try arguments.expect(index, .string) }
    return Resolution(
      type: .keyword,
      kernel: .eager { arguments, frame in
        let single = frame.single(arguments[1])
        let column = arguments[0]
        guard let rows = frame.rows(of: [column, single]), let strings = BytesSlots(column), let delimiters = frame.bytes(single) else {
          return .nulls(.keyword, rowCount: frame.rowCount)
        }
        return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
          let slots = column.slots(ofRow: row)
          for slot in slots {
            if slot > slots.lowerBound { out.append(contentsOf: delimiters[row]) }
            out.append(contentsOf: strings[slot])
          }
          return !slots.isEmpty
        }
      })
  }
}
