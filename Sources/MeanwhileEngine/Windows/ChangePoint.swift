#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where and how a series of numbers changes, if it does.
///
/// A spike or dip is the one value that a smooth density of the others makes improbable. Whether the series as a whole steps, or has or changes a trend,
/// is asked of nested models by F-tests: each must explain clearly more than the simpler one. The most significant answer counts.
public struct ChangePoint: Sendable, Hashable {
  /// What a change is called on the wire.
  public enum Kind: String, Sendable, Hashable {
    case spike, dip
    case stepChange = "step_change"
    case trendChange = "trend_change"
  }

  public var kind: Kind
  /// The place of the value at which it happens.
  public var index: Int
  /// How probable as much is by chance.
  public var pValue: Double

  /// Values that a search for changes needs at least.
  public static let valuesMin = 22
  /// Values that a part of the series has at least, on both sides of a change.
  private static let partMin = 10
  private static let pValueMax = 0.01
  /// More smooth than would fit best, so that only what the eye sees as well is found.
  private static let smoothing = 1.36

  /// The most significant change of a series; nil where there is none, or the series is too short.
  public static func find(in values: [Double]) -> ChangePoint? {
    guard values.count >= valuesMin else { return nil }
    let single = extreme(of: values)
    let change = change(of: values)
    guard let single, let change else { return single ?? change }
    return change.pValue < single.pValue ? change : single
  }

  // MARK: - Spikes and dips

  private static func extreme(of values: [Double]) -> ChangePoint? {
    let found = [outlier(values, sign: -1), outlier(values, sign: 1)].compactMap { $0 }
    return found.min { $0.pValue < $1.pValue }
  }

  /// The greatest (sign 1) or least (-1) value, if the others' density makes it improbable.
  private static func outlier(_ values: [Double], sign: Double) -> ChangePoint? {
    guard let top = values.indices.max(by: { sign * values[$0] < sign * values[$1] }),
      let bottom = values.indices.min(by: { sign * values[$0] < sign * values[$1] })
    else { return nil }
    let excluded = neighbourhood(of: top, in: values, sign: sign)
    let others = values.indices.filter { !excluded.contains($0) && $0 != bottom }.map { values[$0] }
    guard others.count > 1 else { return nil }
    let mean = others.reduce(0, +) / Double(others.count)
    let variance = others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(others.count - 1)
    // Silverman's rule; values that are all the same have a narrow density still.
    let spread = (values.max() ?? 0) - (values.min() ?? 0)
    let bandwidth = variance > 0 ? smoothing * variance.squareRoot() * pow(Double(others.count), -0.2) : 0.01 * spread
    guard bandwidth > 0 else { return nil }
    let tail = others.reduce(0) { $0 + 0.5 * erfc(sign * (values[top] - $1) / (bandwidth * 2.0.squareRoot())) } / Double(others.count)
    let pValue = atLeastOnce(tail, trials: values.count)
    return pValue < pValueMax ? ChangePoint(kind: sign > 0 ? .spike : .dip, index: top, pValue: pValue) : nil
  }

  /// The run around an extreme value, about a tenth of the series, whose sum is the most extreme.
  private static func neighbourhood(of top: Int, in values: [Double], sign: Double) -> Range<Int> {
    let length = min(max(Int(0.1 * Double(values.count) + 0.5), 2) - 1, values.count - 1)
    let starts = max(0, top + 1 - length)...max(0, min(top, values.count - length))
    func sum(_ start: Int) -> Double { sign * values[start..<start + length].reduce(0, +) }
    let start = starts.max { sum($0) < sum($1) } ?? top
    return start..<start + length
  }

  /// The probability that something of a small probability happens in one of many trials.
  private static func atLeastOnce(_ probability: Double, trials: Int) -> Double {
    probability > 1e-10 ? 1 - pow(1 - probability, Double(trials)) : probability * Double(trials)
  }

  // MARK: - Changes of the whole series

  private static func change(of values: [Double]) -> ChangePoint? {
    let weights = weights(of: values)
    let whole = LineFit(values, weights, 0..<values.count)
    guard whole.varianceAboutMean > 1e-12 * max(1, whole.mean * whole.mean) else { return nil }
    let candidates = partMin..<max(partMin, values.count - partMin)
    let parts = candidates.map { (at: $0, left: LineFit(values, weights, 0..<$0), right: LineFit(values, weights, $0..<values.count)) }
    guard
      let step = parts.min(by: { $0.left.joined($0.right, \.varianceAboutMean) < $1.left.joined($1.right, \.varianceAboutMean) }),
      let bend = parts.min(by: { $0.left.joined($0.right, \.varianceAboutLine) < $1.left.joined($1.right, \.varianceAboutLine) })
    else { return nil }
    let stepVariance = step.left.joined(step.right, \.varianceAboutMean)
    let bendVariance = bend.left.joined(bend.right, \.varianceAboutLine)
    // Longer series have more power: what counts as significant gets stricter.
    let limit = pValueMax * exp(-0.04 * Double(values.count - valuesMin))
    let count = whole.weight
    func test(_ simple: Double, _ simpleParameters: Double, _ model: Double, _ parameters: Double, trials: Int = 1) -> Double {
      atLeastOnce(nestedPValue(count, simple, simpleParameters, model, parameters), trials: trials)
    }
    let hasTrend = test(whole.varianceAboutMean, 1, whole.varianceAboutLine, 3) < limit
    if hasTrend {
      let bendPValue = test(whole.varianceAboutLine, 3, bendVariance, 6, trials: parts.count)
      guard bendPValue < limit else { return nil }
      let isMoreThanStep = test(stepVariance, 2, bendVariance, 6) < limit
      return ChangePoint(kind: isMoreThanStep ? .trendChange : .stepChange, index: isMoreThanStep ? bend.at : step.at, pValue: bendPValue)
    }
    let stepPValue = test(whole.varianceAboutMean, 1, stepVariance, 2, trials: parts.count)
    let bendPValue = test(whole.varianceAboutMean, 1, bendVariance, 6, trials: parts.count)
    if stepPValue < limit {
      let isBend = test(stepVariance, 2, bendVariance, 6, trials: parts.count) < limit
      return isBend
        ? ChangePoint(kind: .trendChange, index: bend.at, pValue: bendPValue)
        : ChangePoint(kind: .stepChange, index: step.at, pValue: stepPValue)
    }
    return bendPValue < limit ? ChangePoint(kind: .trendChange, index: bend.at, pValue: bendPValue) : nil
  }

