import Meanwhile
import Synchronization

/// Makes columns of the sections of a segment's file, and verifies each section when it is first used.
final class SegmentReader: Sendable {
  private let storage: Storage
  private let directory: SegmentFormat.Directory
  private let fieldNumbers: [String: Int]
  let summaries: [String: Segment.FieldSummary]

  /// Columns that were verified, by path.
  private let columns = Mutex<[String: Column]>([:])
  private let documents = Mutex<StoredSources?>(nil)
  private let table = Mutex<IdentifierTable?>(nil)
  private let indexes = Mutex<[String: InvertedIndex]>([:])

  var rowCount: Int { directory.rowCount }

  init(_ storage: Storage) throws(CorruptData) {
    self.storage = storage
    directory = try Self.directory(of: storage)
    var numbers: [String: Int] = [:]
    var summaries: [String: Segment.FieldSummary] = [:]
    for (number, field) in directory.fields.enumerated() {
      numbers[field.path] = number
      summaries[field.path] = field.summary
    }
    fieldNumbers = numbers
    self.summaries = summaries
  }

  private static func directory(of storage: Storage) throws(CorruptData) -> SegmentFormat.Directory {
    let size = storage.byteCount
    guard UInt(bitPattern: storage.base) % 8 == 0 else { throw CorruptData("the file's bytes are not aligned") }
    guard size >= SegmentFormat.headerByteCount + SegmentFormat.footerByteCount else {
      throw CorruptData("too short to be a segment", offset: size)
    }
    let footerAt = size - SegmentFormat.footerByteCount
    let footer = [UInt8](UnsafeRawBufferPointer(start: storage.base + footerAt, count: SegmentFormat.footerByteCount))
    var reader = ByteReader(footer[...])
    let directoryAt = try reader.number(UInt64.self)
    let length = try reader.number(UInt64.self)
    let checksum = try reader.number(UInt32.self)
    let version = try reader.number(UInt32.self)
    let fileSize = try reader.number(UInt64.self)
    let magic = try reader.number(UInt64.self)
    guard magic == SegmentFormat.magic else { throw CorruptData("not a segment", offset: footerAt) }
    guard try reader.number(UInt32.self) == CRC32C.checksum(Array(footer.prefix(40))) else {
      throw CorruptData("the footer's checksum is wrong", offset: footerAt)
    }
    guard version >= SegmentFormat.versionMin, version <= SegmentFormat.version else {
      throw CorruptData(
        "format version [\(version)] is none of those that this version reads, which are [\(SegmentFormat.versionMin)] to "
          + "[\(SegmentFormat.version)]", offset: footerAt)
    }
    guard fileSize == UInt64(size), directoryAt <= UInt64(footerAt), length == UInt64(footerAt) - directoryAt else {
      throw CorruptData("the directory is not where the footer says", offset: footerAt)
    }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: storage.base + Int(directoryAt), count: Int(length)))
    guard CRC32C.checksum(bytes) == checksum else { throw CorruptData("the directory's checksum is wrong", offset: Int(directoryAt)) }
    let directory = try SegmentFormat.decodeDirectory(bytes[...], version: version)
    for section in directory.sections {
      let (end, overflow) = section.offset.addingReportingOverflow(section.byteCount)
      guard !overflow, end <= Int(directoryAt), section.offset % SegmentFormat.alignment == 0 else {
        throw CorruptData("a section lies outside of the file", offset: Int(directoryAt))
      }
    }
    guard directory.rowCount < Int(Int32.max) else { throw CorruptData("more rows than a segment has", offset: Int(directoryAt)) }
    return directory
  }

  // MARK: Columns

  /// The documents as they are kept.
  func sources() throws(CorruptData) -> StoredSources? {
    if let known = documents.withLock({ $0 }) { return known }
    guard let number = fieldNumbers[MetadataField.source] else { return nil }
    let field = directory.fields[number]
    let sources: StoredSources
    if field.layout == .shapes {
      let numbers = field.values
      guard numbers.count == 5 else { throw CorruptData("documents are not made of what they are made of") }
      sources = StoredSources(
        shapeNumbers: try vector(numbers[0]), shapes: try strings(numbers[1], numbers[2]), verbatim: try strings(numbers[3], numbers[4]))
      guard sources.shapeNumbers?.count == rowCount, sources.rowCount == rowCount else {
        throw damage(numbers[0], "documents do not fit the rows")
      }
    } else {
      guard case .bytes(let whole) = try makeColumn(field).values else { throw CorruptData("documents are no bytes") }
      sources = StoredSources(whole: whole)
    }
    documents.withLock { $0 = sources }
    return sources
  }

  func column(_ path: String) throws(CorruptData) -> Column? {
    if let known = columns.withLock({ $0[path] }) { return known }
    guard let number = fieldNumbers[path] else { return nil }
    let column = try makeColumn(directory.fields[number])
    columns.withLock { $0[path] = column }
    return column
  }

  func identifiers() throws(CorruptData) -> IdentifierTable? {
    guard let number = directory.identifiers else { return nil }
    if let known = table.withLock({ $0 }) { return known }
    guard let made = IdentifierTable(slots: try vector(number), isDense: directory.version > 2) else {
      throw damage(number, "the table of ids has a wrong size")
    }
    table.withLock { $0 = made }
    return made
  }

  /// The inverted index of a field; nil where the file has none.
  ///
  /// - Parameter failure: makes an error of damage that is found in it later.
  func invertedIndex(_ path: String, failure: @escaping @Sendable (CorruptData) -> APIError) throws(CorruptData) -> InvertedIndex? {
    if let known = indexes.withLock({ $0[path] }) { return known }
    guard let number = fieldNumbers[path], let parts = directory.fields[number].index else { return nil }
    let index = try makeIndex(parts, failure)
    indexes.withLock { $0[path] = index }
    return index
  }

  private func makeIndex(
    _ parts: SegmentFormat.Index, _ failure: @escaping @Sendable (CorruptData) -> APIError
  ) throws(CorruptData) -> InvertedIndex {
    let numbers = parts.sections
    let terms = try strings(numbers[0], numbers[1])
    let entries: Vector<UInt32> = try vector(numbers[2])
    let rows = try CheckedBytes(vector(numbers[3], isVerified: false), checksums: vector(numbers[4]))
    let positions = try CheckedBytes(vector(numbers[5], isVerified: false), checksums: vector(numbers[6]))
    let norms: Vector<UInt8> = try vector(numbers[7])
    guard entries.count == (terms.count + 1) * InvertedIndex.entryWidth, norms.count == rowCount, parts.documentCount <= rowCount,
      parts.termCount <= positions.bytes.count
    else {
      throw damage(numbers[2], "an inverted index does not fit its rows and terms")
    }
    var previous: (UInt32, UInt32) = (0, 0)
    for term in 0...terms.count {
      let own = (entries[term * InvertedIndex.entryWidth + 1], entries[term * InvertedIndex.entryWidth + 2])
      guard own.0 >= previous.0, own.1 >= previous.1 else { throw damage(numbers[2], "terms that descend") }
      previous = own
    }
    guard Int(previous.0) <= rows.bytes.count, Int(previous.1) <= positions.bytes.count else {
      throw damage(numbers[2], "terms beyond their rows")
    }
    return InvertedIndex(
      analyzer: parts.analyzer, documentCount: parts.documentCount, termCount: parts.termCount, terms: terms, entries: entries, rows: rows,
      positions: positions, norms: norms, failure: failure)
  }

  private func makeColumn(_ field: SegmentFormat.Field) throws(CorruptData) -> Column {
    let (values, slots) = try values(of: field)
    var column = Column(type: field.summary.type, rowCount: rowCount, values: values)
    if let number = field.offsets {
      let offsets: Vector<UInt32> = try vector(number)
      guard offsets.count == rowCount + 1, field.nulls == nil else {
        throw damage(number, "offsets of [\(field.path)] do not fit its rows")
      }
      try checkAscending(offsets, number, limit: slots)
      column.offsets = offsets
      return column
    }
    guard slots == rowCount else { throw CorruptData("field [\(field.path)] has [\(slots)] values for [\(rowCount)] rows") }
    if let number = field.nulls {
      let words: Vector<UInt64> = try vector(number)
      guard words.count == (rowCount + 63) / 64 else { throw damage(number, "null bits of [\(field.path)] do not fit its rows") }
      if rowCount % 64 != 0, words[words.count - 1] >> UInt64(rowCount % 64) != 0 { throw damage(number, "null bits behind the last row") }
      column.nulls = Bitmap(words: words, count: rowCount)
    }
    return column
  }

  private func values(of field: SegmentFormat.Field) throws(CorruptData) -> (values: Column.Values, slots: Int) {
    let expected = field.layout == .ordinals ? 3 : field.layout == .bytes ? 2 : 1
    let layout: DataType.Layout =
      switch field.layout {
      case .booleans: .boolean
      case .longs: .long
      case .doubles: .double
      case .bytes, .ordinals: .bytes
      case .shapes: .none
      }
    guard field.values.count == expected, field.summary.type.layout == layout else {
      throw CorruptData("field [\(field.path)] is not made of what its type is made of")
    }
    switch field.layout {
    case .booleans:
      let values: Vector<UInt8> = try vector(field.values[0])
      return (.booleans(values), values.count)
    case .longs:
      let values: Vector<Int64> = try vector(field.values[0])
      return (.longs(values), values.count)
    case .doubles:
      let values: Vector<Double> = try vector(field.values[0])
      return (.doubles(values), values.count)
    case .bytes:
      let values = try strings(field.values[0], field.values[1])
      return (.bytes(values), values.count)
    case .ordinals:
      let ordinals: Vector<UInt32> = try vector(field.values[0])
      let dictionary = try strings(field.values[1], field.values[2])
      for ordinal in ordinals.buffer where ordinal >= dictionary.count { throw damage(field.values[0], "an ordinal beyond the dictionary") }
      return (.ordinals(ordinals, dictionary, isSorted: field.isSortedDictionary), ordinals.count)
    case .shapes: throw CorruptData("field [\(field.path)] is not made of what its type is made of")
    }
  }

  private func strings(_ offsetsNumber: UInt32, _ bytesNumber: UInt32) throws(CorruptData) -> BytesVector {
    let offsets: Vector<UInt32> = try vector(offsetsNumber)
    let bytes: Vector<UInt8> = try vector(bytesNumber)
    guard offsets.count > 0 else { throw damage(offsetsNumber, "strings without offsets") }
    try checkAscending(offsets, offsetsNumber, limit: bytes.count)
    return BytesVector(offsets: offsets, bytes: bytes)
  }

  private func checkAscending(_ offsets: Vector<UInt32>, _ number: UInt32, limit: Int) throws(CorruptData) {
    var previous: UInt32 = 0
    for offset in offsets.buffer {
      guard offset >= previous else { throw damage(number, "offsets that descend") }
      previous = offset
    }
    guard Int(previous) <= limit else { throw damage(number, "offsets beyond the values") }
  }

  // MARK: Sections

  /// A section as values.
  ///
  /// - Parameter isVerified: false where whoever uses the values verifies them, part by part.
  private func vector<Element: BitwiseCopyable>(_ number: UInt32, isVerified: Bool = true) throws(CorruptData) -> Vector<Element> {
    guard Int(number) < directory.sections.count else { throw CorruptData("a section that is not there") }
    let section = directory.sections[Int(number)]
    let stride = MemoryLayout<Element>.stride
    guard section.decodedByteCount % stride == 0, isVerified || section.encoding == .plain else {
      throw damage(number, "a section of broken length")
    }
    let start = storage.base + section.offset
    if isVerified, CRC32C.checksum(UnsafeRawBufferPointer(start: start, count: section.byteCount)) != section.checksum {
      throw damage(number, "the checksum is wrong")
    }
    let count = section.decodedByteCount / stride
    guard section.encoding != .plain else {
      return Vector(storage: storage, base: start.assumingMemoryBound(to: Element.self), count: count)
    }
    let bytes = UnsafeRawBufferPointer(start: start, count: section.byteCount)
    do throws(CorruptData) { return try section.encoding.decode(bytes, as: Element.self, count: count) } catch {
      throw CorruptData(error.reason, offset: section.offset + (error.offset ?? 0))
    }
  }

  private func damage(_ number: UInt32, _ reason: String) -> CorruptData {
    CorruptData(reason, offset: Int(number) < directory.sections.count ? directory.sections[Int(number)].offset : nil)
  }
}
