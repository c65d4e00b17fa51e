import Meanwhile
import Synchronization

/// Random numbers that a seed repeats: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True with a probability of 0 ... 1.
  public mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}

/// A seeded generator behind the seam that the framework takes its randomness from.
public final class SeededRandomSource: RandomSource {
  private let generator: Mutex<SeededRandom>

  public init(seed: UInt64) { generator = Mutex(SeededRandom(seed: seed)) }

  public func next() -> UInt64 { generator.withLock { $0.next() } }
}
