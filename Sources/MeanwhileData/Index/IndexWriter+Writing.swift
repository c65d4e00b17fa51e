import Meanwhile
import Synchronization

extension IndexWriter {
  /// Writes documents in order, each on its own.
  ///
  /// - Parameter journal: given what was changed, with the numbers it got, while the index is held; not called where nothing was.
  /// - Returns: one result a write, in their order.
  public func write(_ batch: [DocumentWrite], journal: (@Sendable (IndexLogRecord) -> Void)? = nil) -> [DocumentWriteResult] {
    let now = time.uptimeNanoseconds()
    return state.withLock { state in
      let first = state.nextSequenceNumber
      var results: [DocumentWriteResult] = []
      results.reserveCapacity(batch.count)
      var ids = DocumentID.Sequence(random)
      for write in batch {
        results.append(state.apply(write, now: now, makeID: { ids.next() }))
        if state.builder.isFull { state.refresh(now: now) }
      }
      if state.nextSequenceNumber != first { journal?(IndexLogRecord(batch, results)) }
      return results
    }
  }

  /// Makes the changes of a log record again, with the numbers that they have there.
  ///
  /// - Throws: ``CorruptData`` where the record cannot be read; ``APIError`` where a change that was once made is refused.
  public func replay(_ record: IndexLogRecord) throws {
    let now = time.uptimeNanoseconds()
    let changes = try record.changes()
    try state.withLock { state in
      for change in changes {
        try state.replay(change, now: now)
        if state.builder.isFull { state.refresh(now: now) }
      }
    }
  }
}

/// Ids that a store makes: 20 characters of URL-safe Base64. The first 16 are 96 random bits of a batch, the others count within it, so that many ids take little room.
public enum DocumentID {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The ids of one batch. Asking the system for each id's bits took a tenth of a load's time.
  struct Sequence {
    private static let countedCharacters = 4
    private var characters: [UInt8]
    private var count: UInt32 = 0
    private let random: any RandomSource
    private let alphabet = DocumentID.alphabet

    init(_ random: some RandomSource) {
      self.random = random
      characters = Self.beginning(random)
    }

    private static func beginning(_ random: some RandomSource) -> [UInt8] {
      Array(DocumentID.text(length: 16) { random.next() }.utf8) + [UInt8](repeating: 0, count: countedCharacters)
    }

    mutating func next() -> String {
      if count >> UInt32(6 * Self.countedCharacters) != 0 { (characters, count) = (Self.beginning(random), 0) }
      var rest = count
      for place in characters.indices.suffix(Self.countedCharacters).reversed() {
        characters[place] = alphabet[Int(rest & 63)]
        rest >>= 6
      }
      count += 1
      return String(decoding: characters, as: UTF8.self)
    }
  }

  /// An index's `uuid`: 22 characters.
  public static func makeIndexUUID(_ random: some RandomSource) -> String { text(length: 22) { random.next() } }

  private static func text(length: Int, _ word: () -> UInt64) -> String {
    String(unsafeUninitializedCapacity: length) { target in
      var bits: UInt64 = 0
      for index in 0..<length {
        if index % 10 == 0 { bits = word() }
        target[index] = alphabet[Int(bits & 63)]
        bits >>= 6
      }
      return length
    }
  }
}

extension IndexWriter.State {
  /// Longest id in bytes (Elasticsearch's limit).
  static let idByteCountMax = 512

  mutating func apply(_ write: DocumentWrite, now: UInt64, makeID: () -> String) -> DocumentWriteResult {
    var id = write.id ?? makeID()
    let isNew = write.id == nil
    let text = id
    do {
      return try id.withUTF8 { bytes in
        guard bytes.count <= Self.idByteCountMax else {
          throw APIError.illegalArgument("id [\(text)] is too long, must be no longer than 512 bytes but was: \(bytes.count)")
        }
        return try apply(write, id: text, bytes: bytes, isNew: isNew, now: now)
      }
    } catch {
      let problem = (error as? APIError) ?? APIError.internalFailure("a document could not be written")
      return DocumentWriteResult(outcome: .failed(problem), id: text, version: -1, sequenceNumber: -2)
    }
  }

