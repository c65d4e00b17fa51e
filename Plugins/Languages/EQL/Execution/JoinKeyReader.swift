import MeanwhileData

/// Reads the values of join keys from columns. Text is made into strings once for each word of a dictionary.
struct JoinKeyReader {
  /// The words of the last dictionary that a channel had, by ordinal.
  private var words: [Int: (dictionary: UnsafePointer<UInt32>, keys: [JoinKey?])] = [:]

  /// The distinct values of a key in a row, in the order of the column; ``JoinKey/null`` where an optional key has none.
  mutating func values(of key: EQLPreparedQuery.TermPlan.Key, channel: Int?, _ page: Page, _ row: Int) -> [JoinKey] {
    let none: [JoinKey] = key.isOptional ? [.null] : []
    guard let channel else { return none }
    let column = page.columns[channel]
    let slots = column.slots(ofRow: row)
    guard let first = slots.first else { return none }
    if slots.count == 1 { return [value(column, slot: first, channel: channel)] }
    var values: [JoinKey] = []
    for slot in slots {
      let value = value(column, slot: slot, channel: channel)
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  private mutating func value(_ column: Column, slot: Int, channel: Int) -> JoinKey {
    switch column.values {
    case .none: return .null
    case .booleans(let values): return .boolean(values[slot] != 0)
    case .doubles(let values): return .number(values[slot])
    case .longs(let values):
      return switch column.type {
      case .date: .date(values[slot])
      case .dateNanos: .dateNanos(values[slot])
      case .unsignedLong: .number(UnsignedLong.decode(values[slot]))
      default: .integer(values[slot])
      }
    case .bytes(let values): return Self.text(values[slot], column.type)
    case .ordinals(let ordinals, let dictionary, _):
      let ordinal = Int(ordinals[slot])
      if words[channel]?.dictionary != dictionary.offsets.base {
        words[channel] = (dictionary.offsets.base, Array(repeating: nil, count: dictionary.count))
      }
      if let known = words[channel]?.keys[ordinal] { return known }
      let key = Self.text(dictionary[ordinal], column.type)
      words[channel]?.keys[ordinal] = key
      return key
    }
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ type: DataType) -> JoinKey {
    switch type {
    case .ip: .ip(bytes: Array(bytes), text: IPAddress(bytes: bytes)?.text ?? "")
    case .version: .string(VersionKey.decoded(bytes))
    default: .string(String(decoding: bytes, as: UTF8.self))
    }
  }
}
