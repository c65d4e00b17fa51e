/// The layout of a segment's file, which is the layout it has in memory.
///
/// ```
/// header     64 bytes: magic, format version, zeroes
/// sections   one for each buffer of each column and of its inverted index, each beginning at a multiple of 64, plain or in a ``SectionEncoding``
/// directory  rows; sections with offset, length and CRC-32C; fields with what is known of them and the sections they are made of
/// footer     48 bytes: directory's offset, length and checksum, format version, file's length, magic, checksum of the footer
/// ```
///
/// All numbers are little-endian, as the buffers are in memory on every machine that Swift's 64-bit platforms run on.
enum SegmentFormat {
  static let magic: UInt64 = 0x3154_4745_534E_574D
  /// Version 2 added the inverted index of a field; version 3 encodings of sections, documents as shapes, and fuller tables of identifiers.
  static let version: UInt32 = 3
  static let versionMin: UInt32 = 1
  static let alignment = 64
  static let headerByteCount = 64
  static let footerByteCount = 48

  /// How a field's values lie in its sections.
  enum Layout: UInt8 {
    case booleans = 1
    case longs = 2
    case doubles = 3
    /// Two sections: offsets and bytes.
    case bytes = 4
    /// Three sections: ordinals, and the dictionary's offsets and bytes.
    case ordinals = 5
    /// Five sections, of ``StoredSources``: numbers of shapes, the shapes' offsets and bytes, the offsets and bytes of what is kept verbatim.
    case shapes = 6
  }

  /// A run of the file.
  struct Section {
    var offset: Int
    var byteCount: Int
    var checksum: UInt32
    var encoding = SectionEncoding.plain
    /// Bytes of the values in memory.
    var decodedByteCount: Int
  }

  /// A field, and the numbers of its sections.
  struct Field {
    var path: String
    var summary: Segment.FieldSummary
    var layout: Layout
    var isSortedDictionary: Bool
    var values: [UInt32]
    var nulls: UInt32?
    var offsets: UInt32?
    var index: Index?
  }

  /// The inverted index of a field.
  struct Index {
    /// The name of the analyzer that cut the texts.
    var analyzer: String
    var documentCount: Int
    var termCount: Int
    /// The dictionary's offsets and bytes, entries, rows and their blocks' checksums, positions and their blocks' checksums, norms.
    var sections: [UInt32]

    static let sectionCount = 8
  }

  struct Directory {
    var rowCount: Int
    var sections: [Section]
    var fields: [Field]
    /// The section of the ``IdentifierTable``, which is dense from version 3 on.
    var identifiers: UInt32?
    var version = SegmentFormat.version
  }

  private static let none = UInt32.max

  static func encode(_ directory: Directory) -> [UInt8] {
    var out = ByteWriter()
    out.append(UInt64(directory.rowCount))
    out.append(UInt32(truncatingIfNeeded: directory.sections.count))
    for section in directory.sections {
      out.append(UInt64(section.offset))
      out.append(UInt64(section.byteCount))
      out.append(section.checksum)
      out.append(section.encoding.rawValue)
      out.append(UInt64(section.decodedByteCount))
    }
    out.append(directory.identifiers ?? none)
    out.append(UInt32(truncatingIfNeeded: directory.fields.count))
    for field in directory.fields {
      out.append(field.path, length: UInt32.self)
      out.append(field.summary.type.rawValue, length: UInt32.self)
      out.append(UInt64(field.summary.rowsWithValue))
      out.append(UInt64(field.summary.valueCount))
      out.append(UInt64(field.summary.byteCount))
      encode(field.summary.minimum, to: &out)
      encode(field.summary.maximum, to: &out)
      out.append(field.layout.rawValue)
      out.append(field.isSortedDictionary ? 1 : 0 as UInt8)
      out.append(UInt32(truncatingIfNeeded: field.values.count))
      for section in field.values { out.append(section) }
      out.append(field.nulls ?? none)
      out.append(field.offsets ?? none)
      encode(field.index, to: &out)
    }
    return out.bytes
  }

