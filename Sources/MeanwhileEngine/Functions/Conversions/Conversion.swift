import MeanwhileData

/// `TO_INTEGER` and its like: functions that read each value, multi-values included, as another type. What cannot be read is left out, with a warning.
enum Conversion: String, Sendable, CaseIterable {
  case boolean, integer, long, double, keyword, date, ip, version
  case unsignedLong = "unsigned_long"
  case dateNanos = "date_nanos"

  var type: DataType {
    switch self {
    case .boolean: .boolean
    case .integer: .integer
    case .long: .long
    case .double: .double
    case .keyword: .keyword
    case .date: .date
    case .ip: .ip
    case .version: .version
    case .unsignedLong: .unsignedLong
    case .dateNanos: .dateNanos
    }
  }

  /// The function's name and its aliases.
  private var names: [String] {
    switch self {
    case .boolean: ["to_boolean", "to_bool"]
    case .integer: ["to_integer", "to_int"]
    case .long: ["to_long"]
    case .double: ["to_double", "to_dbl"]
    case .keyword: ["to_string", "to_str"]
    case .date: ["to_datetime", "to_dt"]
    case .ip: ["to_ip"]
    case .version: ["to_version", "to_ver"]
    case .unsignedLong: ["to_unsigned_long", "to_ul", "to_ulong"]
    case .dateNanos: ["to_date_nanos", "to_datenanos"]
    }
  }

  /// What it reads.
  private var accepted: Set<DataType> {
    switch self {
    case .boolean: [.boolean, .integer, .long, .unsignedLong, .double, .keyword, .text]
    case .integer, .long, .double:
      [
        .boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .date, .dateNanos, .counterInteger, .counterLong,
        .counterDouble,
      ]
    case .unsignedLong: [.boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .date]
    case .keyword: TypeSet.representable.types
    case .date, .dateNanos: [.date, .dateNanos, .integer, .long, .unsignedLong, .double, .keyword, .text]
    case .ip: [.ip, .keyword, .text]
    case .version: [.version, .keyword, .text]
    }
  }

  private var example: FunctionDocumentation.Example {
    switch self {
    case .boolean: .init("ROW x = TO_BOOLEAN(\"TRUE\")", "true")
    case .integer: .init("ROW x = TO_INTEGER(\"5\")", "5")
    case .long: .init("ROW x = TO_LONG(2.6)", "3")
    case .double: .init("ROW x = TO_DOUBLE(\"5.2\")", "5.2")
    case .keyword: .init("ROW x = TO_STRING(10)", "10")
    case .date: .init("ROW x = TO_DATETIME(\"1953-09-02T00:00:00.000Z\")", "1953-09-02T00:00:00.000Z")
    case .ip: .init("ROW x = TO_IP(\"1.1.1.1\")", "1.1.1.1")
    case .version: .init("ROW x = TO_VERSION(\"1.2.3\")", "1.2.3")
    case .unsignedLong: .init("ROW x = TO_UNSIGNED_LONG(\"10\")", "10")
    case .dateNanos: .init("ROW x = TO_DATE_NANOS(\"2023-01-01T00:00:00Z\")", "2023-01-01T00:00:00.000Z")
    }
  }

  var function: ScalarFunction {
    let name = names[0]
    return ScalarFunction(
      name: name, aliases: Array(names.dropFirst()),
      documentation: FunctionDocumentation(
        category: .conversion, syntax: "\(name.uppercased())(value)", summary: "Reads a value as \(type.name).", examples: [example])
    ) { arguments throws(FunctionError) in
      try arguments.expectCount(name, 1...1)
      try arguments.expect(0, TypeSet(listing: accepted))
      let source = arguments[0].type
      guard source != type || type == .keyword else {
        return ScalarFunction.Resolution(type: type, kernel: .eager { arguments, _ in arguments[0] })
      }
      let texts = NumberTexts()
      return ScalarFunction.Resolution(
        type: type,
        kernel: .eager { arguments, frame in
          if self == .keyword, source == .integer || source == .long, let column = sharedTexts(arguments[0], texts, frame) { return column }
          return convert(arguments[0], from: source, frame)
        })
    }
  }

  private func sharedTexts(_ column: Column, _ texts: NumberTexts, _ frame: EvaluationFrame) -> Column? {
    guard case .longs(let values) = column.values, column.offsets == nil, !column.isConstant else { return nil }
    return texts.column(values, nulls: column.nulls, rowCount: frame.rowCount) { NumberText.append($0, to: $1) }
  }

  private func convert(_ column: Column, from source: DataType, _ frame: EvaluationFrame) -> Column {
    if column.isAllNull { return .nulls(type, rowCount: frame.rowCount) }
    if self == .keyword, source.isString {
      var column = column
      column.type = .keyword
      return column
    }
    switch column.values {
    case .none: return .nulls(type, rowCount: frame.rowCount)
    case .booleans(let values):
      return frame.convertEach(column, to: type) { slot, out throws(EvaluationFailure) in try append(values[slot] != 0, out) }
    case .longs(let values):
      return frame.convertEach(column, to: type) { slot, out throws(EvaluationFailure) in try append(values[slot], source, out) }
    case .doubles(let values):
      return frame.convertEach(column, to: type) { slot, out throws(EvaluationFailure) in try append(values[slot], out) }
    case .bytes, .ordinals:
      guard let slots = BytesSlots(column) else { return .nulls(type, rowCount: frame.rowCount) }
      let result = frame.convertEach(column, to: type) { slot, out throws(EvaluationFailure) in try append(slots[slot], source, out) }
      return withExtendedLifetime(slots) { result }
    }
  }
}
