import Meanwhile

/// Makes one segment of several, leaving out what was deleted.
struct SegmentMerger {
  /// The merged segment.
  let segment: Segment
  /// For each input, the new row of each of its rows; -1 for a row left out.
  let rows: [[Int32]]

  /// - Parameter analyzers: of the fields that have an inverted index, by path; see ``Mapping/analyzers``.
  /// - Throws: ``APIError`` (500) where an input is damaged.
  init(_ inputs: [SegmentView], analyzers: [String: Analyzer] = [:]) throws {
    var total: Int32 = 0
    rows = inputs.map { input in
      (0..<input.segment.rowCount).map { row in
        guard input.deleted?[row] != true else { return -1 }
        defer { total += 1 }
        return total
      }
    }
    var columns = SegmentColumns(rowCount: Int(total))
    let metadata: Set<String> = [MetadataField.id, MetadataField.source, MetadataField.version, MetadataField.sequenceNumber]
    var types: [String: DataType] = [:]
    for input in inputs {
      for (path, summary) in input.segment.fields where !metadata.contains(path) { types[path] = summary.type }
    }
    for (path, type) in types {
      let merged = ColumnAccumulator(type: type)
      for (input, rows) in zip(inputs, rows) {
        guard let column = try input.segment.column(path), column.type == type else { continue }
        Self.copy(column, to: merged, rows: rows)
      }
      guard let made = merged.finish(rowCount: Int(total)) else { continue }
      columns.add(made.column, summary: made.summary, at: path)
      if let analyzer = analyzers[path],
        let index = try Self.index(of: path, made.summary, analyzer, in: inputs, rows: rows, rowCount: Int(total))
      {
        columns.add(index, at: path)
      }
    }
    let ids = try Self.bytes(MetadataField.id, of: inputs, rows: rows)
    columns.addMetadata(
      ids: ids, sources: try Self.sources(of: inputs, rows: rows, types: types),
      versions: try Self.longs(MetadataField.version, of: inputs, rows: rows),
      sequenceNumbers: try Self.longs(MetadataField.sequenceNumber, of: inputs, rows: rows))
    segment = columns.segment()
  }

  /// The inverted index of a field, of those that the inputs have. Nil where none has one at hand, for then it may never be asked for, and where one has
  /// none to give.
  private static func index(
    of path: String, _ summary: Segment.FieldSummary, _ analyzer: Analyzer, in inputs: [SegmentView], rows: [[Int32]], rowCount: Int
  ) throws -> InvertedIndex? {
    let holders = inputs.indices.filter { inputs[$0].segment.fields[path]?.type == summary.type }
    guard try holders.contains(where: { try inputs[$0].segment.hasInvertedIndex(path) }) else { return nil }
    var parts: [InvertedIndexMerger.Part] = []
    for number in holders {
      guard let index = try inputs[number].segment.invertedIndex(path, analyzer: analyzer) else { return nil }
      parts.append(InvertedIndexMerger.Part(index, rows: rows[number]))
    }
    return try InvertedIndexMerger.merge(parts, rowCount: rowCount, documentCount: summary.rowsWithValue)
  }

  private static func copy(_ column: Column, to merged: ColumnAccumulator, rows: [Int32]) {
    switch column.values {
    case .none: break
    case .booleans(let values): each(column, rows) { merged.append(boolean: values[$0] != 0, row: $1) }
    case .longs(let values): each(column, rows) { merged.append(long: values[$0], row: $1) }
    case .doubles(let values): each(column, rows) { merged.append(double: values[$0], row: $1) }
    case .bytes(let values): each(column, rows) { merged.append(bytes: values[$0], row: $1) }
    case .ordinals(let ordinals, let dictionary, _):
      each(column, rows) { merged.append(bytes: dictionary[Int(ordinals[$0])], row: $1) }
    }
  }

  @inline(__always)
  private static func each(_ column: Column, _ rows: [Int32], _ body: (_ slot: Int, _ row: Int) -> Void) {
    for row in 0..<column.rowCount where rows[row] >= 0 {
      for slot in column.slots(ofRow: row) { body(slot, Int(rows[row])) }
    }
  }

  private static func bytes(_ path: String, of inputs: [SegmentView], rows: [[Int32]]) throws -> BytesVector {
    let merged = BytesVectorBuilder()
    for (input, rows) in zip(inputs, rows) {
      guard case .bytes(let values)? = try input.segment.column(path)?.values else { throw damaged(path) }
      for row in 0..<values.count where rows[row] >= 0 { merged.append(values[row]) }
    }
    return merged.finish()
  }

  /// Documents stay shapes, unless a column that they were made for has been left out.
  private static func sources(of inputs: [SegmentView], rows: [[Int32]], types: [String: DataType]) throws -> StoredSources {
    let collector = SourceCollector()
    let scratch = VectorBuilder<UInt8>(capacity: 1_024)
    for (input, rows) in zip(inputs, rows) {
      guard let sources = try input.segment.sources(), var reader = try input.segment.sourceReader() else {
        throw damaged(MetadataField.source)
      }
      let isKept = input.segment.fields.allSatisfy { types[$0.key] == nil || types[$0.key] == $0.value.type }
      for row in 0..<sources.rowCount where rows[row] >= 0 {
        if isKept, let numbers = sources.shapeNumbers, Int(numbers[row]) < sources.shapes.count,
          collector.append(shape: sources.shapes[Int(numbers[row])], verbatim: sources.verbatim[row])
        {
          continue
        }
        scratch.truncate(to: 0)
        try reader.append(row: row, to: scratch)
        collector.append(whole: scratch.buffer)
      }
    }
    return collector.finish()
  }

  private static func longs(_ path: String, of inputs: [SegmentView], rows: [[Int32]]) throws -> Vector<Int64> {
    let merged = VectorBuilder<Int64>()
    for (input, rows) in zip(inputs, rows) {
      guard case .longs(let values)? = try input.segment.column(path)?.values else { throw damaged(path) }
      for row in 0..<values.count where rows[row] >= 0 { merged.append(values[row]) }
    }
    return merged.finish()
  }

  private static func damaged(_ path: String) -> APIError { .internalFailure("a segment lacks the column [\(path)]") }
}
