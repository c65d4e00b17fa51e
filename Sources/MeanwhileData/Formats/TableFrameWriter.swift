/// Writes the frames of a table; see ``TableCodec``.
struct TableFrameWriter {
  private(set) var bytes: [UInt8] = []

  mutating func start(_ fields: [Table.Field]) {
    bytes += TableCodec.magic
    bytes.append(TableCodec.version)
    frame(.fields) { writer in
      writer.number(fields.count)
      for field in fields {
        writer.text(field.name)
        writer.text(field.type.rawValue)
        writer.number(field.originalTypes.count)
        for type in field.originalTypes { writer.text(type) }
      }
    }
  }

  mutating func page(_ page: Page) {
    frame(.page) { writer in
      writer.number(page.rowCount)
      writer.number(page.columns.count)
      for column in page.columns { writer.column(column) }
    }
  }

  mutating func end(rowCount: Int) {
    frame(.end) { $0.number(rowCount) }
  }

  private mutating func frame(_ kind: TableCodec.Frame, _ write: (inout TableFrameWriter) -> Void) {
    var payload = TableFrameWriter()
    write(&payload)
    bytes.append(kind.rawValue)
    number(payload.bytes.count)
    bytes += payload.bytes
  }

  private mutating func number(_ value: Int) {
    withUnsafeBytes(of: UInt64(value).littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func text(_ text: String) {
    number(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  private mutating func buffer<Element: FixedWidthInteger>(_ elements: Vector<Element>) {
    number(elements.count)
    withExtendedLifetime(elements) {
      #if _endian(little)
      bytes.append(contentsOf: UnsafeRawBufferPointer(elements.buffer))
      #else
      for element in elements.buffer { withUnsafeBytes(of: element.littleEndian) { bytes.append(contentsOf: $0) } }
      #endif
    }
  }

  private mutating func column(_ column: Column) {
    text(column.type.rawValue)
    number(column.rowCount)
    let rows = column.isConstant ? min(1, column.rowCount) : column.rowCount
    // A slice's offsets are absolute: what is written begins with its own first value.
    let slots = column.offsets.map { rows == 0 ? 0..<0 : Int($0[0])..<Int($0[rows]) } ?? 0..<(column.isAllNull ? 0 : rows)
    bytes.append((column.isConstant ? 1 : 0) | (column.nulls != nil ? 2 : 0) | (column.offsets != nil ? 4 : 0))
    if let offsets = column.offsets {
      let first = UInt32(truncatingIfNeeded: slots.lowerBound)
      let rebased = rows == 0 ? Vector<UInt32>([0]) : Vector((0...rows).map { offsets[$0] &- first })
      buffer(rebased)
    }
    if let nulls = column.nulls {
      let bits = Bitmap(count: rows) { nulls[$0] }
      buffer(bits.words)
    }
    values(column.values, slots)
  }

  private mutating func values(_ values: Column.Values, _ slots: Range<Int>) {
    switch values {
    case .none: bytes.append(0)
    case .booleans(let values):
      bytes.append(1)
      buffer(values.slice(slots))
    case .longs(let values):
      bytes.append(2)
      buffer(values.slice(slots))
    case .doubles(let values):
      bytes.append(3)
      buffer(Vector(slots.map { values[$0].bitPattern }))
    case .bytes(let values):
      bytes.append(4)
      strings(values.slice(slots))
    case .ordinals(let ordinals, let dictionary, let isSorted):
      // A large dictionary of which a page uses little is not worth keeping with each page.
      guard dictionary.count <= slots.count else {
        let plain = BytesVectorBuilder(capacity: slots.count)
        for slot in slots { plain.append(dictionary[Int(ordinals[slot])]) }
        bytes.append(4)
        strings(plain.finish())
        return
      }
      bytes.append(isSorted ? 6 : 5)
      buffer(ordinals.slice(slots))
      strings(dictionary)
    }
  }

  private mutating func strings(_ values: BytesVector) {
    let first = values.offsets[0]
    buffer(Vector((0...values.count).map { values.offsets[$0] &- first }))
    buffer(values.bytes.slice(Int(first)..<Int(values.offsets[values.count])))
  }
}
