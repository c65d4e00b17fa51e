import Meanwhile

/// Turns the values that documents have for one field into its column: reads them as the field's type, and refuses or leaves out those that do not fit.
final class FieldWriter {
  let path: String
  let pathBytes: [UInt8]
  /// Its place in ``FieldTree/fields``.
  let number: Int
  let type: FieldType
  let column: ColumnAccumulator
  /// Fields that get every value as well: multi-fields and targets of `copy_to`.
  @exclusivity(unchecked) var copies: [FieldWriter] = []
  /// Set by a value that was left out, and reset by whoever asks: the field goes into `_ignored`.
  @exclusivity(unchecked) var hasIgnored = false

  let ignoreAbove: Int
  let ignoresMalformed: Bool
  let coerces: Bool
  let scale: Double
  let dates: DateFormat
  /// Whether a number of five digits or more is milliseconds for sure.
  private let readsNumbersAsMillis: Bool
  let nullValue: JSONValue?
  let lowercases: Bool
  /// The one value that a `constant_keyword` has, in every document, whether or not the document says it.
  let constant: [UInt8]?

  /// - Throws: ``APIError`` where the field's parameters make no sense.
  init(path: String, field: FieldMapping, number: Int = 0) throws(APIError) {
    self.path = path
    self.number = number
    pathBytes = Array(path.utf8)
    type = field.type
    column = ColumnAccumulator(type: field.type.dataType)
    ignoreAbove = field.parameters["ignore_above"]?.int.map { Int($0) } ?? .max
    ignoresMalformed = field.parameters["ignore_malformed"]?.flag ?? false
    coerces = field.parameters["coerce"]?.flag ?? true
    scale = field.parameters["scaling_factor"]?.double ?? 1
    let given = field.parameters["null_value"]
    nullValue = given?.isNull == true ? Optional.none : given
    lowercases = field.parameters["normalizer"]?.string == "lowercase"
    constant = field.type == .constantKeyword ? field.parameters["value"]?.string.map { Array($0.utf8) } : nil
    dates = try Self.dateFormat(of: field)
    readsNumbersAsMillis = field.type == .date && dates == .standard
  }

  private static func dateFormat(of field: FieldMapping) throws(APIError) -> DateFormat {
    guard
      let name = field.parameters["format"]?.string ?? (field.type == .dateNanos ? "strict_date_optional_time_nanos||epoch_millis" : nil)
    else {
      return .standard
    }
    do { return try DateFormat(name) } catch { throw .illegalArgument("Invalid format: [\(name)]: \(error.reason)") }
  }

  // MARK: Values as they come

  func write(string text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    try ignoringMalformed { () throws(APIError) in try store(string: text, row: row) }
    for copy in copies { try copy.write(string: text, row: row) }
  }

  func write(number: NumberToken, row: Int) throws(APIError) {
    try ignoringMalformed { () throws(APIError) in try store(number: number, row: row) }
    for copy in copies { try copy.write(number: number, row: row) }
  }

  func write(boolean: Bool, row: Int) throws(APIError) {
    try ignoringMalformed { () throws(APIError) in try store(boolean: boolean, row: row) }
    for copy in copies { try copy.write(boolean: boolean, row: row) }
  }

  func write(point: JSONValue, row: Int) throws(APIError) {
    try ignoringMalformed { () throws(APIError) in try storePoint(point, row: row) }
  }

  /// An explicit null: the field's `null_value`, if it has one.
  func writeNull(row: Int) throws(APIError) {
    if let nullValue { try store(json: nullValue, row: row) }
    for copy in copies { try copy.writeNull(row: row) }
  }

  @inline(__always)
  private func ignoringMalformed(_ store: () throws(APIError) -> Void) throws(APIError) {
    do { try store() } catch {
      guard ignoresMalformed else { throw error }
      hasIgnored = true
    }
  }

  private func store(json value: JSONValue, row: Int) throws(APIError) {
    switch value {
    case .string(let text): try store(text: text, row: row)
    case .bool(let value): try store(boolean: value, row: row)
    case .integer(let value): try store(text: String(value), row: row)
    case .unsigned(let value): try store(text: String(value), row: row)
    case .double(let value): try store(text: JSONText.javaSpelling(of: value), row: row)
    default: throw .illegalArgument("[null_value] of field [\(path)] must be a single value")
    }
  }

  private func store(text: String, row: Int) throws(APIError) {
    let bytes = Array(text.utf8)
    var problem: APIError?
    bytes.withUnsafeBufferPointer { buffer in
      do throws(APIError) { try store(string: buffer, row: row) } catch { problem = error }
    }
    if let problem { throw problem }
  }

  // MARK: By type

  private func store(string text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    switch type {
    case .keyword, .wildcard: storeKeyword(text, row: row)
    case .text, .matchOnlyText: column.append(bytes: text, row: row)
    case .constantKeyword: try storeConstant(text, row: row)
    case .date, .dateNanos: try storeDate(text, row: row)
    case .boolean: try storeBoolean(text, row: row)
    case .byte, .short, .integer, .long: try storeWhole(text, row: row)
    case .unsignedLong: try storeUnsigned(text, row: row)
    case .double, .float, .halfFloat, .scaledFloat:
      guard !(text.isEmpty && coerces) else { return }
      guard coerces else { throw .illegalArgument("Double value passed as String") }
      guard let value = NumberText.parseDouble(text) else { throw Self.notANumber(text) }
      try storeDouble(value, row: row)
    case .ip:
      guard let address = IPAddress(parsing: text) else {
        throw .illegalArgument("'\(String(decoding: text, as: UTF8.self))' is not an IP string literal.")
      }
      storeBuilt(row: row) { address.append(to: $0) }
    case .version: storeBuilt(row: row) { VersionKey.append(encoding: text, to: $0) }
    case .geoPoint, .point: try storePoint(.string(String(decoding: text, as: UTF8.self)), row: row)
    default: break
    }
  }

