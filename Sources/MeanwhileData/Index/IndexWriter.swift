import Meanwhile
import Synchronization

/// One index: its definition, its segments, and the documents that are not in a segment yet. Both stores are built on it.
///
/// Calls may come from several threads; each takes the index for its length, which for a write is the time to read the batch's documents. A batch is one
/// call, so no document pays for the hop. Snapshots share what they see and cost nothing but a list of segments.
///
/// A store with a write-ahead log gives ``write(_:journal:)`` a journal: it is called while the index is held, so that records come in the order of
/// their effects, and must only queue the record. To restart, it makes a writer of the segments it had kept, and replays the records behind them.
public final class IndexWriter: Sendable {
  struct State {
    var definition: IndexDefinition
    var builder: SegmentBuilder
    var segments: [LiveSegment] = []
    /// What snapshots see.
    var published: [SegmentView] = []
    var nextSequenceNumber: Int64 = 0
    var nextGeneration: UInt64 = 1
    /// Versions of documents deleted a while ago at most, so that writing one again goes on counting.
    var tombstones: [String: Tombstone] = [:]
    /// When the oldest write that snapshots do not see yet came; nanoseconds of uptime.
    var unpublishedSince: UInt64?
    var isMerging = false
  }

  struct Tombstone {
    var version: Int64
    var at: UInt64
  }

  let state: Mutex<State>
  let time: any TimeSource
  let random: any RandomSource

  /// The longest that a write stays unseen by new snapshots with no refresh asked for (Elasticsearch's `index.refresh_interval`).
  public static let refreshIntervalNanoseconds: UInt64 = 1_000_000_000
  /// How long the version of a deleted document is remembered (Elasticsearch's `index.gc_deletes`).
  static let tombstoneNanoseconds: UInt64 = 60_000_000_000

  /// - Parameters:
  ///   - segments: what a store kept of the index, with the generations that the writer had given out.
  ///   - nextSequenceNumber: one more than the highest that was ever given out.
  /// - Throws: ``APIError`` (400) where the mapping makes no sense.
  public init(
    _ definition: IndexDefinition, segments: [KeptSegment] = [], nextSequenceNumber: Int64 = 0, time: any TimeSource = SystemTimeSource(),
    random: any RandomSource = SystemRandomSource()
  ) throws(APIError) {
    var state = State(definition: definition, builder: try SegmentBuilder(mapping: definition.mapping))
    state.segments = segments.map { LiveSegment(generation: $0.generation, segment: $0.segment, deleted: $0.deleted) }
    state.nextSequenceNumber = nextSequenceNumber
    state.nextGeneration = (segments.map(\.generation).max() ?? 0) + 1
    state.publish()
    self.state = Mutex(state)
    self.time = time
    self.random = random
  }

  /// A segment as a store keeps it.
  public struct KeptSegment: Sendable {
    /// Names the segment within its index, for ever.
    public var generation: UInt64
    public var segment: Segment
    /// Rows deleted up to now.
    public var deleted: Bitmap?

    public init(generation: UInt64, segment: Segment, deleted: Bitmap?) {
      self.generation = generation
      self.segment = segment
      self.deleted = deleted
    }
  }

  // MARK: Reading

  public var definition: IndexDefinition { state.withLock { $0.definition } }

  public var summary: IndexSummary {
    state.withLock { state in
      IndexSummary(
        definition: state.definition, documentCount: state.published.reduce(0) { $0 + $1.liveCount },
        deletedCount: state.published.reduce(0) { $0 + $1.segment.rowCount - $1.liveCount },
        byteCount: state.segments.reduce(state.builder.sourceByteCount) { $0 + $1.segment.byteCount })
    }
  }

  /// A consistent view of all that was refreshed, and of all that was written before ``refreshIntervalNanoseconds``.
  public func snapshot() -> IndexSnapshot {
    let now = time.uptimeNanoseconds()
    return state.withLock { state in
      if let since = state.unpublishedSince, now >= since, now - since >= Self.refreshIntervalNanoseconds { state.refresh(now: now) }
      return IndexSnapshot(definition: state.definition, segments: state.published)
    }
  }

