import Meanwhile

/// Writes segments as files, and opens files as segments: see ``SegmentFormat`` for the layout.
public enum SegmentCodec {
  /// Writes a segment as the bytes of its file, in order.
  ///
  /// - Parameters:
  ///   - analyzers: of the fields that get an inverted index, by path; see ``Mapping/analyzers``.
  ///   - sink: takes the next bytes, which it must not keep.
  /// - Returns: how many bytes were written.
  /// - Throws: what the sink throws; ``APIError`` (500) where the segment itself is damaged.
  @discardableResult
  public static func encode(
    _ segment: Segment, analyzers: [String: Analyzer] = [:], to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    try withoutActuallyEscaping(sink) { sink in
      var encoder = Encoder(sink: sink, analyzers: analyzers)
      return try encoder.encode(segment)
    }
  }

  /// Opens the bytes of a segment's file. Only the directory is read now; a column is verified when it is first asked for, and no length, offset or ordinal in
  /// it is trusted.
  ///
  /// - Parameters:
  ///   - storage: the whole file, mapped or read, its base aligned to eight bytes.
  ///   - name: the file's, for errors.
  ///   - onDamage: told of damage that is found later, each time somebody runs into it.
  /// - Throws: ``CorruptData`` where the bytes are not a segment's.
  public static func open(
    _ storage: Storage, name: String, onDamage: @escaping @Sendable (CorruptData) -> Void = { _ in }
  ) throws(CorruptData) -> Segment {
    let reader = try SegmentReader(storage)
    @Sendable func damaged(_ damage: CorruptData) -> APIError {
      onDamage(damage)
      return .internalFailure("file [\(name)] is damaged at offset [\(damage.offset ?? 0)]: \(damage.reason)")
    }
    return Segment(
      rowCount: reader.rowCount, fields: reader.summaries,
      identifiers: {
        do throws(CorruptData) { return try reader.identifiers() } catch { throw damaged(error) }
      },
      invertedIndex: { path, _, _ in
        do throws(CorruptData) { return try reader.invertedIndex(path, failure: damaged) } catch { throw damaged(error) }
      },
      sources: {
        do throws(CorruptData) { return try reader.sources() } catch { throw damaged(error) }
      },
      load: { path in
        do throws(CorruptData) { return try reader.column(path) } catch { throw damaged(error) }
      })
  }

  // MARK: Encoding

  private struct Encoder {
    let sink: (UnsafeRawBufferPointer) throws -> Void
    let analyzers: [String: Analyzer]
    var at = 0
    var sections: [SegmentFormat.Section] = []

    init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void, analyzers: [String: Analyzer]) {
      self.sink = sink
      self.analyzers = analyzers
    }

    mutating func encode(_ segment: Segment) throws -> Int {
      var header = ByteWriter()
      header.append(SegmentFormat.magic)
      header.append(SegmentFormat.version)
      try put(header.bytes)
      try align()
      var fields: [SegmentFormat.Field] = []
      for (path, summary) in segment.fields.sorted(by: { $0.key < $1.key }) {
        if path == MetadataField.source {
          if let sources = try segment.sources() { fields.append(try encode(sources, summary)) }
          continue
        }
        guard let column = try segment.column(path), var field = try encode(column, at: path, summary) else { continue }
        if let analyzer = analyzers[path] { field.index = try segment.invertedIndex(path, analyzer: analyzer).map { try encode($0) } }
        fields.append(field)
      }
      var directory = SegmentFormat.Directory(rowCount: segment.rowCount, sections: [], fields: fields)
      if let table = try identifiers(of: segment) { directory.identifiers = try section(table.slots) }
      directory.sections = sections
      try putDirectory(SegmentFormat.encode(directory))
      return at
    }

    private func identifiers(of segment: Segment) throws -> IdentifierTable? {
      guard let table = try segment.identifiers() else { return nil }
      // A table that grew with its rows is mostly empty.
      guard !table.isDense else { return table }
      guard case .bytes(let ids)? = try segment.column(MetadataField.id)?.values else { return nil }
      return IdentifierTable(of: ids)
    }

