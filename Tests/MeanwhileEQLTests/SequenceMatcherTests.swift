import MeanwhileTestKit
import Testing

@testable import MeanwhileEQL

/// One event as a matcher's caller sees it.
private struct Event {
  var timestamp: Int64
  /// The stages that it fits.
  var stages: [Int]
  var keys: [Int] = [0]
  var isUntil = false
}

private func run(_ events: [Event], isMissing: [Bool], maxSpan: Int64? = nil) -> [[Int]] {
  var matcher = SequenceMatcher(isMissing: isMissing, maxSpan: maxSpan)
  for (index, event) in events.enumerated() {
    for stage in event.stages.sorted(by: >) {
      for key in event.keys { matcher.match(stage: stage, key: key, event: index, timestamp: event.timestamp) }
    }
    if event.isUntil { for key in event.keys { matcher.until(key: key) } }
  }
  return matcher.matches().map(\.events)
}

/// Events a millisecond apart, each a list of the stages that it fits.
private func run(_ stages: [[Int]], count: Int) -> [[Int]] {
  let events = stages.enumerated().map { Event(timestamp: Int64($0.offset), stages: $0.element) }
  return run(events, isMissing: Array(repeating: false, count: count))
}

@Suite("Sequence matcher")
struct SequenceMatcherTests {
  @Test("Events that follow each other")
  func simple() {
    #expect(run([[0], [1], [2]], count: 3) == [[0, 1, 2]])
    #expect(run([[0], [2], [1]], count: 3) == [])
  }

  @Test("An event that fits all stages joins the sequence before it and begins the next")
  func overlapping() {
    #expect(run([[0, 1], [0, 1], [0, 1]], count: 2) == [[0, 1], [1, 2]])
  }

  @Test("A newer sequence replaces the older one that waits at the same stage")
  func newest() {
    #expect(run([[0], [0], [1]], count: 2) == [[1, 2]])
    #expect(run([[0], [0], [1], [1]], count: 2) == [[1, 2]])
    #expect(run([[0], [1], [0], [1], [2]], count: 3) == [[2, 3, 4]])
  }

  @Test("Keys do not mix, and an event of several values takes part under each")
  func keys() {
    let events = [
      Event(timestamp: 1, stages: [0], keys: [0]),
      Event(timestamp: 2, stages: [0], keys: [1, 2]),
      Event(timestamp: 3, stages: [1], keys: [2, 0]),
    ]
    #expect(run(events, isMissing: [false, false]) == [[1, 2], [0, 2]])
  }

  @Test("A span of exactly maxspan is allowed, one more is not")
  func maxSpan() {
    let events = [Event(timestamp: 0, stages: [0]), Event(timestamp: 5, stages: [1]), Event(timestamp: 10, stages: [2])]
    #expect(run(events, isMissing: [false, false, false], maxSpan: 10) == [[0, 1, 2]])
    #expect(run(events, isMissing: [false, false, false], maxSpan: 9) == [])
  }

  @Test("Times at the ends of their range do not overflow")
  func extremeTimes() {
    let events = [Event(timestamp: .min, stages: [0]), Event(timestamp: .max, stages: [1])]
    #expect(run(events, isMissing: [false, false], maxSpan: 9) == [])
    #expect(run(events, isMissing: [false, false]) == [[0, 1]])
  }

  @Test("Until drops what is in flight, but not the sequence that its own event ends")
  func until() {
    let between = [Event(timestamp: 1, stages: [0]), Event(timestamp: 2, stages: [], isUntil: true), Event(timestamp: 3, stages: [1])]
    #expect(run(between, isMissing: [false, false]) == [])
    let last = [Event(timestamp: 1, stages: [0]), Event(timestamp: 3, stages: [1], isUntil: true)]
    #expect(run(last, isMissing: [false, false]) == [[0, 1]])
    let first = [Event(timestamp: 1, stages: [0], isUntil: true), Event(timestamp: 3, stages: [1])]
    #expect(run(first, isMissing: [false, false]) == [])
    let otherKey = [
      Event(timestamp: 1, stages: [0]), Event(timestamp: 2, stages: [], keys: [7], isUntil: true), Event(timestamp: 3, stages: [1]),
    ]
    #expect(run(otherKey, isMissing: [false, false]) == [[0, 2]])
  }

