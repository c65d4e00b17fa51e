import MeanwhileData

/// How several columns are cut out of one text: what `DISSECT`, `GROK` and `URI_PARTS` put into a plan.
public enum TextExtractor: Sendable {
  case dissect(DissectPattern)
  /// The first pattern that matches counts.
  case grok(GrokPatterns)
  case uriParts

  /// What comes out, in the order of the columns.
  public var fields: [(name: String, type: DataType)] {
    switch self {
    case .dissect(let pattern): pattern.names.map { ($0, .keyword) }
    case .grok(let patterns): patterns.fields
    case .uriParts: URIParts.fields
    }
  }

  /// Whether each of a row's texts is looked through; else a row with several has nothing, with a warning.
  private var takesSeveralValues: Bool { if case .uriParts = self { false } else { true } }

  /// Adds what one text has to a row.
  ///
  /// - Throws: where the text cannot be looked through, which is a warning.
  func extract(_ text: UnsafeBufferPointer<UInt8>, into row: ExtractedColumns) throws(EvaluationFailure) {
    switch self {
    case .dissect(let pattern): pattern.extract(text, into: row)
    case .grok(let patterns): try patterns.extract(text, into: row)
    case .uriParts: try URIParts.extract(text, into: row)
    }
  }

  /// The columns that come out of a column of texts. Each value of a row is looked through by itself, and what is found adds up.
  func columns(of texts: Column, _ frame: EvaluationFrame) -> [Column] {
    let texts = takesSeveralValues ? texts : frame.single(texts)
    let rowCount = texts.isConstant ? 1 : frame.rowCount
    let row = ExtractedColumns(fields.map(\.type), capacity: rowCount)
    let bytes = BytesSlots(texts)
    for number in 0..<rowCount {
      for slot in texts.slots(ofRow: number) {
        guard let bytes else { break }
        do {
          try extract(bytes[slot], into: row)
        } catch {
          frame.warnings.evaluationFailed(at: frame.origin, detail: error.detail)
        }
      }
      row.endRow()
    }
    return row.finish().map { $0.spread(over: frame.rowCount, isConstant: texts.isConstant) }
  }
}

/// Columns that grow a row at a time, each by any number of values.
final class ExtractedColumns {
  private let builders: [ColumnBuilder]
  private var counts: [Int]

  init(_ types: [DataType], capacity: Int) {
    builders = types.map { ColumnBuilder(type: $0, capacity: capacity) }
    counts = types.map { _ in 0 }
  }

  func append(_ value: UnsafeBufferPointer<UInt8>, to field: Int) {
    builders[field].bytes.append(value)
    counts[field] += 1
  }

  func append(_ value: Int64, to field: Int) {
    builders[field].longs.append(value)
    counts[field] += 1
  }

  func append(_ value: Double, to field: Int) {
    builders[field].doubles.append(value)
    counts[field] += 1
  }

  func append(_ value: Bool, to field: Int) {
    builders[field].booleans.append(value ? 1 : 0)
    counts[field] += 1
  }

  func endRow() {
    for index in builders.indices {
      builders[index].endRow(valueCount: counts[index])
      counts[index] = 0
    }
  }

  func finish() -> [Column] { builders.map { $0.finish() } }
}
