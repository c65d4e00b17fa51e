import Meanwhile
import MeanwhileData

/// Puts the buckets of a `date_histogram` in order, and fills the gaps between them.
struct DateHistogramBuckets {
  let histogram: Aggregation.DateHistogram
  /// The aggregations of a bucket without documents.
  let blank: JSONObject

  /// - Throws: `too_many_buckets_exception` where the gaps are too wide.
  func result(_ buckets: [Bucket]) throws -> JSONObject {
    var levels: [Int64: AggregationRun.Level] = [:]
    for bucket in buckets {
      if case .long(let start) = bucket.key { levels[start] = bucket.level }
    }
    let format = try histogram.format.map { name throws(APIError) in try SearchSort.format(name) }
    var shown: [JSONValue] = []
    for start in try starts(levels) {
      let level = levels[start] ?? AggregationRun.Level(results: blank)
      guard level.documentCount >= histogram.minimumCount else { continue }
      let text = (format ?? .standard).text(EpochTime(millis: start), in: histogram.zone)
      shown.append(.object(Bucket.object(level, head: [("key_as_string", .string(text)), ("key", .integer(start))])))
    }
    return ["buckets": .array(histogram.isDescending ? shown.reversed() : shown)]
  }
}

extension DateHistogramBuckets {
  /// Where buckets start, ascending: those with documents, and the ones between them if empty ones are shown.
  private func starts(_ levels: [Int64: AggregationRun.Level]) throws -> [Int64] {
    let known = levels.keys.sorted()
    guard histogram.minimumCount == 0, let first = known.first, let last = known.last else { return known }
    var all: Set<Int64> = Set(known)
    var next = first
    while let start = histogram.interval.next(after: next, in: histogram.zone), start < last {
      // Around a change of clocks a step may end beside the start of its interval.
      let truncated = histogram.interval.truncate(millis: start, in: histogram.zone)
      all.insert(truncated > next ? truncated : start)
      next = start
      guard all.count <= AggregationRun.bucketsMax else { throw AggregationRun.tooManyBuckets(all.count) }
    }
    return all.sorted()
  }
}

/// Puts the buckets of a `histogram` in order, and fills the gaps between them.
struct HistogramBuckets {
  let histogram: Aggregation.Histogram
  let blank: JSONObject

  /// - Throws: `too_many_buckets_exception` where the gaps are too wide.
  func result(_ buckets: [Bucket]) throws -> JSONObject {
    let sorted = buckets.sorted { $0.key.precedes($1.key) }
    var shown: [JSONValue] = []
    var previous: Double?
    for bucket in sorted {
      guard case .double(let start) = bucket.key, start.isFinite else { continue }
      if let previous, histogram.minimumCount == 0 {
        let steps = ((start - previous) / histogram.interval).rounded() - 1
        guard steps + Double(shown.count) < Double(AggregationRun.bucketsMax) else {
          throw AggregationRun.tooManyBuckets(AggregationRun.bucketsMax + 1)
        }
        for step in 0..<max(0, Int(steps)) {
          let gap = AggregationRun.Level(results: blank)
          shown.append(.object(Bucket.object(gap, head: [("key", .double(previous + Double(step + 1) * histogram.interval))])))
        }
      }
      previous = start
      if bucket.level.documentCount >= histogram.minimumCount {
        shown.append(.object(Bucket.object(bucket.level, head: [("key", .double(start))])))
      }
    }
    return ["buckets": .array(shown)]
  }
}
