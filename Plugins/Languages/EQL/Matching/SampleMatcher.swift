/// Finds samples: for one combination of key values, one event for each filter, no event twice.
///
/// Order plays no part. Of all the ways to choose, the first ones count, where each filter offers its events in the order given and later filters vary
/// fastest (Elasticsearch: `max_samples_per_key`).
enum SampleMatcher {
  /// - Parameters:
  ///   - candidates: for each filter, the events that fit it.
  ///   - limit: the most samples that are wanted.
  ///   - check: called now and then; throws once the query is cancelled.
  static func samples(from candidates: [[Int]], limit: Int, check: () throws -> Void) rethrows -> [[Int]] {
    guard limit > 0, !candidates.isEmpty, !candidates.contains(where: \.isEmpty) else { return [] }
    var samples: [[Int]] = []
    var chosen: [Int] = []
    var next = [0]
    // Backtracking with an explicit stack: `next[n]` is the candidate that filter n tries next. A filter that has run dry steps back.
    var steps = 0
    while let index = next.last {
      if steps & 0xFFF == 0 { try check() }
      steps += 1
      let filter = next.count - 1
      guard index < candidates[filter].count, steps < stepsMax else {
        next.removeLast()
        if !chosen.isEmpty { chosen.removeLast() }
        continue
      }
      next[filter] += 1
      let event = candidates[filter][index]
      guard !chosen.contains(event) else { continue }
      guard next.count < candidates.count else {
        samples.append(chosen + [event])
        if samples.count == limit { return samples }
        continue
      }
      chosen.append(event)
      next.append(0)
    }
    return samples
  }

  /// How many events of a filter are worth offering: enough that the other filters cannot use up all of them.
  static func candidatesMax(filters: Int, limit: Int) -> Int {
    let (product, overflow) = filters.multipliedReportingOverflow(by: limit)
    return overflow ? .max : product
  }

  /// Choices that collide with each other grow exponentially with the number of filters; here the search gives up.
  private static let stepsMax = 1_000_000
}
