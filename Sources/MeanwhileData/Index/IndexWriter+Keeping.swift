import Meanwhile
import Synchronization

/// What a store that keeps its indices in files needs of a writer.
///
/// The way of a flush: ``seal()`` gives all segments up to now and the first sequence number that they lack. The store writes those that it has no file of, then one
/// manifest that names them with their deleted rows and that sequence number, and may then forget log records before it. A segment that was written may be
/// replaced with its mapped file by ``swap(_:generation:)``, which frees its memory.
extension IndexWriter {
  /// All of an index at one moment.
  public struct Checkpoint: Sendable {
    public var definition: IndexDefinition
    public var segments: [KeptSegment]
    /// Every write below this is in the segments, and none above.
    public var nextSequenceNumber: Int64
  }

  /// Cuts what was written into a segment, visible from now on, and gives all there is.
  ///
  /// - Parameter mark: called while the index is held, so that a store can note the end of its log for this very moment.
  public func seal(_ mark: @Sendable () -> Void = {}) -> Checkpoint {
    let now = time.uptimeNanoseconds()
    return state.withLock { state in
      state.refresh(now: now)
      mark()
      return Checkpoint(
        definition: state.definition,
        segments: state.segments.map { KeptSegment(generation: $0.generation, segment: $0.segment, deleted: $0.deleted) },
        nextSequenceNumber: state.nextSequenceNumber)
    }
  }

  /// Puts another form of the same segment in its place; nothing happens where it has been merged away meanwhile.
  public func swap(_ segment: Segment, generation: UInt64) {
    state.withLock { state in
      guard let index = state.segments.firstIndex(where: { $0.generation == generation }),
        state.segments[index].segment.rowCount == segment.rowCount
      else { return }
      state.segments[index].segment = segment
      for place in state.published.indices where state.published[place].generation == generation {
        state.published[place].segment = segment
      }
    }
  }

  /// Takes a segment out, with its documents: for a store that found its file damaged.
  public func drop(generation: UInt64) {
    state.withLock { state in
      state.segments.removeAll { $0.generation == generation }
      state.published.removeAll { $0.generation == generation }
    }
  }

  /// Writes that no segment has yet: documents and their bytes.
  public var buffered: (documents: Int, bytes: Int) {
    state.withLock { ($0.builder.rowCount, $0.builder.sourceByteCount) }
  }
}

/// Deleted rows as a store keeps them beside a segment: the words of a bitmap behind a checksum.
public enum DeletedRowsCodec {
  public static func encode(_ deleted: Bitmap) -> [UInt8] {
    var body = ByteWriter()
    body.append(UInt32(truncatingIfNeeded: deleted.count))
    for index in 0..<(deleted.count + 63) / 64 { body.append(deleted.words[index]) }
    var out = ByteWriter()
    out.append(CRC32C.checksum(body.bytes))
    return out.bytes + body.bytes
  }

  /// - Throws: ``CorruptData`` where the bytes are not the deleted rows of a segment of so many rows.
  public static func decode(_ bytes: [UInt8], rowCount: Int) throws(CorruptData) -> Bitmap {
    var reader = ByteReader(bytes[...])
    guard try reader.number(UInt32.self) == CRC32C.checksum(Array(bytes.dropFirst(4))) else {
      throw CorruptData("the checksum of deleted rows is wrong", offset: 0)
    }
    guard Int(try reader.number(UInt32.self)) == rowCount else { throw CorruptData("deleted rows of another segment", offset: 4) }
    var words: [UInt64] = []
    while !reader.isAtEnd { words.append(try reader.number(UInt64.self)) }
    guard words.count == (rowCount + 63) / 64, rowCount % 64 == 0 || words[words.count - 1] >> UInt64(rowCount % 64) == 0 else {
      throw CorruptData("deleted rows beyond the segment", offset: 8)
    }
    return Bitmap(words: Vector(words), count: rowCount)
  }
}
