/// What a store with a write-ahead log writes there for a batch: every change that was made, with the numbers it got.
///
/// The bytes are the record's payload; framing, checksum and order in the log are the store's. Replaying records in the order they were made, onto an
/// index that holds what came before them, gives the same documents, versions and mapping.
public struct IndexLogRecord: Sendable {
  public let bytes: [UInt8]

  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// One change.
  struct Change {
    enum Kind: UInt8 {
      case index = 1
      case delete = 2
    }

    var kind: Kind
    var version: Int64
    var sequenceNumber: Int64
    var id: ArraySlice<UInt8>
    var source: ArraySlice<UInt8>
  }

  /// The changes in order.
  ///
  /// - Throws: ``CorruptData`` where the bytes are not such a record.
  func changes() throws(CorruptData) -> [Change] {
    var reader = ByteReader(bytes[...])
    var changes: [Change] = []
    while !reader.isAtEnd {
      guard let kind = Change.Kind(rawValue: try reader.byte()) else { throw CorruptData("unknown kind of change") }
      changes.append(
        Change(
          kind: kind, version: try reader.long(), sequenceNumber: try reader.long(), id: try reader.run(), source: try reader.run()))
    }
    return changes
  }
}

/// Builds an ``IndexLogRecord`` change by change.
struct IndexLogBuilder {
  private var writer: ByteWriter

  /// - Parameter capacity: bytes to make room for.
  init(capacity: Int = 0) { writer = ByteWriter(capacity: capacity) }

  mutating func append(
    _ kind: IndexLogRecord.Change.Kind, id: UnsafeBufferPointer<UInt8>, version: Int64, sequenceNumber: Int64,
    source: UnsafeBufferPointer<UInt8>
  ) {
    writer.byte(kind.rawValue)
    writer.long(version)
    writer.long(sequenceNumber)
    writer.run(id)
    writer.run(source)
  }

  var isEmpty: Bool { writer.bytes.isEmpty }
  var record: IndexLogRecord { IndexLogRecord(bytes: writer.bytes) }
}

/// Bytes that are not what they should be: said by whoever reads them, placed and named by whoever knows the file.
public struct CorruptData: Error, Sendable, Hashable {
  public var reason: String
  /// Where, in bytes from the start of what was read; nil where it is about the whole.
  public var offset: Int?

  public init(_ reason: String, offset: Int? = nil) {
    self.reason = reason
    self.offset = offset
  }
}
