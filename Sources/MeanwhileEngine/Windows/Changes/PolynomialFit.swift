/// A weighted parabola through a part of a series, and what it leaves unexplained.
struct PolynomialFit {
  let weight: Double
  let mean: Double
  /// About the mean.
  let variance: Double
  /// About the parabola.
  let trendVariance: Double

  /// - Parameter isConstant: whether no parabola is wanted, but the mean only.
  init(_ values: [Double], _ weights: [Double], _ range: Range<Int>, isConstant: Bool = false) {
    var (weight, sum, place) = (0.0, 0.0, 0.0)
    for index in range {
      weight += weights[index]
      sum += weights[index] * values[index]
      place += weights[index] * Double(index)
    }
    let (mean, centre) = (sum / weight, place / weight)
    self.weight = weight
    self.mean = mean
    // Powers of the distance from the centre, each made orthogonal to the lesser ones: what each explains can then be taken away by itself.
    var (squares, second, third, fourth, products, squareProducts) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for index in range {
      let (value, offset, weight) = (values[index] - mean, Double(index) - centre, weights[index])
      squares += weight * value * value
      if isConstant { continue }
      second += weight * offset * offset
      third += weight * offset * offset * offset
      fourth += weight * offset * offset * offset * offset
      products += weight * offset * value
      squareProducts += weight * offset * offset * value
    }
    variance = squares / weight
    var left = squares
    if second > 0 {
      left -= products * products / second
      let skew = third / second
      let norm = fourth - skew * third - second * second / weight
      let product = squareProducts - skew * products
      if norm > 1e-12 * fourth { left -= product * product / norm }
    }
    trendVariance = max(0, left) / weight
  }

  /// The variance of this part and the one behind it, each about its own model.
  func joined(_ other: PolynomialFit, _ variance: KeyPath<PolynomialFit, Double>) -> Double {
    (weight * self[keyPath: variance] + other.weight * other[keyPath: variance]) / (weight + other.weight)
  }
}