  private static func encode(_ index: Index?, to out: inout ByteWriter) {
    out.append(index == nil ? 0 : 1 as UInt8)
    guard let index else { return }
    out.append(index.analyzer, length: UInt32.self)
    out.append(UInt64(index.documentCount))
    out.append(UInt64(index.termCount))
    for section in index.sections { out.append(section) }
  }

  private static func encode(_ bound: Value, to out: inout ByteWriter) {
    switch bound {
    case .long(let value):
      out.append(1 as UInt8)
      out.append(value)
    case .double(let value):
      out.append(2 as UInt8)
      out.append(value)
    default: out.append(0 as UInt8)
    }
  }

  static func decodeDirectory(_ bytes: ArraySlice<UInt8>, version: UInt32) throws(CorruptData) -> Directory {
    var reader = ByteReader(bytes)
    var directory = Directory(rowCount: try size(&reader), sections: [], fields: [], version: version)
    for _ in 0..<(try reader.number(UInt32.self)) {
      directory.sections.append(try section(&reader, version: version))
    }
    directory.identifiers = try reference(&reader)
    for _ in 0..<(try reader.number(UInt32.self)) { directory.fields.append(try field(&reader, version: version)) }
    guard reader.isAtEnd else { throw CorruptData("bytes behind the directory") }
    return directory
  }

  private static func section(_ reader: inout ByteReader, version: UInt32) throws(CorruptData) -> Section {
    let (offset, byteCount, checksum) = (try size(&reader), try size(&reader), try reader.number(UInt32.self))
    guard version > 2 else { return Section(offset: offset, byteCount: byteCount, checksum: checksum, decodedByteCount: byteCount) }
    guard let encoding = SectionEncoding(rawValue: try reader.number()) else { throw CorruptData("unknown encoding of a section") }
    let decoded = try size(&reader)
    guard encoding.allows(decoded, from: byteCount) else { throw CorruptData("a section that would become too long") }
    return Section(offset: offset, byteCount: byteCount, checksum: checksum, encoding: encoding, decodedByteCount: decoded)
  }

  private static func field(_ reader: inout ByteReader, version: UInt32) throws(CorruptData) -> Field {
    let path = try reader.text(length: UInt32.self)
    let typeName = try reader.text(length: UInt32.self)
    guard let type = DataType(rawValue: typeName) else { throw CorruptData("unknown type [\(typeName)] of field [\(path)]") }
    var summary = Segment.FieldSummary(type: type, rowsWithValue: try size(&reader), valueCount: try size(&reader))
    summary.byteCount = try size(&reader)
    summary.minimum = try bound(&reader)
    summary.maximum = try bound(&reader)
    guard let layout = Layout(rawValue: try reader.number()) else { throw CorruptData("unknown layout of field [\(path)]") }
    let isSorted = try reader.number(UInt8.self) != 0
    var values: [UInt32] = []
    for _ in 0..<(try reader.number(UInt32.self)) { values.append(try reader.number(UInt32.self)) }
    return Field(
      path: path, summary: summary, layout: layout, isSortedDictionary: isSorted, values: values, nulls: try reference(&reader),
      offsets: try reference(&reader), index: version > 1 ? try index(&reader) : nil)
  }

  private static func index(_ reader: inout ByteReader) throws(CorruptData) -> Index? {
    guard try reader.number(UInt8.self) != 0 else { return nil }
    var index = Index(
      analyzer: try reader.text(length: UInt32.self), documentCount: try size(&reader), termCount: try size(&reader), sections: [])
    for _ in 0..<Index.sectionCount { index.sections.append(try reader.number(UInt32.self)) }
    return index
  }

  private static func bound(_ reader: inout ByteReader) throws(CorruptData) -> Value {
    switch try reader.number(UInt8.self) {
    case 0: .null
    case 1: .long(try reader.number())
    case 2: .double(try reader.double())
    default: throw CorruptData("unknown kind of bound")
    }
  }

  private static func size(_ reader: inout ByteReader) throws(CorruptData) -> Int {
    guard let size = Int(exactly: try reader.number(UInt64.self)) else { throw CorruptData("a size beyond all sizes") }
    return size
  }

  private static func reference(_ reader: inout ByteReader) throws(CorruptData) -> UInt32? {
    let number = try reader.number(UInt32.self)
    return number == none ? nil : number
  }
}
