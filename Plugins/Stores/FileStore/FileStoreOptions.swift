/// The limits and habits of a ``FileStore``.
public struct FileStoreOptions: Sendable {
  /// Where the store does what may wait for a disk.
  public enum Execution: Sendable, Hashable {
    /// On threads of its own.
    case queue
    /// In the caller's thread: for a simulation, which decides the order of everything.
    case caller
  }

  public var execution: Execution
  /// A log's file is followed by another once it is this long, in bytes.
  public var segmentBytesMax: Int
  /// A log shorter than this, in bytes, is never cleaned.
  public var logBytesMin: Int
  /// The largest result that is kept in the log rather than in a file of its own, in bytes.
  public var inlineResultBytesMax: Int

  /// Documents are written to segment files when so many bytes of them are in the log.
  public var flushBytes: Int

  public init(
    execution: Execution = .queue, segmentBytesMax: Int = 16 << 20, logBytesMin: Int = 64 << 20, inlineResultBytesMax: Int = 64 << 10,
    flushBytes: Int = 64 << 20
  ) {
    self.flushBytes = flushBytes
    self.execution = execution
    self.segmentBytesMax = segmentBytesMax
    self.logBytesMin = logBytesMin
    self.inlineResultBytesMax = inlineResultBytesMax
  }
}
