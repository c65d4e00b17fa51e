import Meanwhile

/// One write to an index: an item of a bulk request, or a document API's call.
public struct DocumentWrite: Sendable {
  public enum Operation: Sendable, Hashable {
    /// Adds or replaces.
    case index
    /// Adds; a document that exists is a 409.
    case create
    case delete
  }

  public var operation: Operation
  /// Nil: the store makes one.
  public var id: String?
  /// The document, one JSON object, as it came; empty for a delete. A slice, so that the writes of a bulk body share its memory.
  public var source: ArraySlice<UInt8>
  /// Optimistic concurrency: the write is a 409 unless the document has this sequence number.
  public var ifSequenceNumber: Int64?

  public init(operation: Operation, id: String?, source: ArraySlice<UInt8> = [], ifSequenceNumber: Int64? = nil) {
    self.operation = operation
    self.id = id
    self.source = source
    self.ifSequenceNumber = ifSequenceNumber
  }

  public init(operation: Operation, id: String?, source: [UInt8], ifSequenceNumber: Int64? = nil) {
    self.init(operation: operation, id: id, source: source[...], ifSequenceNumber: ifSequenceNumber)
  }
}

/// What became of one write.
public struct DocumentWriteResult: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    case created
    case updated
    case deleted
    /// A delete of a document that was not there.
    case notFound
    case failed(APIError)
  }

  public var outcome: Outcome
  public var id: String
  public var version: Int64
  public var sequenceNumber: Int64

  public init(outcome: Outcome, id: String, version: Int64, sequenceNumber: Int64) {
    self.outcome = outcome
    self.id = id
    self.version = version
    self.sequenceNumber = sequenceNumber
  }
}

/// A document as it was stored.
public struct StoredDocument: Sendable, Hashable {
  public var id: String
  public var version: Int64
  public var sequenceNumber: Int64
  public var source: [UInt8]

  public init(id: String, version: Int64, sequenceNumber: Int64, source: [UInt8]) {
    self.id = id
    self.version = version
    self.sequenceNumber = sequenceNumber
    self.source = source
  }
}