    private mutating func encode(_ sources: StoredSources, _ summary: Segment.FieldSummary) throws -> SegmentFormat.Field {
      let numbers = sources.shapeNumbers ?? Vector(repeating: 0, count: sources.rowCount)
      let sections = sources.shapeNumbers == nil ? sources.lengthPrefixed : sources
      let values = [try section(numbers)] + (try strings(sections.shapes)) + (try strings(sections.verbatim))
      return SegmentFormat.Field(
        path: MetadataField.source, summary: summary, layout: .shapes, isSortedDictionary: false, values: values)
    }

    private mutating func encode(_ column: Column, at path: String, _ summary: Segment.FieldSummary) throws -> SegmentFormat.Field? {
      var field = SegmentFormat.Field(path: path, summary: summary, layout: .bytes, isSortedDictionary: false, values: [])
      switch column.values {
      case .none: return nil
      case .booleans(let values): (field.layout, field.values) = (.booleans, [try section(values)])
      case .longs(let values): (field.layout, field.values) = (.longs, [try section(values)])
      case .doubles(let values): (field.layout, field.values) = (.doubles, [try section(values)])
      case .bytes(let values): field.values = try strings(values)
      case .ordinals(let ordinals, let dictionary, let isSorted):
        field.layout = .ordinals
        field.isSortedDictionary = isSorted
        field.values = [try section(ordinals)] + (try strings(dictionary))
      }
      field.nulls = try column.nulls.map { try section($0.words.slice(0..<($0.count + 63) / 64)) }
      field.offsets = try column.offsets.map { try section($0) }
      return field
    }

    private mutating func encode(_ index: InvertedIndex) throws -> SegmentFormat.Index {
      let dictionary = try strings(index.terms)
      let rest = [
        try section(index.entries), try plainSection(index.rows.bytes), try section(index.rows.makeChecksums()),
        try plainSection(index.positions.bytes), try section(index.positions.makeChecksums()), try section(index.norms),
      ]
      return SegmentFormat.Index(
        analyzer: index.analyzer, documentCount: index.documentCount, termCount: index.termCount, sections: dictionary + rest)
    }

    private mutating func strings(_ values: BytesVector) throws -> [UInt32] { [try section(values.offsets), try section(values.bytes)] }

    private mutating func section<Element>(_ values: Vector<Element>) throws -> UInt32 {
      guard let (encoding, encoded) = SectionEncoding.encode(values) else { return try plainSection(values) }
      return try section(UnsafeRawBufferPointer(encoded.buffer), encoding, decodedByteCount: values.byteCount)
    }

    /// A section that is read in parts, or whose bytes are packed already.
    private mutating func plainSection<Element>(_ values: Vector<Element>) throws -> UInt32 {
      try section(UnsafeRawBufferPointer(values.buffer), .plain, decodedByteCount: values.byteCount)
    }

    private mutating func section(
      _ bytes: UnsafeRawBufferPointer, _ encoding: SectionEncoding, decodedByteCount: Int
    ) throws -> UInt32 {
      sections.append(
        SegmentFormat.Section(
          offset: at, byteCount: bytes.count, checksum: CRC32C.checksum(bytes), encoding: encoding, decodedByteCount: decodedByteCount))
      try put(bytes)
      try align()
      return UInt32(truncatingIfNeeded: sections.count - 1)
    }

    private mutating func putDirectory(_ directory: [UInt8]) throws {
      var footer = ByteWriter()
      footer.append(UInt64(at))
      footer.append(UInt64(directory.count))
      footer.append(CRC32C.checksum(directory))
      footer.append(SegmentFormat.version)
      footer.append(UInt64(at + directory.count + SegmentFormat.footerByteCount))
      footer.append(SegmentFormat.magic)
      footer.append(CRC32C.checksum(footer.bytes))
      footer.append(0 as UInt32)
      try put(directory)
      try put(footer.bytes)
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer) throws {
      if !bytes.isEmpty { try sink(bytes) }
      at += bytes.count
    }

    private mutating func put(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { try sink($0) }
      at += bytes.count
    }

    private mutating func align() throws {
      let rest = at % SegmentFormat.alignment
      if rest != 0 { try put([UInt8](repeating: 0, count: SegmentFormat.alignment - rest)) }
    }
  }
}