  @Test("A missing event between two others")
  func missingBetween() {
    let events = [
      Event(timestamp: 1, stages: [0, 2]), Event(timestamp: 2, stages: [0, 2]), Event(timestamp: 3, stages: [1]),
      Event(timestamp: 4, stages: [0, 2]),
    ]
    #expect(run(events, isMissing: [false, true, false], maxSpan: 1_000) == [[0, -1, 1]])
  }

  @Test("At the same time as its neighbour a forbidden event does no harm")
  func missingAtTheSameTime() {
    let events = [Event(timestamp: 1, stages: [0]), Event(timestamp: 1, stages: [1]), Event(timestamp: 2, stages: [2])]
    #expect(run(events, isMissing: [false, true, false], maxSpan: 1_000) == [[0, -1, 2]])
  }

  @Test("A missing event at the end must stay away for as long as maxspan")
  func missingLast() {
    let events = [Event(timestamp: 1, stages: [0]), Event(timestamp: 50, stages: [0]), Event(timestamp: 100, stages: [1])]
    #expect(run(events, isMissing: [false, true], maxSpan: 60) == [[0, -1]])
  }

  @Test("A missing event at the start must have stayed away for as long as maxspan")
  func missingFirst() {
    let events = [Event(timestamp: 1, stages: [0]), Event(timestamp: 50, stages: [1]), Event(timestamp: 100, stages: [1])]
    #expect(run(events, isMissing: [true, false], maxSpan: 60) == [[-1, 2]])
  }
}

/// The state machine as it is documented, stage by stage over whole lists: for each event of a stage in order, take the latest sequence of the stage before
/// that ended before it, and forget that one and all older ones; then look at maxspan and until.
private func documented(_ events: [Event], stages: Int, maxSpan: Int64?) -> [[Int]] {
  var byKey: [Int: [[Int]]] = [:]
  for key in Set(events.flatMap(\.keys)) {
    func fits(_ index: Int, _ stage: Int) -> Bool { events[index].keys.contains(key) && events[index].stages.contains(stage) }
    var waiting = events.indices.filter { fits($0, 0) }.map { [$0] }
    for stage in 1..<stages {
      var reached: [[Int]] = []
      for index in events.indices where fits(index, stage) {
        guard let latest = waiting.lastIndex(where: { $0[$0.count - 1] < index }) else { continue }
        let sequence = waiting[latest]
        waiting.removeSubrange(...latest)
        if let maxSpan, events[index].timestamp - events[sequence[0]].timestamp > maxSpan { continue }
        let isCut = events.indices.contains { until in
          events[until].isUntil && events[until].keys.contains(key) && until >= sequence[sequence.count - 1] && until < index
        }
        if isCut { continue }
        reached.append(sequence + [index])
      }
      waiting = reached
    }
    byKey[key] = waiting
  }
  return byKey.values.flatMap { $0 }.sorted { ($0[$0.count - 1], $0.description) < ($1[$1.count - 1], $1.description) }
}

@Suite("Sequence matcher against the documented state machine")
struct SequenceMatcherDifferentialTests {
  @Test(arguments: 0..<400)
  func agree(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let stages = Int.random(in: 2...5, using: &random)
    let maxSpan: Int64? = Bool.random(using: &random) ? Int64.random(in: 1...40, using: &random) : nil
    let keys = Int.random(in: 1...3, using: &random)
    var time: Int64 = 0
    let events = (0..<Int.random(in: 0...60, using: &random)).map { _ in
      time += Int64.random(in: 0...4, using: &random)
      return Event(
        timestamp: time, stages: (0..<stages).filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
        keys: (0..<keys).filter { _ in Bool.random(using: &random) }, isUntil: Int.random(in: 0..<12, using: &random) == 0)
    }
    let found = run(events, isMissing: Array(repeating: false, count: stages), maxSpan: maxSpan)
    #expect(found.map { $0[stages - 1] } == found.map { $0[stages - 1] }.sorted(), "results come in the order of their last events")
    let sorted = found.sorted { ($0[stages - 1], $0.description) < ($1[stages - 1], $1.description) }
    #expect(sorted == documented(events, stages: stages, maxSpan: maxSpan))
  }
}
