#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Looks for the one value that a smooth density of the others makes improbable.
struct SpikeSearch {
  private let values: [Double]
  private let (least, greatest): (Int, Int)

  /// More smooth than would fit best, so that only what the eye sees as well is found.
  private static let smoothing = 1.36

  /// - Parameter values: at least one.
  init(_ values: [Double]) {
    self.values = values
    least = values.indices.min { values[$0] < values[$1] } ?? 0
    // The first one of equals, as for the least.
    greatest = values.indices.min { values[$0] > values[$1] } ?? 0
  }

  func find() -> ChangePoint? {
    let dip = tail(at: least, without: greatest, sign: -1)
    let spike = tail(at: greatest, without: least, sign: 1)
    func point(_ kind: ChangePoint.Kind, _ index: Int, _ tail: Tail) -> ChangePoint? {
      let pValue = ChangePoint.atLeastOnce(tail.probability, trials: values.count)
      return pValue < ChangePoint.pValueMax ? ChangePoint(kind: kind, index: index, pValue: pValue) : nil
    }
    let found = (dip: point(.dip, least, dip), spike: point(.spike, greatest, spike))
    guard found.dip != nil, found.spike != nil else { return found.dip ?? found.spike }
    let isDip = dip.probability != spike.probability ? dip.probability < spike.probability : dip.distance > spike.distance
    return isDip ? found.dip : found.spike
  }

  private struct Tail {
    var probability: Double
    /// From the nearest other value.
    var distance: Double
  }

  /// How probable a value as extreme is among the others: those outside its own neighbourhood, and without the other extreme.
  ///
  /// - Parameter sign: 1 for greater values, -1 for lesser ones.
  private func tail(at extreme: Int, without other: Int, sign: Double) -> Tail {
    let excluded = neighbourhood(of: extreme, sign: sign)
    let others = values.indices.filter { !excluded.contains($0) && $0 != other }.map { values[$0] }.sorted()
    guard others.count > 1 else { return Tail(probability: 1, distance: 0) }
    let count = Double(others.count)
    let mean = others.reduce(0, +) / count
    let variance = others.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    // Silverman's rule.
    let bandwidth = Self.smoothing * pow(count, -0.2) * variance.squareRoot()
    // Farther than three widths, a value counts in full or not at all; one is always asked.
    let value = values[extreme]
    let first = min(others.firstIndex { $0 >= value - 3 * bandwidth } ?? others.count, others.count - 1)
    let end = max(others.firstIndex { $0 >= value + 3 * bandwidth } ?? others.count, first + 1)
    var sum = Double(sign > 0 ? others.count - end : first)
    for centre in others[first..<end] {
      let deviation = sign * (value - centre)
      if abs(deviation) > 40 * bandwidth {
        sum += deviation > 0 ? 0 : 1
      } else if bandwidth > 0 {
        sum += 0.5 * erfc(deviation / (bandwidth * 2.0.squareRoot()))
      } else {
        sum += 0.5
      }
    }
    return Tail(probability: sum / count, distance: others[first..<end].map { abs($0 - value) }.min() ?? 0)
  }

  /// The run around an extreme value, about a tenth of the series, whose sum is the most extreme.
  private func neighbourhood(of extreme: Int, sign: Double) -> Range<Int> {
    let length = min(max(Int(0.1 * Double(values.count) + 0.5), 2) - 1, values.count - 1)
    func sum(_ start: Int) -> Double { sign * values[start..<min(start + length, values.count)].reduce(0, +) }
    var best = max(0, extreme + 1 - length)
    var greatestSum = sum(best)
    for start in best + 1..<max(best + 1, min(extreme + 1, values.count - length)) where sum(start) > greatestSum {
      best = start
      greatestSum = sum(start)
    }
    return best..<best + length
  }
}
