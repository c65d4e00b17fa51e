#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks for a place at which a series as a whole becomes another.
///
/// Models of growing freedom (constant, trend, two constants, two trends) are compared pairwise by F-tests: the freer one must explain clearly more. Where
/// none is certain, the distributions of the values before and behind are compared.
struct ChangeSearch {
  /// What was found, and how probable as much is by chance.
  struct Verdict {
    /// Nil where the series is steady, or has one trend all along.
    var point: ChangePoint?
    var pValue: Double
  }

  private let values: [Double]
  /// Little for the few most extreme values, which would else decide every fit.
  private let weights: [Double]
  private let whole: PolynomialFit
  /// Where a change may be, in order.
  private let candidates: [Int]
  /// Longer series have more power: what counts as significant gets stricter.
  private let limit: Double

  private static let candidatesMax = 1_000

  /// - Parameter values: at least ``ChangePoint/valuesMin``.
  init(_ values: [Double]) {
    self.values = values
    weights = Self.weights(of: values)
    whole = PolynomialFit(values, weights, 0..<values.count)
    let part = max(Int(0.1 * Double(values.count) + 0.5), ChangePoint.partMin)
    let places = part..<max(part, values.count - part)
    let step = (places.count + Self.candidatesMax - 1) / Self.candidatesMax
    candidates = places.filter { step <= 1 || $0 % step == 0 }
    limit = ChangePoint.pValueMax * exp(-0.04 * Double(values.count - ChangePoint.valuesMin))
  }

  func verdict() -> Verdict {
    let steady = Verdict(point: nil, pValue: 1)
    guard whole.variance >= (2 * whole.weight * whole.mean).ulp.squareRoot(), !candidates.isEmpty else { return steady }
    let parts = candidates.map {
      (at: $0, before: PolynomialFit(values, weights, 0..<$0), behind: PolynomialFit(values, weights, $0..<values.count))
    }
    func best(_ variance: KeyPath<PolynomialFit, Double>, _ kind: ChangePoint.Kind, parameters: Double) -> Model {
      var model = Model(kind: kind, at: 0, variance: .infinity, parameters: parameters, trials: parts.count)
      for part in parts {
        let joined = part.before.joined(part.behind, variance)
        if joined < model.variance { (model.at, model.variance) = (part.at, joined) }
      }
      return model
    }
    let constant = Model(kind: nil, at: 0, variance: whole.variance, parameters: 1, trials: 1)
    let trend = Model(kind: nil, at: 0, variance: whole.trendVariance, parameters: 3, trials: 1)
    let step = best(\.variance, .stepChange, parameters: 2)
    let bend = best(\.trendVariance, .trendChange, parameters: 6)

    var chosen: Model?
    var tried: [Int] = []
    if accepts(trend, over: constant) {
      tried = [bend.at]
      // A bend that says little more than a step is one.
      let isBend = pValue(bend, over: step, trials: 1) < limit
      chosen = accepts(bend, over: trend) ? (isBend ? bend : step) : trend
    } else if accepts(step, over: constant) {
      tried = [step.at]
      chosen = accepts(bend, over: step) ? bend : step
    } else {
      tried = [step.at]
      chosen = accepts(bend, over: constant) ? bend : nil
    }
    let certainty = chosen.map { pValue($0, over: constant, trials: parts.count) } ?? 1
    if certainty > 1e-5 {
      let (place, distribution) = distributionChange(tried)
      if distribution < min(limit, 0.1 * certainty) {
        return Verdict(point: ChangePoint(kind: .distributionChange, index: place, pValue: distribution), pValue: distribution)
      }
    }
    guard let chosen else { return steady }
    return Verdict(point: chosen.kind.map { ChangePoint(kind: $0, index: chosen.at, pValue: certainty) }, pValue: certainty)
  }

  // MARK: - Models

  private struct Model {
    /// Nil for one that has no change.
    var kind: ChangePoint.Kind?
    var at: Int
    /// What it leaves unexplained.
    var variance: Double
    var parameters: Double
    /// Places among which the best was chosen.
    var trials: Int
  }

  /// Whether a model is significantly better than a simpler one, and explains most of the series.
  private func accepts(_ model: Model, over simpler: Model) -> Bool {
    pValue(model, over: simpler, trials: model.trials) < limit && 1 - model.variance / whole.variance >= 0.5
  }

  private func pValue(_ model: Model, over simpler: Model, trials: Int) -> Double {
    ChangePoint.atLeastOnce(nestedPValue(model, over: simpler), trials: trials)
  }

  /// How probable it is that a model with more parameters explains so much more by chance.
  private func nestedPValue(_ model: Model, over simpler: Model) -> Double {
    if model.variance == simpler.variance { return 1 }
    if model.variance == 0 { return 0 }
    let added = model.parameters - simpler.parameters
    let left = whole.weight - model.parameters
    let statistic = (simpler.variance - model.variance) / added * left / model.variance
    return min(2 * FDistribution.upperTail(statistic, added, left), 1)
  }

  private static func weights(of values: [Double]) -> [Double] {
    let sorted = values.sorted()
    let cut = min(Int((0.025 * Double(values.count)).rounded(.up)), values.count - 1)
    let inliers = sorted[cut]...max(sorted[cut], sorted[values.count - cut - 1])
    return values.map { inliers.contains($0) ? 1 : 0.01 }
  }

  // MARK: - Distributions

  /// The place whose two sides are least probably of one distribution: among those tried, and the one where mean and spread differ most.
  private func distributionChange(_ tried: [Int]) -> (place: Int, pValue: Double) {
    var (place, greatest) = (candidates[0], 0.0)
    for candidate in candidates {
      let before = PolynomialFit(values, weights, 0..<candidate, isConstant: true)
      let behind = PolynomialFit(values, weights, candidate..<values.count, isConstant: true)
      let spreads = abs(before.variance.squareRoot() - behind.variance.squareRoot())
      let difference = Double(min(candidate, values.count - candidate)) * (abs(before.mean - behind.mean) + spreads)
      if difference >= greatest { (place, greatest) = (candidate, difference) }
    }
    let rows = KolmogorovSmirnov.sample(ofCount: values.count)
    let sampled = rows.map { values[$0] }
    var pValue = 1.0
    var found = place
    for candidate in Set(tried + [place]).sorted() {
      let cut = rows.firstIndex { $0 >= candidate } ?? rows.count
      guard cut > 0, cut < rows.count else { continue }
      let one = KolmogorovSmirnov.pValue(Array(sampled[..<cut]), Array(sampled[cut...]))
      if one < pValue { (found, pValue) = (candidate, one) }
    }
    // Splits at neighbouring places hardly differ: fewer trials than places.
    return (found, ChangePoint.atLeastOnce(pValue, trials: (sampled.count + 49) / 50))
  }
}