  /// The newest version of a document, seen by snapshots or not.
  ///
  /// - Throws: ``APIError`` (500) where a segment is damaged.
  public func document(_ id: String) throws -> StoredDocument? {
    try state.withLock { state in
      var id = id
      return try id.withUTF8 { try state.document($0) }
    }
  }

  // MARK: Refreshing

  /// Makes all that was written visible to later snapshots.
  public func refresh() {
    let now = time.uptimeNanoseconds()
    state.withLock { $0.refresh(now: now) }
  }

  // MARK: Changing the definition

  /// Changes mapping, settings or aliases in one step.
  ///
  /// - Parameters:
  ///   - journal: told the new definition while the index is held.
  ///   - change: makes the new definition of the current one, or throws to refuse.
  public func updateDefinition(
    journal: (@Sendable (IndexDefinition) -> Void)? = nil, _ change: @Sendable (inout IndexDefinition) throws -> Void
  ) throws {
    let now = time.uptimeNanoseconds()
    try state.withLock { state in
      var changed = state.definition
      try change(&changed)
      guard changed != state.definition else { return }
      if changed.mapping != state.definition.mapping {
        // Writers read their field's parameters when they are made, so documents under the old mapping are cut off first.
        let builder = try SegmentBuilder(mapping: changed.mapping)
        if !state.builder.isEmpty { state.refresh(now: now) }
        state.builder = builder
      }
      state.definition = changed
      journal?(changed)
    }
  }
}

extension IndexWriter.State {
  mutating func publish() {
    published = segments.indices.map { segments[$0].publish() }
    unpublishedSince = nil
  }

  mutating func refresh(now: UInt64) {
    seal()
    segments.removeAll { $0.liveCount == 0 && $0.segment.rowCount > 0 }
    publish()
    tombstones = tombstones.filter { now < $0.value.at || now - $0.value.at < IndexWriter.tombstoneNanoseconds }
  }

  /// Cuts the documents that are in no segment into one.
  private mutating func seal() {
    // A mapping that was compiled once compiles again.
    guard !builder.isEmpty, let next = try? SegmentBuilder(mapping: definition.mapping) else { return }
    var sealed = LiveSegment(generation: nextGeneration, segment: builder.finish())
    for row in builder.deletedRows { sealed.delete(row) }
    nextGeneration += 1
    segments.append(sealed)
    builder = next
  }

  // MARK: Finding documents

  enum Place {
    case builder(row: Int)
    case segment(index: Int, row: Int)
  }

  /// Where the newest version of a document is; nil where there is none, or it is deleted.
  mutating func find(_ id: UnsafeBufferPointer<UInt8>) throws -> Place? {
    if let row = builder.row(of: id) { return builder.isDeleted(row: row) ? nil : .builder(row: row) }
    for index in segments.indices.reversed() {
      if let row = try segments[index].segment.row(ofID: id), !segments[index].isDeleted(row) { return .segment(index: index, row: row) }
    }
    return nil
  }

  func numbers(at place: Place) throws -> (version: Int64, sequenceNumber: Int64) {
    switch place {
    case .builder(let row): return (builder.version(ofRow: row), builder.sequenceNumber(ofRow: row))
    case .segment(let index, let row):
      let segment = segments[index].segment
      guard case .longs(let versions)? = try segment.column(MetadataField.version)?.values,
        case .longs(let numbers)? = try segment.column(MetadataField.sequenceNumber)?.values
      else { throw APIError.internalFailure("a segment lacks its versions") }
      return (versions[row], numbers[row])
    }
  }

  mutating func document(_ id: UnsafeBufferPointer<UInt8>) throws -> StoredDocument? {
    guard let place = try find(id) else { return nil }
    let numbers = try numbers(at: place)
    let source: [UInt8]
    switch place {
    case .builder(let row): source = Array(builder.source(ofRow: row))
    case .segment(let index, let row):
      source = try segments[index].segment.source(ofRow: row)
    }
    return StoredDocument(
      id: String(decoding: id, as: UTF8.self), version: numbers.version, sequenceNumber: numbers.sequenceNumber, source: source)
  }

  mutating func delete(at place: Place) {
    switch place {
    case .builder(let row): builder.delete(row: row)
    case .segment(let index, let row): segments[index].delete(row)
    }
  }
}
