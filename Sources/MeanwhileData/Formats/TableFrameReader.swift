import Meanwhile

/// Reads the payload of one frame.
struct TableFrameReader {
  private var reader: ByteReader

  init(_ bytes: ArraySlice<UInt8>) { reader = ByteReader(bytes) }

  private mutating func read<Value>(_ part: (inout ByteReader) throws(CorruptData) -> Value) throws(APIError) -> Value {
    do throws(CorruptData) { return try part(&reader) } catch { throw TableCodec.corrupt(error.reason) }
  }

  mutating func byte() throws(APIError) -> UInt8 { try read { reader throws(CorruptData) in try reader.number() } }

  mutating func number(max: Int) throws(APIError) -> Int {
    let value = try read { reader throws(CorruptData) in try reader.number(UInt64.self) }
    guard let number = Int(exactly: value), number <= max else { throw TableCodec.corrupt("a count of [\(value)] is out of range") }
    return number
  }

  mutating func fields() throws(APIError) -> [Table.Field] {
    // A field takes more than eight bytes, so no count that fits can ask for much memory.
    let count = try number(max: reader.count)
    var fields: [Table.Field] = []
    for _ in 0..<count {
      let name = try text()
      let type = try type()
      var originalTypes: [String] = []
      for _ in 0..<(try number(max: reader.count)) { originalTypes.append(try text()) }
      fields.append(Table.Field(name: name, type: type, originalTypes: originalTypes))
    }
    return fields
  }

  /// - Throws: where there is more in the frame than was read.
  func finish() throws(APIError) {
    guard reader.isAtEnd else { throw TableCodec.corrupt("a frame is longer than what is in it") }
  }

  /// The number of rows of a page, before anything of it is read.
  func rowCount() throws(APIError) -> Int {
    var frame = self
    return try frame.number(max: TableCodec.pageRowsMax)
  }

  mutating func page(of fields: [Table.Field]) throws(APIError) -> Page {
    let rowCount = try number(max: TableCodec.pageRowsMax)
    guard try number(max: reader.count) == fields.count else { throw TableCodec.corrupt("a page has another number of columns") }
    var columns: [Column] = []
    for _ in fields { columns.append(try column(rowCount: rowCount)) }
    return Page(rowCount: rowCount, columns: columns)
  }

  private mutating func text() throws(APIError) -> String {
    try read { reader throws(CorruptData) in try reader.text(length: UInt64.self) }
  }

  private mutating func type() throws(APIError) -> DataType {
    let name = try text()
    guard let type = DataType(rawValue: name) else { throw TableCodec.corrupt("there is no type [\(name)]") }
    return type
  }

  private mutating func buffer<Element: FixedWidthInteger & BitwiseCopyable>(of _: Element.Type) throws(APIError) -> Vector<Element> {
    let size = MemoryLayout<Element>.size
    let count = try number(max: reader.count / size)
    let run = try read { reader throws(CorruptData) in try reader.run(ofCount: UInt64(count * size)) }
    return run.withUnsafeBytes { raw in
      Vector(count: count) { target in
        for index in 0..<count {
          (target + index).initialize(to: Element(littleEndian: raw.loadUnaligned(fromByteOffset: index * size, as: Element.self)))
        }
      }
    }
  }

  private mutating func column(rowCount: Int) throws(APIError) -> Column {
    let type = try type()
    guard try number(max: rowCount) == rowCount else { throw TableCodec.corrupt("a column has another number of rows") }
    let flags = try byte()
    let isConstant = flags & 1 != 0
    let rows = isConstant ? min(1, rowCount) : rowCount
    var offsets: Vector<UInt32>?
    var nulls: Bitmap?
    if flags & 4 != 0 { offsets = try self.offsets(count: rows + 1) }
    if flags & 2 != 0 {
      let words = try buffer(of: UInt64.self)
      guard words.count == (rows + 63) / 64 else { throw TableCodec.corrupt("a column's nulls are not as long as it is") }
      nulls = Bitmap(words: words, count: rows)
    }
    let values = try values(of: type)
    if case .none = values { return .nulls(type, rowCount: rowCount) }
    guard values.count == offsets.map({ Int($0[rows]) }) ?? rows else {
      throw TableCodec.corrupt("a column's values are not as many as it has")
    }
    return Column(type: type, rowCount: rowCount, values: values, nulls: nulls, offsets: offsets, isConstant: isConstant)
  }

  private mutating func offsets(count: Int) throws(APIError) -> Vector<UInt32> {
    let offsets = try buffer(of: UInt32.self)
    guard offsets.count == count, offsets.count > 0, offsets[0] == 0 else { throw TableCodec.corrupt("offsets are missing") }
    for index in 1..<max(1, count) where offsets[index] < offsets[index - 1] { throw TableCodec.corrupt("offsets go down") }
    return offsets
  }

  private mutating func values(of type: DataType) throws(APIError) -> Column.Values {
    let kind = try byte()
    switch (kind, type.layout) {
    case (0, _): return .none
    case (1, .boolean): return .booleans(try buffer(of: UInt8.self))
    case (2, .long): return .longs(try buffer(of: Int64.self))
    case (3, .double):
      let bits = try buffer(of: UInt64.self)
      return .doubles(
        Vector(count: bits.count) { target in
          for index in 0..<bits.count { (target + index).initialize(to: Double(bitPattern: bits[index])) }
        })
    case (4, .bytes): return .bytes(try strings())
    case (5, .bytes), (6, .bytes):
      let ordinals = try buffer(of: UInt32.self)
      let dictionary = try strings()
      for ordinal in ordinals.buffer where Int(ordinal) >= dictionary.count { throw TableCodec.corrupt("an ordinal has no value") }
      return .ordinals(ordinals, dictionary, isSorted: kind == 6)
    default: throw TableCodec.corrupt("a column of type [\(type.rawValue)] has values of kind [\(kind)]")
    }
  }

  private mutating func strings() throws(APIError) -> BytesVector {
    let offsets = try buffer(of: UInt32.self)
    guard offsets.count > 0, offsets[0] == 0 else { throw TableCodec.corrupt("offsets are missing") }
    for index in 1..<max(1, offsets.count) where offsets[index] < offsets[index - 1] { throw TableCodec.corrupt("offsets go down") }
    let content = try buffer(of: UInt8.self)
    guard Int(offsets[offsets.count - 1]) == content.count else { throw TableCodec.corrupt("strings are missing") }
    return BytesVector(offsets: offsets, bytes: content)
  }
}
