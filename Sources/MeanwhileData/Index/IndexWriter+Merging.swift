import Meanwhile
import Synchronization

/// When segments become one: as soon as ``segmentsPerTier`` are of about one size, or one is mostly deleted.
public struct MergePolicy: Sendable {
  /// So many segments of one size class are merged into one.
  public var segmentsPerTier = 8
  /// A segment with a larger share of deleted rows is rewritten.
  public var deletedShareMax = 0.5
  /// Merged segments hold at most so many bytes of columns, well below what 32-bit offsets reach.
  public var byteCountMax = 1 << 30

  public init() {}

  /// Segments below this many rows are of one class.
  static let smallestTierRows = 1_024

  /// Which segments to merge; empty for none.
  func choose(_ segments: [LiveSegment]) -> [LiveSegment] {
    if let wasteful = segments.first(where: { Double($0.deletedCount) > deletedShareMax * Double($0.segment.rowCount) }) {
      return [wasteful]
    }
    var tiers: [Int: [LiveSegment]] = [:]
    for segment in segments {
      let size = max(Self.smallestTierRows, segment.segment.rowCount)
      // A class spans a factor of eight.
      tiers[(Int.bitWidth - size.leadingZeroBitCount) / 3, default: []].append(segment)
    }
    for (_, members) in tiers.sorted(by: { $0.key < $1.key }) where members.count >= segmentsPerTier {
      let chosen = Array(members.prefix(segmentsPerTier))
      if chosen.reduce(0, { $0 + $1.segment.byteCount }) <= byteCountMax { return chosen }
    }
    return []
  }
}

extension IndexWriter {
  /// Merges segments if the policy finds some worth it. Readers and writers go on meanwhile; of several calls at a time, one works.
  ///
  /// - Returns: whether it merged; there may be more to do then.
  /// - Throws: ``APIError`` (500) where a segment is damaged; nothing has changed then.
  @discardableResult
  public func merge(_ policy: MergePolicy = MergePolicy()) throws -> Bool {
    let chosen = state.withLock { state -> [LiveSegment] in
      guard !state.isMerging else { return [] }
      let chosen = policy.choose(state.segments)
      state.isMerging = !chosen.isEmpty
      return chosen
    }
    guard !chosen.isEmpty else { return false }
    do {
      let merger = try SegmentMerger(
        chosen.map { SegmentView(segment: $0.segment, deleted: $0.deleted) }, analyzers: definition.mapping.analyzers)
      let now = time.uptimeNanoseconds()
      state.withLock { $0.replace(chosen, with: merger, now: now) }
      return true
    } catch {
      state.withLock { $0.isMerging = false }
      throw error
    }
  }
}

extension IndexWriter.State {
  mutating func replace(_ merged: [LiveSegment], with merger: SegmentMerger, now: UInt64) {
    isMerging = false
    let generations = Set(merged.map(\.generation))
    guard let first = segments.firstIndex(where: { generations.contains($0.generation) }) else { return }
    var made = LiveSegment(generation: nextGeneration, segment: merger.segment)
    nextGeneration += 1
    // Deletes that came while merging.
    for (old, rows) in zip(merged, merger.rows) {
      guard let current = segments.first(where: { $0.generation == old.generation }), current.deletedCount > old.deletedCount else {
        continue
      }
      for (row, target) in rows.enumerated() where target >= 0 && current.isDeleted(row) { made.delete(Int(target)) }
    }
    segments[first] = made
    segments.removeAll { generations.contains($0.generation) }
    // The merged segment lacks rows whose replacement may still be unseen, so both become visible at once.
    refresh(now: now)
  }
}
