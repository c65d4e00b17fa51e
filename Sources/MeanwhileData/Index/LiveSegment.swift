/// A segment of an index, with what has been deleted from it since: the writer's view, ahead of what snapshots see.
struct LiveSegment {
  /// Names the segment within its index, for ever.
  let generation: UInt64
  var segment: Segment
  /// A bit a row; empty while nothing is deleted.
  private(set) var deletedWords: [UInt64] = []
  private(set) var deletedCount = 0
  /// What snapshots see of the above; made anew when it is published.
  private var published: Bitmap?
  private var hasUnpublished = false

  init(generation: UInt64, segment: Segment, deleted: Bitmap? = nil) {
    self.generation = generation
    self.segment = segment
    guard let deleted else { return }
    deletedWords = Array(deleted.words.buffer.prefix((segment.rowCount + 63) / 64))
    deletedCount = deleted.setCount
    hasUnpublished = true
  }

  func isDeleted(_ row: Int) -> Bool { !deletedWords.isEmpty && deletedWords[row >> 6] & (1 << UInt64(row & 63)) != 0 }

  mutating func delete(_ row: Int) {
    if deletedWords.isEmpty { deletedWords = [UInt64](repeating: 0, count: (segment.rowCount + 63) / 64) }
    guard !isDeleted(row) else { return }
    deletedWords[row >> 6] |= 1 << UInt64(row & 63)
    deletedCount += 1
    hasUnpublished = true
  }

  /// All that is deleted up to now.
  var deleted: Bitmap? {
    deletedCount == 0 ? nil : Bitmap(words: Vector(deletedWords), count: segment.rowCount)
  }

  /// The view that snapshots get from now on.
  mutating func publish() -> SegmentView {
    if hasUnpublished {
      published = deleted
      hasUnpublished = false
    }
    return SegmentView(segment: segment, deleted: published, generation: generation)
  }

  var liveCount: Int { segment.rowCount - deletedCount }
}
