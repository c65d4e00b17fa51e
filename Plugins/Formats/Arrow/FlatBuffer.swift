/// Builds a FlatBuffer, the encoding of Arrow's metadata (https://flatbuffers.dev/internals/), from its end to its beginning: what is referred to is
/// there before what refers to it. A place is told by its distance from the end.
struct FlatBuffer {
  /// The bytes, the last first.
  private var reversed: [UInt8] = []
  private var alignmentMax = 4

  /// Something that has been written, to be referred to.
  struct Reference {
    fileprivate let distance: Int
  }

  /// A field of a table.
  enum Field {
    case byte(UInt8)
    case bool(Bool)
    case short(Int16)
    case int(Int32)
    case long(Int64)
    case reference(Reference)

    fileprivate var byteCount: Int {
      switch self {
      case .byte, .bool: 1
      case .short: 2
      case .int, .reference: 4
      case .long: 8
      }
    }
  }

  mutating func string(_ text: String) -> Reference {
    let bytes = Array(text.utf8)
    pad(to: 4, after: bytes.count + 1)
    reversed.append(0)
    reversed.append(contentsOf: bytes.reversed())
    return push(UInt32(truncatingIfNeeded: bytes.count))
  }

  mutating func vector(_ references: [Reference]) -> Reference {
    pad(to: 4, after: 4 * references.count)
    for reference in references.reversed() { push(to: reference) }
    return push(UInt32(truncatingIfNeeded: references.count))
  }

  /// A vector of structs of two 64-bit numbers each.
  mutating func vector(pairs: [(Int64, Int64)]) -> Reference {
    pad(to: 8, after: 16 * pairs.count)
    for pair in pairs.reversed() {
      push(pair.1)
      push(pair.0)
    }
    return push(UInt32(truncatingIfNeeded: pairs.count))
  }

  /// A table, with its fields by the number that the schema gives them.
  mutating func table(_ fields: [(slot: Int, field: Field)]) -> Reference {
    let start = reversed.count
    var distances: [Int: Int] = [:]
    for (slot, field) in fields.sorted(by: { $0.field.byteCount > $1.field.byteCount }) {
      pad(to: field.byteCount, after: field.byteCount)
      switch field {
      case .byte(let value): push(value)
      case .bool(let value): push(value ? 1 : 0 as UInt8)
      case .short(let value): push(value)
      case .int(let value): push(value)
      case .long(let value): push(value)
      case .reference(let reference): push(to: reference)
      }
      distances[slot] = reversed.count
    }
    let slotCount = (fields.map(\.slot).max() ?? -1) + 1
    let layoutBytes = 4 + 2 * slotCount
    pad(to: 4, after: 4)
    // The layout stands right in front of the table, so it is as far away as it is long.
    let table = push(Int32(layoutBytes))
    for slot in (0..<slotCount).reversed() { push(UInt16(truncatingIfNeeded: distances[slot].map { table.distance - $0 } ?? 0)) }
    push(UInt16(truncatingIfNeeded: table.distance - start))
    push(UInt16(truncatingIfNeeded: layoutBytes))
    return table
  }

  /// The whole, with its root.
  mutating func finish(_ root: Reference) -> [UInt8] {
    pad(to: alignmentMax, after: 4)
    push(to: root)
    return reversed.reversed()
  }

  @discardableResult
  private mutating func push(_ value: some FixedWidthInteger) -> Reference {
    withUnsafeBytes(of: value.bigEndian) { reversed.append(contentsOf: $0) }
    return Reference(distance: reversed.count)
  }

  private mutating func push(to reference: Reference) {
    push(UInt32(truncatingIfNeeded: reversed.count + 4 - reference.distance))
  }

  private mutating func pad(to alignment: Int, after byteCount: Int) {
    alignmentMax = max(alignmentMax, alignment)
    while (reversed.count + byteCount) % alignment != 0 { reversed.append(0) }
  }
}
