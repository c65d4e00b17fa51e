#if Security
/// Why security cannot be set up.
public struct SecurityError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
#endif