  private mutating func apply(
    _ write: DocumentWrite, id: String, bytes: UnsafeBufferPointer<UInt8>, isNew: Bool, now: UInt64
  ) throws -> DocumentWriteResult {
    // An id of our own making is new for sure.
    let place = isNew ? nil : try find(bytes)
    let current = try place.map { try numbers(at: $0) }
    try checkConflicts(write, id: id, current: current)
    let version = (current?.version ?? (isNew ? nil : tombstones[id]?.version) ?? 0) + 1
    let sequenceNumber = nextSequenceNumber
    if write.operation == .delete {
      if let place { delete(at: place) }
      tombstones[id] = IndexWriter.Tombstone(version: version, at: now)
    } else {
      try add(write.source, id: bytes, idText: id, version: version, sequenceNumber: sequenceNumber)
      if let place { delete(at: place) }
      if !tombstones.isEmpty { tombstones[id] = nil }
    }
    nextSequenceNumber += 1
    if unpublishedSince == nil { unpublishedSince = now }
    let outcome: DocumentWriteResult.Outcome =
      write.operation == .delete ? (place == nil ? .notFound : .deleted) : (place == nil ? .created : .updated)
    return DocumentWriteResult(outcome: outcome, id: id, version: version, sequenceNumber: sequenceNumber)
  }

  mutating func replay(_ change: IndexLogRecord.Change, now: UInt64) throws {
    // What a kept segment has already is not made again.
    guard change.sequenceNumber >= nextSequenceNumber else { return }
    let text = String(decoding: change.id, as: UTF8.self)
    try change.id.withUnsafeBufferPointer { bytes in
      let place = try find(bytes)
      if change.kind == .index {
        try add(change.source, id: bytes, idText: text, version: change.version, sequenceNumber: change.sequenceNumber)
        tombstones[text] = nil
      } else {
        tombstones[text] = IndexWriter.Tombstone(version: change.version, at: now)
      }
      if let place { delete(at: place) }
    }
    nextSequenceNumber = change.sequenceNumber + 1
    if unpublishedSince == nil { unpublishedSince = now }
  }

  private func checkConflicts(_ write: DocumentWrite, id: String, current: (version: Int64, sequenceNumber: Int64)?) throws(APIError) {
    if write.operation == .create, let current {
      throw conflict("[\(id)]: version conflict, document already exists (current version [\(current.version)])")
    }
    guard let wanted = write.ifSequenceNumber, wanted != current?.sequenceNumber else { return }
    throw conflict(
      "[\(id)]: version conflict, required seqNo [\(wanted)], primary term [1]. "
        + (current.map { "current document has seqNo [\($0.sequenceNumber)] and primary term [1]" } ?? "but no document was found"))
  }

  private func conflict(_ reason: String) -> APIError {
    APIError(
      type: "version_conflict_engine_exception", reason: reason, status: 409,
      metadata: ["index_uuid": .string(definition.uuid), "shard": "0", "index": .string(definition.name)])
  }

  /// Reads a document into the builder, and lets the mapping grow where the document has fields that it lacks.
  private mutating func add(
    _ source: ArraySlice<UInt8>, id: UnsafeBufferPointer<UInt8>, idText: String, version: Int64, sequenceNumber: Int64
  ) throws(APIError) {
    var problem: APIError?
    source.withUnsafeBufferPointer { bytes in
      do throws(DocumentFault) {
        _ = try builder.add(bytes, kept: source, id: id, version: version, sequenceNumber: sequenceNumber, skipsUnmapped: false)
      } catch {
        guard case .unmapped = error.reason else {
          problem = error.error(documentID: idText, source: bytes)
          return
        }
        do throws(APIError) {
          try addExtending(bytes, kept: source, id: id, idText: idText, version: version, sequenceNumber: sequenceNumber)
        } catch { problem = error }
      }
    }
    if let problem { throw problem }
  }

  private mutating func addExtending(
    _ source: UnsafeBufferPointer<UInt8>, kept: ArraySlice<UInt8>, id: UnsafeBufferPointer<UInt8>, idText: String, version: Int64,
    sequenceNumber: Int64
  ) throws(APIError) {
    let old = definition.mapping
    if let grown = try Self.extended(definition, by: source) {
      try builder.adopt(grown)
      definition.mapping = grown
    }
    do throws(DocumentFault) {
      _ = try builder.add(source, kept: kept, id: id, version: version, sequenceNumber: sequenceNumber, skipsUnmapped: true)
    } catch {
      // A refused document leaves nothing behind, fields neither.
      definition.mapping = old
      try builder.adopt(old)
      throw error.error(documentID: idText, source: source)
    }
  }

  private static func extended(_ definition: IndexDefinition, by source: UnsafeBufferPointer<UInt8>) throws(APIError) -> Mapping? {
    // A document that is no JSON is refused by its second reading, with the place.
    guard case .object(let object)? = try? JSONValue.parse(source, depthMax: JSONCursor.depthMax),
      let grown = try definition.mapping.extended(for: object)
    else { return nil }
    try grown.checkLimits(settings: definition.settings, adding: grown.fieldCount - definition.mapping.fieldCount)
    return grown
  }
}
