import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// The place in a sort that `search_after` names: the sort values of the last hit that a client has seen.
struct SearchCursor: Sendable {
  struct Key: Sendable {
    /// Null: the hit had no value.
    var value: Value
    var isAscending: Bool
    var nullsFirst: Bool
  }

  var keys: [Key]

  /// - Throws: `illegal_argument_exception` for a value that a sort key of that type cannot have.
  init(_ values: [JSONValue], keys sort: [SearchSort.Key]) throws(APIError) {
    keys = []
    for (value, key) in zip(values, sort) {
      keys.append(
        Key(
          value: try Self.value(value, type: key.attribute.type, field: key.field), isAscending: key.isAscending, nullsFirst: key.nullsFirst
        ))
    }
  }

  private static func value(_ json: JSONValue, type: DataType, field: String) throws(APIError) -> Value {
    func failure() -> APIError {
      .illegalArgument("Failed to parse search_after value for field [\(field)].")
    }
    if json.isNull { return .null }
    switch type.layout {
    case .long:
      if let text = json.string, type.isDate {
        guard let moment = type == .date ? ISODate.parseMillis(text) : ISODate.parseNanos(text) else { throw failure() }
        return .long(moment)
      }
      if type == .unsignedLong {
        guard let number = NumberText.parseUInt64(json.string ?? json.text()) else { throw failure() }
        return .long(UnsignedLong.encode(number))
      }
      guard let number = json.int ?? json.string.flatMap(NumberText.parseInt64) else { throw failure() }
      // What a hit without a value shows.
      return number == .max || number == .min ? .null : .long(number)
    case .double:
      if json == "Infinity" || json == "-Infinity" { return .null }
      guard let number = json.double ?? json.string.flatMap(NumberText.parseDouble) else { throw failure() }
      return .double(number)
    case .boolean:
      guard let flag = json.bool ?? json.int.map({ $0 != 0 }) else { throw failure() }
      return .boolean(flag)
    case .bytes:
      guard let text = json.string else { throw failure() }
      if type == .ip {
        guard let address = IPAddress(parsing: text) else { throw failure() }
        return .bytes(address.bytes)
      }
      return type == .version ? .bytes(VersionKey.encoded(text)) : .string(text)
    case .none: return .null
    }
  }

  /// Rows that come behind the cursor, as a condition over the sort's columns.
  func condition(_ columns: [Attribute]) -> Expression {
    let cursor = self
    let kernel = ScalarFunction.Kernel.eager { arguments, frame in
      let values = Vector<UInt8>(count: frame.rowCount) { target in
        for row in 0..<frame.rowCount { (target + row).initialize(to: cursor.isBefore(arguments, row: row) ? 1 : 0) }
      }
      return Column(type: .boolean, rowCount: frame.rowCount, values: .booleans(values))
    }
    let resolution = ScalarFunction.Resolution(type: .boolean, kernel: kernel)
    let function = ScalarFunction(
      name: "search_after",
      documentation: FunctionDocumentation(
        category: .search, syntax: "search_after(key, …)", summary: "Whether a row comes behind a place in a sort.", propagatesNull: false)
    ) { _ throws(FunctionError) in resolution }
    return .call(
      Expression.Call(function: function, arguments: columns.map(Expression.column), resolution: resolution, origin: .none))
  }

  private func isBefore(_ columns: [Column], row: Int) -> Bool {
    for (column, key) in zip(columns, keys) {
      let slots = column.slots(ofRow: row)
      guard var best = slots.first else {
        if key.value == .null { continue }
        return !key.nullsFirst
      }
      guard key.value != .null else { return key.nullsFirst }
      for slot in slots.dropFirst() where column.order(slot, column, best).isBefore(isAscending: key.isAscending) { best = slot }
      let order = column.order(best, to: key.value)
      if order != 0 { return key.isAscending ? order > 0 : order < 0 }
    }
    return false
  }
}

extension Int {
  fileprivate func isBefore(isAscending: Bool) -> Bool { isAscending ? self < 0 : self > 0 }
}

extension Column {
  fileprivate func order(_ slot: Int, _ other: Column, _ otherSlot: Int) -> Int { order(slot, to: other.value(inSlot: otherSlot)) }

  /// Negative, 0 or positive, as a slot's value comes before, with or after another.
  fileprivate func order(_ slot: Int, to other: Value) -> Int {
    switch (value(inSlot: slot), other) {
    case (.long(let left), .long(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.double(let left), .double(let right)): left < right ? -1 : left > right ? 1 : 0
    case (.boolean(let left), .boolean(let right)): (left ? 1 : 0) - (right ? 1 : 0)
    case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
    default: 0
    }
  }
}
