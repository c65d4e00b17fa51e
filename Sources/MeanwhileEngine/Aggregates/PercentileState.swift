import Meanwhile
import MeanwhileData

extension AggregateFunction {
  static let median = AggregateFunction(
    name: "median",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "MEDIAN(number)",
      summary: "The value that half of the values are below; close to it where there are many.",
      examples: [.init("ROW a = [1, 2, 4] | STATS x = MEDIAN(a)", "2.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("median", 1...1)
    try arguments.expect(0, .signedNumeric)
    return Resolution(type: .double) { frame in PercentileState(frame.signals) { $0.quantile(0.5) } }
  }

  static let percentile = AggregateFunction(
    name: "percentile",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "PERCENTILE(number, percentile)",
      summary: "The value that a share of the values, in percent, is below; close to it where there are many.",
      examples: [.init("ROW a = [1, 2, 3, 4, 5] | STATS x = PERCENTILE(a, 75)", "4.0")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("percentile", 2...2)
    for index in 0...1 { try arguments.expect(index, .signedNumeric) }
    try arguments.expectConstant(1)
    let share: Double
    switch arguments[1].constant {
    case .long(let percent)?: share = Double(percent) / 100
    case .double(let percent)?: share = percent / 100
    default: share = .nan
    }
    return Resolution(type: .double) { frame in PercentileState(frame.signals) { share >= 0 && share <= 1 ? $0.quantile(share) : nil } }
  }

  static let medianAbsoluteDeviation = AggregateFunction(
    name: "median_absolute_deviation",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "MEDIAN_ABSOLUTE_DEVIATION(number)", summary: "The median of the distances from the median.",
      examples: [.init("ROW a = [1, 2, 4, 10] | STATS x = MEDIAN_ABSOLUTE_DEVIATION(a)", "1.5")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("median_absolute_deviation", 1...1)
    try arguments.expect(0, .signedNumeric)
    return Resolution(type: .double) { frame in
      PercentileState(frame.signals) { digest in digest.quantile(0.5).flatMap { digest.distances(from: $0).quantile(0.5) } }
    }
  }
}

/// A digest a group; made for those that have values.
final class PercentileState: AggregateState {
  private var digests: [QuantileDigest] = []
  private let finish: @Sendable (QuantileDigest) -> Double?
  private let signals: QuerySignals
  private(set) var byteCount = 0

  /// - Parameter finish: the result of a group that has values.
  init(_ signals: QuerySignals, _ finish: @escaping @Sendable (QuantileDigest) -> Double?) {
    self.signals = signals
    self.finish = finish
  }

  private func grow(_ groupCount: Int) {
    while digests.count < groupCount { digests.append(QuantileDigest()) }
  }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    grow(groupCount)
    AggregateInput<Double>(arguments[0].widened(to: .double), groups)?.forEach { value, group in digests[group].add(value) }
    // What a group holds is bounded; counting all of them for each batch would not be.
    byteCount = min(byteCount + groups.count * 8, digests.count * QuantileDigest.byteCountMax)
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) throws {
    grow(groupCount)
    guard let other = other as? PercentileState else { return }
    for group in 0..<min(other.digests.count, groups.count) {
      if group & 0xFF == 0 { try signals.check() }
      digests[Int(groups[group])].add(other.digests[group])
    }
    byteCount = min(byteCount + other.byteCount, digests.count * QuantileDigest.byteCountMax)
  }

  func result(groupCount: Int) throws -> Column {
    grow(groupCount)
    let cells = try (0..<groupCount).map { group in
      if group & 0xFF == 0 { try signals.check() }
      return finish(digests[group]).map(Value.double) ?? .null
    }
    return ColumnBuilder.column(of: cells, type: .double)
  }
}

/// Values from which quantiles are read: all of them while they are few, then centroids of neighbours, finer towards both ends (after Dunning's merging
/// t-digest, with its k1 scale written as a bound on a centroid's share).
struct QuantileDigest: Sendable {
  private struct Centroid {
    var mean: Double
    var weight: Double
  }

  private static let compression = 1_000.0
  private static let pendingMax = 20_000
  static let byteCountMax = pendingMax * 8 + 4 * Int(compression) * 16
  private var centroids: [Centroid] = []
  private var pending: [Double] = []

  mutating func add(_ value: Double) {
    pending.append(value)
    if pending.count >= Self.pendingMax { compress() }
  }

  mutating func add(_ other: QuantileDigest) {
    for value in other.pending { add(value) }
    guard !other.centroids.isEmpty else { return }
    centroids += other.centroids
    compress()
  }

  private mutating func compress() {
    let all = (centroids + pending.map { Centroid(mean: $0, weight: 1) }).sorted { $0.mean < $1.mean }
    pending = []
    centroids = []
    let total = all.reduce(0) { $0 + $1.weight }
    var before = 0.0
    for centroid in all {
      if var last = centroids.last {
        let weight = last.weight + centroid.weight
        let share = (before - last.weight + weight / 2) / total
        // Where a share q of the weight lies below, a centroid may hold 4·total·q·(1-q)/compression.
        if weight <= max(1, 4 * total * share * (1 - share) / Self.compression) {
          last.mean += (centroid.mean - last.mean) * centroid.weight / weight
          last.weight = weight
          centroids[centroids.count - 1] = last
          before += centroid.weight
          continue
        }
      }
      centroids.append(centroid)
      before += centroid.weight
    }
  }

  /// The value at a share of 0 ... 1, between two neighbours where it falls between them; nil where there is none.
  func quantile(_ share: Double) -> Double? {
    if centroids.isEmpty {
      guard !pending.isEmpty else { return nil }
      let sorted = pending.sorted()
      let place = share * Double(sorted.count - 1)
      let low = Int(place.rounded(.down))
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
    var whole = self
    if !pending.isEmpty { whole.compress() }
    let total = whole.centroids.reduce(0) { $0 + $1.weight }
    let target = share * (total - 1)
    var before = 0.0
    var previous: (place: Double, mean: Double)?
    for centroid in whole.centroids {
      let place = before + (centroid.weight - 1) / 2
      if place >= target {
        guard let previous, place > previous.place else { return centroid.mean }
        return previous.mean + (centroid.mean - previous.mean) * (target - previous.place) / (place - previous.place)
      }
      previous = (place, centroid.mean)
      before += centroid.weight
    }
    return previous?.mean
  }

  /// The digest of the distances from a value.
  func distances(from center: Double) -> QuantileDigest {
    var result = QuantileDigest()
    result.pending = pending.map { abs($0 - center) }
    result.centroids = centroids.map { Centroid(mean: abs($0.mean - center), weight: $0.weight) }
    if !centroids.isEmpty { result.compress() }
    return result
  }
}
