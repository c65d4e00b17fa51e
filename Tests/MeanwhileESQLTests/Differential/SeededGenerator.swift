import MeanwhileTestKit

/// Numbers that follow from a seed, so that what a seed finds can be found again.
struct SeededGenerator: RandomNumberGenerator {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1) }

  mutating func next() -> UInt64 { random.next() }

  /// A number below `bound`.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }

  /// True in so many of a hundred cases.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

  /// One of several; there must be one.
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}
