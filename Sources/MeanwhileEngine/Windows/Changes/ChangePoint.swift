/// Where and how a series of numbers changes, if it does.
///
/// Two searches answer, and the less probable answer counts: ``SpikeSearch`` for a single value that the others make improbable, ``ChangeSearch`` for a
/// change of the series as a whole. Both are those of Elasticsearch's `change_point`, so that types and p-values agree.
public struct ChangePoint: Sendable, Hashable {
  /// What a change is called on the wire.
  public enum Kind: String, Sendable, Hashable {
    case spike, dip
    case stepChange = "step_change"
    case trendChange = "trend_change"
    case distributionChange = "distribution_change"
  }

  public var kind: Kind
  /// The place of the value at which it happens.
  public var index: Int
  /// How probable as much is by chance.
  public var pValue: Double

  /// Values that a search for changes needs at least.
  public static let valuesMin = 22
  /// Values that a part of the series has at least, on both sides of a change.
  static let partMin = 10
  static let pValueMax = 0.01

  /// The most significant change of a series; nil where there is none, or the series is too short.
  ///
  /// A series that has a steady trend is more than a chance, but changes nowhere: only a spike that is less probable still is found in it.
  public static func find(in values: [Double]) -> ChangePoint? {
    guard values.count >= valuesMin else { return nil }
    let change = ChangeSearch(values).verdict()
    guard let spike = SpikeSearch(values).find(), spike.pValue < change.pValue else { return change.point }
    return spike
  }

  /// The probability that something of a small probability happens in one of many trials.
  static func atLeastOnce(_ probability: Double, trials: Int) -> Double {
    probability > 1e-10 ? 1 - power(1 - probability, trials) : probability * Double(trials)
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return result
  }
}
