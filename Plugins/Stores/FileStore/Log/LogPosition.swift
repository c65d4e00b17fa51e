/// Where an entry of a ``WriteAheadLog`` lies.
struct LogPosition: Sendable, Hashable {
  /// The number of its segment.
  var segment: UInt64
  /// Of its first byte, in the segment's file.
  var offset: Int64
  /// Bytes.
  var length: Int
}
