/// Bytes that are not what they should be: said by whoever reads them, placed and named by whoever knows the file.
public struct CorruptData: Error, Sendable, Hashable {
  public var reason: String
  /// Where, in bytes from the start of what was read; nil where it is about the whole.
  public var offset: Int?

  public init(_ reason: String, offset: Int? = nil) {
    self.reason = reason
    self.offset = offset
  }
}
