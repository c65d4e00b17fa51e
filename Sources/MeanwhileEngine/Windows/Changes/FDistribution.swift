#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Fisher's distribution of the ratio of two variances.
enum FDistribution {
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
