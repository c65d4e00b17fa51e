import MeanwhileData

/// Numbers the values of join keys, whatever column they come from: equal values have the same number. What was seen is looked up by its bits, so that no
/// string is made for a value that is known.
struct JoinKeyValues {
  /// By number.
  private(set) var values: [JoinKey] = []
  private var numbers: [JoinKey: Int] = [:]
  private var longs: [DataType: [Int64: Int]] = [:]
  private var texts: [DataType: Texts] = [:]
  /// By channel: for the ordinals of the last dictionary seen, their numbers.
  private var dictionaries: [Int: (start: UnsafePointer<UInt32>, numbers: [Int])] = [:]

  /// Distinct texts of one type, and their numbers.
  private struct Texts {
    var table = ByteStringTable()
    var numbers: [Int] = []
  }

  private static let unknown = -1

  var bytesHeld: Int { values.count * 2 * MemoryLayout<JoinKey>.stride + texts.values.reduce(0) { $0 + $1.table.byteCount } }

  /// The numbers of a key's distinct values in a row, in the order of the column; that of ``JoinKey/null`` where an optional key has none.
  mutating func numbers(
    of key: EQLPreparedQuery.TermPlan.Key, channel: Int?, _ page: Page, _ row: Int, into buffer: inout [Int]
  ) {
    guard let channel else {
      if key.isOptional { buffer.append(number(of: .null)) }
      return
    }
    let column = page.columns[channel]
    for slot in column.slots(ofRow: row) {
      let number = number(of: column, slot: slot, channel: channel)
      if !buffer.contains(number) { buffer.append(number) }
    }
    if buffer.isEmpty, key.isOptional { buffer.append(number(of: .null)) }
  }

  private mutating func number(of value: JoinKey) -> Int {
    if let known = numbers[value] { return known }
    values.append(value)
    numbers[value] = values.count - 1
    return values.count - 1
  }

  private mutating func number(of column: Column, slot: Int, channel: Int) -> Int {
    switch column.values {
    case .none: return number(of: .null)
    case .booleans(let values): return number(of: .boolean(values[slot] != 0))
    case .doubles(let values): return number(of: .number(values[slot]))
    case .longs(let values):
      let value = values[slot]
      if let known = longs[column.type]?[value] { return known }
      let number = number(of: Self.key(value, column.type))
      longs[column.type, default: [:]][value] = number
      return number
    case .bytes(let values): return number(of: values[slot], column.type)
    case .ordinals(let ordinals, let dictionary, _):
      let ordinal = Int(ordinals[slot])
      if dictionaries[channel]?.start != dictionary.offsets.base {
        dictionaries[channel] = (dictionary.offsets.base, Array(repeating: Self.unknown, count: dictionary.count))
      }
      if let known = dictionaries[channel]?.numbers[ordinal], known != Self.unknown { return known }
      let number = number(of: dictionary[ordinal], column.type)
      dictionaries[channel]?.numbers[ordinal] = number
      return number
    }
  }

  private mutating func number(of text: UnsafeBufferPointer<UInt8>, _ type: DataType) -> Int {
    let ordinal = Int(texts[type, default: Texts()].table.ordinal(of: text))
    if let known = texts[type]?.numbers, ordinal < known.count { return known[ordinal] }
    let number = number(of: Self.key(text, type))
    texts[type]?.numbers.append(number)
    return number
  }

  private static func key(_ value: Int64, _ type: DataType) -> JoinKey {
    switch type {
    case .date: .date(value)
    case .dateNanos: .dateNanos(value)
    case .unsignedLong: .number(UnsignedLong.decode(value))
    default: .integer(value)
    }
  }

  private static func key(_ bytes: UnsafeBufferPointer<UInt8>, _ type: DataType) -> JoinKey {
    switch type {
    case .ip: .ip(bytes: Array(bytes), text: IPAddress(bytes: bytes)?.text ?? "")
    case .version: .string(VersionKey.decoded(bytes))
    default: .string(String(decoding: bytes, as: UTF8.self))
    }
  }
}
