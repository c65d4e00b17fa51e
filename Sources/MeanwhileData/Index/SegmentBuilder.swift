import Meanwhile

/// The newest documents of an index on their way into a ``Segment``: columns that grow as documents are read.
///
/// Not for use from two threads. ``rowCountMax`` and ``byteCountMax`` say when to cut.
final class SegmentBuilder {
  private var tree: FieldTree
  private let ids = BytesVectorBuilder()
  /// As they came: a slice shares the memory of the request it came in, where a copy would have to be made room for.
  private var sources: [ArraySlice<UInt8>] = []
  /// Bytes of documents.
  private(set) var sourceByteCount = 0
  private let versions = VectorBuilder<Int64>()
  private let sequenceNumbers = VectorBuilder<Int64>()
  private var ignored = ColumnAccumulator(type: .keyword)
  private let scratch = VectorBuilder<UInt8>()
  private let recorder = SourceRecorder()
  private var objectNumber = 0
  /// Rows by id: row plus one, open addressing, at most half full.
  private var slots = VectorBuilder<UInt32>()
  /// Rows that ``slots`` has: nobody asks for the ids of a load that has none of its own.
  private var rowsInSlots = 0
  /// Rows that were replaced or deleted.
  private(set) var deletedRows: Set<Int> = []

  static let rowCountMax = 4 << 20
  /// Well below what 32-bit offsets reach, since a document may be 100 MB long and be copied into several fields.
  static let byteCountMax = 256 << 20

  /// - Throws: ``APIError`` where a field's parameters make no sense.
  init(mapping: Mapping) throws(APIError) {
    tree = try FieldTree(mapping)
    slots.append(repeating: 0, count: 64)
  }

  var rowCount: Int { versions.count }
  var isEmpty: Bool { rowCount == 0 }
  var isFull: Bool { rowCount >= Self.rowCountMax || sourceByteCount >= Self.byteCountMax }

  /// Goes on under a mapping that has more fields.
  func adopt(_ mapping: Mapping) throws(APIError) {
    tree = try FieldTree(mapping, keeping: tree.writers)
  }

  /// Reads a document into a new row.
  ///
  /// - Parameter kept: the same bytes, to be read back before there is a segment.
  /// - Returns: the row.
  /// - Throws: why the document is refused; then nothing of it is left.
  func add(
    _ source: UnsafeBufferPointer<UInt8>, kept: ArraySlice<UInt8> = [], id: UnsafeBufferPointer<UInt8>, version: Int64,
    sequenceNumber: Int64, skipsUnmapped: Bool
  ) throws(DocumentFault) -> Int {
    let row = rowCount
    do {
      objectNumber = try DocumentReader.read(
        source, into: tree, row: row, ignored: ignored, scratch: scratch, objectNumber: objectNumber, skipsUnmapped: skipsUnmapped,
        recorder: recorder)
    } catch {
      recorder.forget()
      for writer in tree.writers.values {
        writer.column.discard(row: row)
        writer.hasIgnored = false
      }
      ignored.discard(row: row)
      // Objects of the refused document had numbers too.
      objectNumber += source.count
      throw error
    }
    recorder.finish(source, row: row, fields: tree.fields)
    ids.append(id)
    sources.append(kept)
    sourceByteCount += source.count
    versions.append(version)
    sequenceNumbers.append(sequenceNumber)
    return row
  }

  // MARK: Reading back

  /// The newest row of an id.
  func row(of id: UnsafeBufferPointer<UInt8>) -> Int? {
    if rowsInSlots < rowCount { catchUp() }
    let entry = slots[slot(of: id)]
    return entry == 0 ? nil : Int(entry) - 1
  }

  func version(ofRow row: Int) -> Int64 { versions[row] }
  func sequenceNumber(ofRow row: Int) -> Int64 { sequenceNumbers[row] }
  func source(ofRow row: Int) -> ArraySlice<UInt8> { sources[row] }

  /// Marks a row as replaced or deleted.
  func delete(row: Int) {
    deletedRows.insert(row)
  }

  func isDeleted(row: Int) -> Bool { deletedRows.contains(row) }

  private static func string(_ index: Int, of builder: BytesVectorBuilder) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: builder.bytes.buffer[Int(builder.offsets[index])..<Int(builder.offsets[index + 1])])
  }

  /// The slot of an id, or the free one where it would go.
  private func slot(of id: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: BytesHash.hash(id)) & mask
    while slots[slot] != 0, !ByteOrder.isEqual(Self.string(Int(slots[slot]) - 1, of: ids), id) { slot = (slot + 1) & mask }
    return slot
  }

  private func catchUp() {
    if rowCount * 2 > slots.count {
      var size = slots.count
      while size < rowCount * 4 { size *= 2 }
      slots = VectorBuilder(capacity: size)
      slots.append(repeating: 0, count: size)
      rowsInSlots = 0
    }
    for row in rowsInSlots..<rowCount { slots[slot(of: Self.string(row, of: ids))] = UInt32(truncatingIfNeeded: row) + 1 }
    rowsInSlots = rowCount
  }

  // MARK: Finishing

  /// The segment. The builder must not be used afterwards.
  func finish() -> Segment {
    var columns = SegmentColumns(rowCount: rowCount)
    for (path, writer) in tree.writers {
      if let constant = writer.constant {
        columns.add(constant: constant, at: path)
      } else if let made = writer.column.finish(rowCount: rowCount) {
        columns.add(made.column, summary: made.summary, at: path)
      }
    }
    if let made = ignored.finish(rowCount: rowCount) { columns.add(made.column, summary: made.summary, at: MetadataField.ignored) }
    columns.addMetadata(
      ids: ids.finish(), sources: recorder.collected.finish(), versions: versions.finish(), sequenceNumbers: sequenceNumbers.finish())
    return columns.segment()
  }
}
