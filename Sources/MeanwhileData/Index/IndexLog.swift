import Meanwhile

/// What a store with a write-ahead log writes there for a batch: every change that was made, with the numbers it got.
///
/// The bytes are the record's payload; framing, checksum and order in the log are the store's. Replaying records in the order they were made, onto an
/// index that holds what came before them, gives the same documents, versions and mapping.
public struct IndexLogRecord: Sendable {
  private enum Form {
    /// A batch that was just written: its bytes are made when the log takes them, so that the index is not held for that long.
    case batch([DocumentWrite], [DocumentWriteResult])
    case bytes(ArraySlice<UInt8>)
  }

  private let form: Form

  /// - Parameter bytes: what ``append(to:)`` wrote.
  public init(bytes: ArraySlice<UInt8>) { form = .bytes(bytes) }

  /// - Parameter results: of each write; one that failed changed nothing.
  init(_ batch: [DocumentWrite], _ results: [DocumentWriteResult]) { form = .batch(batch, results) }

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

  /// About how many bytes it takes.
  public var byteCount: Int {
    switch form {
    case .batch(let batch, _): batch.reduce(0) { $0 + $1.source.count + 48 }
    case .bytes(let bytes): bytes.count
    }
  }

  /// Writes its bytes.
  package func append(to writer: inout ByteWriter) {
    switch form {
    case .bytes(let bytes): bytes.withUnsafeBytes { writer.append(contentsOf: $0) }
    case .batch(let batch, let results):
      for (write, result) in zip(batch, results) {
        if case .failed = result.outcome { continue }
        let kind = write.operation == .delete ? Change.Kind.delete : .index
        writer.append(kind.rawValue)
        writer.append(result.version)
        writer.append(result.sequenceNumber)
        writer.append(result.id, length: UInt32.self)
        writer.append(prefixed: kind == .delete ? [] : write.source, length: UInt32.self)
      }
    }
  }

  /// The changes in order.
  ///
  /// - Throws: ``CorruptData`` where the bytes are not such a record.
  func changes() throws(CorruptData) -> [Change] {
    var writer = ByteWriter(capacity: 0)
    let bytes: ArraySlice<UInt8>
    if case .bytes(let known) = form {
      bytes = known
    } else {
      append(to: &writer)
      bytes = writer.bytes[...]
    }
    var reader = ByteReader(bytes)
    var changes: [Change] = []
    while !reader.isAtEnd {
      guard let kind = Change.Kind(rawValue: try reader.number()) else { throw CorruptData("unknown kind of change") }
      changes.append(
        Change(
          kind: kind, version: try reader.number(), sequenceNumber: try reader.number(), id: try reader.prefixed(length: UInt32.self),
          source: try reader.prefixed(length: UInt32.self)))
    }
    return changes
  }
}
