import Meanwhile

/// The documents of a segment: for each its shape, and what stands in the shape's holes where no column has it.
///
/// A shape is the document's bytes with holes in them. A hole is a ``SourceHole/mark``, a byte that is a ``SourceHole``, and unless it is `verbatim` the field's path and another
/// mark. Shape 0 is one hole that holds all. What holes hold verbatim lies one behind another, each with its length before it.
struct StoredSources: Sendable {
  /// Of each row; nil where every document is kept whole and with no length before it, as format versions 1 and 2 had it.
  var shapeNumbers: Vector<UInt32>?
  var shapes: BytesVector
  /// What each row has in its verbatim holes.
  var verbatim: BytesVector

  init(shapeNumbers: Vector<UInt32>?, shapes: BytesVector, verbatim: BytesVector) {
    self.shapeNumbers = shapeNumbers
    self.shapes = shapes
    self.verbatim = verbatim
  }

  /// Documents as they are.
  init(whole documents: BytesVector) {
    self.init(shapeNumbers: nil, shapes: .empty, verbatim: documents)
  }

  var rowCount: Int { verbatim.count }

  /// The same for documents that are kept whole, in the form that has shapes.
  var lengthPrefixed: StoredSources {
    let collector = SourceCollector()
    for row in 0..<rowCount { collector.append(whole: verbatim[row]) }
    return collector.finish()
  }

  /// What a segment knows of its documents beforehand.
  var summary: Segment.FieldSummary {
    var summary = Segment.FieldSummary(type: .source, rowsWithValue: rowCount, valueCount: rowCount)
    summary.byteCount = byteCount
    return summary
  }

  var byteCount: Int { verbatim.bytes.count + verbatim.offsets.byteCount + shapes.bytes.count + (shapeNumbers?.byteCount ?? 0) }
}

/// Gives back the documents of a segment, byte by byte as they came.
///
/// A reader remembers the shapes and columns that it met, so a loop over rows uses one.
public struct SourceReader {
  private let sources: StoredSources
  private let column: (String) throws -> Column?
  private var shapes: [Int: [Piece]] = [:]
  private var columns: [String: Column] = [:]

  private enum Piece {
    case bytes(Range<Int>)
    case verbatim
    case hole(SourceHole, Column)
  }

  /// - Parameter column: gives the columns of the same segment.
  init(_ sources: StoredSources, column: @escaping (String) throws -> Column?) {
    self.sources = sources
    self.column = column
  }

  /// Appends a document.
  ///
  /// - Throws: ``APIError`` (500) where the segment is damaged.
  public mutating func append(row: Int, to out: VectorBuilder<UInt8>) throws {
    do { try rebuild(row: row, to: out) } catch let error as CorruptData {
      throw APIError.internalFailure("a document cannot be read back: \(error.reason)")
    }
  }

  private mutating func rebuild(row: Int, to out: VectorBuilder<UInt8>) throws {
    guard row < sources.rowCount else { throw CorruptData("a document that is not there") }
    let kept = sources.verbatim[row]
    guard let numbers = sources.shapeNumbers else { return out.append(contentsOf: kept) }
    var at = 0
    for piece in try pieces(ofShape: Int(numbers[row])) {
      switch piece {
      case .bytes(let range): out.append(contentsOf: UnsafeBufferPointer(rebasing: sources.shapes.bytes.buffer[range]))
      case .hole(let hole, let column): try hole.append(column, row: row, to: out)
      case .verbatim:
        let length = try Self.length(kept, &at)
        out.append(contentsOf: UnsafeBufferPointer(rebasing: kept[at..<at + length]))
        at += length
      }
    }
  }

  private static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(CorruptData) -> Int {
    var length = 0
    var shift = 0
    while at < bytes.count, shift < 35 {
      let byte = bytes[at]
      at += 1
      length |= Int(byte & 0x7F) << shift
      shift += 7
      guard byte < 0x80 else { continue }
      guard length <= bytes.count - at else { break }
      return length
    }
    throw CorruptData("a part of a document is cut off")
  }

  // MARK: Shapes

  private mutating func pieces(ofShape number: Int) throws -> [Piece] {
    if let known = shapes[number] { return known }
    guard number < sources.shapes.count else { throw CorruptData("a shape that is not there") }
    let all = sources.shapes.bytes.buffer
    let range = Int(sources.shapes.offsets[number])..<Int(sources.shapes.offsets[number + 1])
    var pieces: [Piece] = []
    var at = range.lowerBound
    while at < range.upperBound {
      let mark = all[at..<range.upperBound].firstIndex(of: SourceHole.mark) ?? range.upperBound
      if mark > at { pieces.append(.bytes(at..<mark)) }
      at = mark + 2
      guard mark < range.upperBound else { break }
      guard mark + 1 < range.upperBound, let hole = SourceHole(rawValue: all[mark + 1]) else {
        throw CorruptData("a shape with a broken hole")
      }
      guard hole != .verbatim else {
        pieces.append(.verbatim)
        continue
      }
      guard let end = all[at..<range.upperBound].firstIndex(of: SourceHole.mark) else {
        throw CorruptData("a shape with a broken hole")
      }
      pieces.append(.hole(hole, try column(of: String(decoding: all[at..<end], as: UTF8.self))))
      at = end + 1
    }
    shapes[number] = pieces
    return pieces
  }

  private mutating func column(of path: String) throws -> Column {
    if let known = columns[path] { return known }
    guard let found = try column(path) else { throw CorruptData("a document's field [\(path)] has no column") }
    columns[path] = found
    return found
  }
}