  /// Little weight for the few most extreme values, which would else decide every fit.
  private static func weights(of values: [Double]) -> [Double] {
    let sorted = values.sorted()
    let cut = min(Int((0.025 * Double(values.count)).rounded(.up)), values.count - 1)
    let inliers = sorted[cut]...max(sorted[cut], sorted[values.count - cut - 1])
    return values.map { inliers.contains($0) ? 1 : 0.01 }
  }

  /// How probable it is that a model with more parameters explains so much more by chance.
  private static func nestedPValue(
    _ count: Double, _ simple: Double, _ simpleParameters: Double, _ model: Double, _ parameters: Double
  ) -> Double {
    guard model < simple, count > parameters else { return 1 }
    guard model > 0 else { return 0 }
    let added = parameters - simpleParameters
    let statistic = (simple - model) / added * (count - parameters) / model
    return min(2 * FDistribution.upperTail(statistic, added, count - parameters), 1)
  }
}

/// A weighted straight line through a part of a series.
private struct LineFit {
  let weight: Double
  let mean: Double
  let varianceAboutMean: Double
  let varianceAboutLine: Double

  init(_ values: [Double], _ weights: [Double], _ range: Range<Int>) {
    var (weight, sum, place) = (0.0, 0.0, 0.0)
    for index in range {
      weight += weights[index]
      sum += weights[index] * values[index]
      place += weights[index] * Double(index)
    }
    let (mean, centre) = (sum / weight, place / weight)
    var (squares, placeSquares, products) = (0.0, 0.0, 0.0)
    for index in range {
      let (value, offset) = (values[index] - mean, Double(index) - centre)
      squares += weights[index] * value * value
      placeSquares += weights[index] * offset * offset
      products += weights[index] * value * offset
    }
    self.weight = weight
    self.mean = mean
    varianceAboutMean = squares / weight
    varianceAboutLine = max(0, squares - (placeSquares > 0 ? products * products / placeSquares : 0)) / weight
  }

  /// The variance of this part and the one behind it, each about its own model.
  func joined(_ other: LineFit, _ variance: KeyPath<LineFit, Double>) -> Double {
    (weight * self[keyPath: variance] + other.weight * other[keyPath: variance]) / (weight + other.weight)
  }
}

/// Fisher's distribution of the ratio of two variances.
private enum FDistribution {
  /// The probability of more than `value`.
  static func upperTail(_ value: Double, _ first: Double, _ second: Double) -> Double {
    guard value > 0 else { return 1 }
    return regularizedBeta(second / (second + first * value), second / 2, first / 2)
  }

  /// The logarithm of the gamma function of a positive number (Lanczos's approximation).
  private static func logGamma(_ x: Double) -> Double {
    let coefficients = [
      76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.001208650973866179, -0.000005395239384953,
    ]
    let base = x + 5.5
    let series = coefficients.enumerated().reduce(1.000000000190015) { $0 + $1.element / (x + Double($1.offset + 1)) }
    return (x + 0.5) * log(base) - base + log(2.5066282746310005 * series / x)
  }

  /// The regularised incomplete beta function, by its continued fraction (Lentz's method).
  private static func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    // The fraction converges fast below the mean only; above it, the other tail is computed.
    if x > (a + 1) / (a + b + 2) { return 1 - regularizedBeta(1 - x, b, a) }
    let front = exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(1 - x)) / a
    let tiny = 1e-300
    var (numerator, denominator) = (1.0, 1 - (a + b) * x / (a + 1))
    denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
    var fraction = denominator
    for step in 1...500 {
      let m = Double(step)
      for term in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
        denominator = 1 + term * denominator
        denominator = 1 / (abs(denominator) < tiny ? tiny : denominator)
        numerator = 1 + term / numerator
        if abs(numerator) < tiny { numerator = tiny }
        fraction *= numerator * denominator
      }
      if abs(numerator * denominator - 1) < 1e-14 { break }
    }
    return front * fraction
  }
}