  private func store(number: NumberToken, row: Int) throws(APIError) {
    switch type {
    case .byte, .short, .integer, .long:
      guard number.kind == .integer else {
        try storeWhole(number.text, row: row, isString: false)
        return
      }
      try storeWhole(number.integer, row: row)
    case .double, .float, .halfFloat, .scaledFloat: try storeDouble(number.double, row: row)
    case .unsignedLong:
      guard number.kind == .integer, number.integer >= 0 else {
        try storeUnsigned(number.text, row: row)
        return
      }
      column.append(long: UnsignedLong.encode(UInt64(number.integer)), row: row)
    case .date where readsNumbersAsMillis && number.integer >= 10_000: column.append(long: number.integer, row: row)
    case .boolean: throw Self.notABoolean(number.text)
    default: try store(string: number.text, row: row)
    }
  }

  private func store(boolean value: Bool, row: Int) throws(APIError) {
    switch type {
    case .boolean: column.append(boolean: value, row: row)
    case .keyword, .wildcard, .text, .matchOnlyText, .constantKeyword, .version: try store(text: value ? "true" : "false", row: row)
    case .date, .dateNanos: try store(text: value ? "true" : "false", row: row)
    default:
      throw APIError(
        type: "illegal_argument_exception",
        reason: "Current token (VALUE_\(value ? "TRUE" : "FALSE")) not numeric, can not use numeric value accessors",
        status: 400)
    }
  }

  private func storeKeyword(_ text: UnsafeBufferPointer<UInt8>, row: Int) {
    // A character takes at least one byte, so most texts need no counting.
    if text.count > ignoreAbove, UTF8Text.utf16Count(text) > ignoreAbove {
      hasIgnored = true
      return
    }
    guard lowercases else {
      column.append(bytes: text, row: row)
      return
    }
    var lowered = String(decoding: text, as: UTF8.self).lowercased()
    lowered.withUTF8 { column.append(bytes: $0, row: row) }
  }

  private func storeConstant(_ text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    if let constant, !text.elementsEqual(constant) {
      throw .illegalArgument(
        "[constant_keyword] field [\(path)] only accepts values that are equal to the value defined in the mappings "
          + "[\(String(decoding: constant, as: UTF8.self))], but got [\(String(decoding: text, as: UTF8.self))]")
    }
    if constant == nil { column.append(bytes: text, row: row) }
  }

  private func storeBoolean(_ text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    switch String(decoding: text, as: UTF8.self) {
    case "true": column.append(boolean: true, row: row)
    case "false", "": column.append(boolean: false, row: row)
    default: throw Self.notABoolean(text)
    }
  }

  private func storeDate(_ text: UnsafeBufferPointer<UInt8>, row: Int) throws(APIError) {
    guard let time = dates.parse(text) else {
      throw .illegalArgument(
        "failed to parse date field [\(String(decoding: text, as: UTF8.self))] with format [\(dates.name)]",
        causedBy: APIError(type: "date_time_parse_exception", reason: "Failed to parse with all enclosed parsers", status: 400))
    }
    if type == .dateNanos {
      guard let nanos = time.nanosSinceEpoch, nanos >= 0 else {
        throw .illegalArgument(
          "date[\(String(decoding: text, as: UTF8.self))] is \(time.seconds < 0 ? "before the epoch in 1970" : "after 2262-04-11T23:47:16.854775807")"
            + " and cannot be stored in nanosecond resolution")
      }
      column.append(long: nanos, row: row)
      return
    }
    guard let millis = time.millis else { throw .illegalArgument("date[\(String(decoding: text, as: UTF8.self))] is out of range") }
    column.append(long: millis, row: row)
  }

  /// Appends a value that has to be built first.
  private func storeBuilt(row: Int, _ build: (VectorBuilder<UInt8>) -> Void) {
    built.truncate(to: 0)
    build(built)
    column.append(bytes: built.buffer, row: row)
  }

  private let built = VectorBuilder<UInt8>()

  private func storePoint(_ value: JSONValue, row: Int) throws(APIError) {
    let point = try GeometryPoint(value, isGeographic: type == .geoPoint)
    storeBuilt(row: row) { point.appendWellKnownBinary(to: $0) }
  }

  static func notANumber(_ text: UnsafeBufferPointer<UInt8>) -> APIError {
    APIError(
      type: "number_format_exception",
      reason: text.isEmpty ? "empty String" : "For input string: \"\(String(decoding: text, as: UTF8.self))\"", status: 400)
  }

  private static func notABoolean(_ text: UnsafeBufferPointer<UInt8>) -> APIError {
    .illegalArgument("Failed to parse value [\(String(decoding: text, as: UTF8.self))] as only [true] or [false] are allowed.")
  }
}

extension JSONValue {
  /// A flag that a mapping or a setting gives as a boolean or as its text.
  var flag: Bool? {
    switch self {
    case .bool(let value): value
    case .string("true"): true
    case .string("false"): false
    default: nil
    }
  }
}
