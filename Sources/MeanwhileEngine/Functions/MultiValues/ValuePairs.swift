import MeanwhileData

extension ScalarFunction {
  /// `MV_ZIP(strings, strings, [delimiter])`.
  static let zippedValues = ScalarFunction(
    name: "mv_zip",
    documentation: FunctionDocumentation(
      category: .multiValue, syntax: "MV_ZIP(string1, string2, [delim])",
      summary: "The values of two columns in pairs, with a delimiter between them. What has no partner stands alone.",
      propagatesNull: false,
      examples: [.init("ROW x = MV_ZIP([\"x\", \"y\"], [\"1\", \"2\"], \"-\")", "[x-1, y-2]")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("mv_zip", 2...3)
    for index in arguments.indices { try arguments.expect(index, .string) }
    return Resolution(
      type: .keyword,
      kernel: .eager { arguments, frame in
        let isConstant = arguments.allSatisfy(\.isConstant)
        let (left, right) = (BytesSlots(arguments[0]), BytesSlots(arguments[1]))
        let delimiters = arguments.count == 3 ? frame.bytes(arguments[2]) : nil
        let builder = ColumnBuilder(type: .keyword, capacity: frame.rowCount)
        for row in 0..<(isConstant ? 1 : frame.rowCount) {
          let (first, second) = (arguments[0].slots(ofRow: row), arguments[1].slots(ofRow: row))
          guard arguments.count < 3 || delimiters.map({ !$0.isNull(row) }) ?? false else {
            builder.appendNull()
            continue
          }
          let count = max(first.count, second.count)
          for place in 0..<count {
            if place < first.count, let left { builder.bytes.bytes.append(contentsOf: left[first.lowerBound + place]) }
            if place < first.count, place < second.count {
              if let delimiters {
                builder.bytes.bytes.append(contentsOf: delimiters[row])
              } else {
                builder.bytes.bytes.append(UInt8(ascii: ","))
              }
            }
            if place < second.count, let right { builder.bytes.bytes.append(contentsOf: right[second.lowerBound + place]) }
            builder.bytes.endValue()
          }
          builder.endRow(valueCount: count)
        }
        return builder.finish(isConstant: isConstant, rowCount: frame.rowCount)
      })
  }
}
