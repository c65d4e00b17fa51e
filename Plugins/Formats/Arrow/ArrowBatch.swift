import MeanwhileData

/// A record batch in the making: the buffers of its columns, one after another.
struct ArrowBatch {
  private let rowCount: Int
  private var body: [UInt8] = []
  private var nodes: [(Int64, Int64)] = []
  private var buffers: [(Int64, Int64)] = []

  init(rowCount: Int) { self.rowCount = rowCount }

  /// The batch as a message.
  var message: [UInt8] {
    var buffer = FlatBuffer()
    let buffers = buffer.vector(pairs: buffers)
    let nodes = buffer.vector(pairs: nodes)
    let batch = buffer.table([(0, .long(Int64(rowCount))), (1, .reference(nodes)), (2, .reference(buffers))])
    return ArrowMessage.message(.recordBatch, batch, &buffer, body: body)
  }

  mutating func append(_ column: Column, as target: ArrowColumn) {
    let rows = (0..<column.rowCount).map { column.slots(ofRow: $0) }
    if case .null = target.type.layout {
      nodes.append((Int64(rows.count), Int64(rows.count)))
      return
    }
    let nullCount = rows.count(where: \.isEmpty)
    nodes.append((Int64(rows.count), Int64(nullCount)))
    bits(nullCount == 0 ? [] : rows.map { !$0.isEmpty })
    guard target.isList else { return values(of: column, rows.map(\.first), target.type.layout) }
    offsets(of: rows.lazy.map(\.count))
    let slots = rows.flatMap { $0.map(Optional.some) }
    nodes.append((Int64(slots.count), 0))
    bits([])
    values(of: column, slots, target.type.layout)
  }

  /// The values of some slots; of none, whatever takes the same place.
  private mutating func values(of column: Column, _ slots: [Int?], _ layout: ArrowType.Layout) {
    switch (column.values, layout) {
    case (.booleans(let values), .bool): bits(slots.map { $0.map { values[$0] != 0 } ?? false })
    case (.longs(let values), .int32): numbers(slots.map { $0.map { Int32(truncatingIfNeeded: values[$0]) } ?? 0 })
    case (.longs(let values), .uint64): numbers(slots.map { $0.map { UnsignedLong.decode(values[$0]) } ?? 0 })
    case (.longs(let values), .int64), (.longs(let values), .timestamp): numbers(slots.map { $0.map { values[$0] } ?? 0 })
    case (.doubles(let values), .float64): numbers(slots.map { $0.map { values[$0].bitPattern } ?? 0 })
    case (.bytes(let values), .utf8), (.bytes(let values), .binary): strings(slots, column.type) { values[$0] }
    case (.ordinals(let ordinals, let dictionary, _), .utf8), (.ordinals(let ordinals, let dictionary, _), .binary):
      strings(slots, column.type) { dictionary[Int(ordinals[$0])] }
    default: nothing(slots.count, layout)
    }
  }

  /// The values of a column in which every row is null.
  private mutating func nothing(_ count: Int, _ layout: ArrowType.Layout) {
    switch layout {
    case .null: break
    case .bool: bits([Bool](repeating: false, count: count))
    case .int32: numbers([Int32](repeating: 0, count: count))
    case .int64, .uint64, .float64, .timestamp: numbers([Int64](repeating: 0, count: count))
    case .utf8, .binary:
      offsets(of: repeatElement(0, count: count))
      buffer { _ in }
    }
  }

  private mutating func strings(_ slots: [Int?], _ type: DataType, _ value: (Int) -> UnsafeBufferPointer<UInt8>) {
    var lengths: [Int] = []
    lengths.reserveCapacity(slots.count)
    var all: [UInt8] = []
    for slot in slots {
      let start = all.count
      if let slot { Self.append(value(slot), type, to: &all) }
      lengths.append(all.count - start)
    }
    offsets(of: lengths)
    buffer { $0.append(contentsOf: all) }
  }

  private static func append(_ value: UnsafeBufferPointer<UInt8>, _ type: DataType, to all: inout [UInt8]) {
    switch type {
    case .version: all.append(contentsOf: VersionKey.decoded(value).utf8)
    case .ip:
      // An IPv4 address is kept mapped into IPv6, and goes out as its own four bytes.
      let isMapped = value.count == 16 && value[..<10].allSatisfy { $0 == 0 } && value[10] == 0xFF && value[11] == 0xFF
      all.append(contentsOf: isMapped ? value[12...] : value[...])
    // Points and shapes are kept as the binary that they go out as.
    default: all.append(contentsOf: value)
    }
  }

  // MARK: Buffers

  private mutating func bits(_ bits: [Bool]) {
    buffer { body in
      for start in stride(from: 0, to: bits.count, by: 8) {
        var byte: UInt8 = 0
        for index in start..<min(start + 8, bits.count) where bits[index] { byte |= 1 << UInt8(index - start) }
        body.append(byte)
      }
    }
  }

  private mutating func numbers(_ numbers: [some FixedWidthInteger & BitwiseCopyable]) {
    buffer { body in
      for number in numbers { withUnsafeBytes(of: number.littleEndian) { body.append(contentsOf: $0) } }
    }
  }

  private mutating func offsets(of lengths: some Sequence<Int>) {
    var offset: Int32 = 0
    numbers(
      [0]
        + lengths.map { length -> Int32 in
          offset &+= Int32(truncatingIfNeeded: length)
          return offset
        })
  }

  /// Adds a buffer, and what it takes for the next to begin at a multiple of eight bytes.
  private mutating func buffer(_ write: (inout [UInt8]) -> Void) {
    let start = body.count
    write(&body)
    buffers.append((Int64(start), Int64(body.count - start)))
    while body.count % 8 != 0 { body.append(0) }
  }
}
