/// A view of one index at one moment: what a query reads.
public struct IndexSnapshot: Sendable {
  public var definition: IndexDefinition
  public var segments: [SegmentView]

  public init(definition: IndexDefinition, segments: [SegmentView]) {
    self.definition = definition
    self.segments = segments
  }

  /// Documents that are not deleted.
  public var documentCount: Int { segments.reduce(0) { $0 + $1.liveCount } }
}

/// A segment and which of its rows still stand.
public struct SegmentView: Sendable {
  public var segment: Segment
  /// A bit a row, set where the document was deleted or replaced; nil where all stand.
  public var deleted: Bitmap?

  /// Names the segment within its index, for ever.
  public var generation: UInt64

  public init(segment: Segment, deleted: Bitmap? = nil, generation: UInt64 = 0) {
    self.segment = segment
    self.deleted = deleted
    self.generation = generation
  }

  public var liveCount: Int { segment.rowCount - (deleted?.setCount ?? 0) }
}
