/// Notes where in a document the values are that its columns have too, and keeps the rest of it: its shape.
///
/// Documents of one kind have one shape, the bytes between their values, so a segment holds few of them; and of a document only which shape it has, and the values that no column
/// gives back as they were written. See ``StoredSources`` for the layout.
///
/// ``note(_:from:to:field:)`` is called while a document is read, ``finish(_:row:fields:)`` once it is accepted, ``forget()`` where it is refused.
final class SourceRecorder {
  private struct Hole: BitwiseCopyable {
    var start: UInt32
    var end: UInt32
    var field: UInt32
    var kind: UInt8
  }

  private let holes = VectorBuilder<Hole>()
  private let shape = VectorBuilder<UInt8>(capacity: 256)
  let collected = SourceCollector()
  /// For whoever has to build a value to compare it.
  let scratch = VectorBuilder<UInt8>(capacity: 32)

  @inline(__always)
  func note(_ kind: SourceHole, from start: Int, to end: Int, field: Int = 0) {
    holes.append(
      Hole(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end), field: UInt32(truncatingIfNeeded: field),
        kind: kind.rawValue))
  }

  func forget() { holes.truncate(to: 0) }

  /// Takes a document whose values are in the columns.
  func finish(_ source: UnsafeBufferPointer<UInt8>, row: Int, fields: [FieldWriter]) {
    shape.truncate(to: 0)
    var last = 0
    for hole in holes.buffer {
      let range = Int(hole.start)..<Int(hole.end)
      shape.append(contentsOf: UnsafeBufferPointer(rebasing: source[last..<range.lowerBound]))
      shape.append(SourceHole.mark)
      last = range.upperBound
      // Of several values, which a copied field may have, the column does not say which was whose.
      guard hole.kind != SourceHole.verbatim.rawValue, fields[Int(hole.field)].column.hasOneValue(inNewestRow: row) else {
        shape.append(SourceHole.verbatim.rawValue)
        collected.appendVerbatim(UnsafeBufferPointer(rebasing: source[range]))
        continue
      }
      shape.append(hole.kind)
      fields[Int(hole.field)].pathBytes.withUnsafeBufferPointer { shape.append(contentsOf: $0) }
      shape.append(SourceHole.mark)
    }
    shape.append(contentsOf: UnsafeBufferPointer(rebasing: source[last...]))
    collected.end(shape: shape.buffer, whole: source)
    holes.truncate(to: 0)
  }
}

/// Collects documents as shapes and what stands in their holes.
final class SourceCollector {
  private let shapes = ByteStringTable()
  private let shapeNumbers = VectorBuilder<UInt32>()
  private let verbatim = BytesVectorBuilder()

  /// Documents of ever new shapes are kept whole.
  private static let shapesMax = 1_024

  init() {
    [SourceHole.mark, SourceHole.verbatim.rawValue].withUnsafeBufferPointer { _ = shapes.ordinal(of: $0) }
  }

  /// Bytes held for documents.
  var byteCount: Int { verbatim.bytes.count + shapeNumbers.count * 4 }

  /// Adds a value to the document that is under way: its length, seven bits a byte, and its bytes.
  func appendVerbatim(_ bytes: UnsafeBufferPointer<UInt8>) {
    var rest = bytes.count
    while rest >= 0x80 {
      verbatim.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    verbatim.bytes.append(UInt8(truncatingIfNeeded: rest))
    verbatim.bytes.append(contentsOf: bytes)
  }

  /// Ends a document.
  ///
  /// - Parameter whole: the document, for the case that there are too many shapes.
  func end(shape: UnsafeBufferPointer<UInt8>, whole: UnsafeBufferPointer<UInt8>) {
    if shapes.count < Self.shapesMax {
      shapeNumbers.append(shapes.ordinal(of: shape))
    } else if let known = shapes.find(shape) {
      shapeNumbers.append(UInt32(truncatingIfNeeded: known))
    } else {
      verbatim.bytes.truncate(to: Int(verbatim.offsets[verbatim.count]))
      appendVerbatim(whole)
      shapeNumbers.append(0)
    }
    verbatim.endValue()
  }

  /// Adds a document as another collection has it, where the columns have the same values.
  func append(shape: UnsafeBufferPointer<UInt8>, verbatim bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard shapes.count < Self.shapesMax || shapes.find(shape) != nil else { return false }
    shapeNumbers.append(shapes.ordinal(of: shape))
    verbatim.append(bytes)
    return true
  }

  /// Adds a document whole.
  func append(whole: UnsafeBufferPointer<UInt8>) {
    appendVerbatim(whole)
    shapeNumbers.append(0)
    verbatim.endValue()
  }

  func finish() -> StoredSources {
    StoredSources(shapeNumbers: shapeNumbers.finish(), shapes: shapes.strings.finish(), verbatim: verbatim.finish())
  }
}
