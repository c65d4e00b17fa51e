/// Where randomness comes from: the system's generator, or a seeded one in a simulation.
public protocol RandomSource: Sendable {
  /// 64 random bits, good enough for identifiers that must not be guessed.
  func next() -> UInt64
}

/// The operating system's generator.
public struct SystemRandomSource: RandomSource {
  public init() {}
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}
