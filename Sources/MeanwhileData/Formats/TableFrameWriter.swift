/// Writes the frames of a table; see ``TableCodec``.
struct TableFrameWriter {
  private var writer = ByteWriter()

  var bytes: [UInt8] { writer.bytes }

  mutating func start(_ fields: [Table.Field]) {
    writer.append(contentsOf: TableCodec.magic)
    writer.append(TableCodec.version)
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
    writer.append(kind.rawValue)
    writer.append(prefixed: payload.bytes, length: UInt64.self)
  }

  private mutating func number(_ value: Int) { writer.append(UInt64(value)) }

  private mutating func text(_ text: String) { writer.append(text, length: UInt64.self) }

  private mutating func buffer<Element: FixedWidthInteger>(_ elements: Vector<Element>) {
    number(elements.count)
    withExtendedLifetime(elements) {
      #if _endian(little)
      writer.append(contentsOf: UnsafeRawBufferPointer(elements.buffer))
      #else
      for element in elements.buffer { writer.append(element) }
      #endif
    }
  }

  private mutating func column(_ column: Column) {
    text(column.type.rawValue)
    number(column.rowCount)
    let rows = column.isConstant ? min(1, column.rowCount) : column.rowCount
    // A slice's offsets are absolute: what is written begins with its own first value.
    let slots = column.offsets.map { rows == 0 ? 0..<0 : Int($0[0])..<Int($0[rows]) } ?? 0..<(column.isAllNull ? 0 : rows)
    writer.append((column.isConstant ? 1 : 0 as UInt8) | (column.nulls != nil ? 2 : 0) | (column.offsets != nil ? 4 : 0))
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
    case .none: writer.append(0 as UInt8)
    case .booleans(let values):
      writer.append(1 as UInt8)
      buffer(values.slice(slots))
    case .longs(let values):
      writer.append(2 as UInt8)
      buffer(values.slice(slots))
    case .doubles(let values):
      writer.append(3 as UInt8)
      buffer(Vector(slots.map { values[$0].bitPattern }))
    case .bytes(let values):
      writer.append(4 as UInt8)
      strings(values.slice(slots))
    case .ordinals(let ordinals, let dictionary, let isSorted):
      // A large dictionary of which a page uses little is not worth keeping with each page.
      guard dictionary.count <= slots.count else {
        let plain = BytesVectorBuilder(capacity: slots.count)
        for slot in slots { plain.append(dictionary[Int(ordinals[slot])]) }
        writer.append(4 as UInt8)
        strings(plain.finish())
        return
      }
      writer.append(isSorted ? 6 : 5 as UInt8)
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
