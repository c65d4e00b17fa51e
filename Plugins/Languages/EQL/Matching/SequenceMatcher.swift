/// Finds sequences in a stream of events that is ordered by time.
///
/// Semantics (Elasticsearch's "EQL syntax reference", State machine): per combination of key values and per stage there is one sequence in flight. An
/// event that matches a stage takes the sequence that waits at the stage before, unless that would last longer than `maxspan`; a newer sequence that
/// reaches a stage replaces an older one that waits there. An `until` event drops all that is in flight for its key. So every event costs a constant
/// number of steps, whatever came before it.
///
/// The caller numbers events by their place in the stream and join keys densely from 0. For each event it calls ``match(stage:key:event:timestamp:)`` for
/// the stages it fits, the last stage first (so that no event follows itself), then ``until(key:)`` if it is one. At the end it takes ``matches()``.
///
/// Stages that stand for missing events match nothing on the way. Their events are recorded, and a finished sequence is dropped afterwards if one of them
/// lies in its gap.
struct SequenceMatcher {
  /// A sequence that was found.
  struct Match: Sendable, Hashable {
    var key: Int
    /// An event a stage; ``missing`` where a missing-event stage stands.
    var events: [Int]
  }

  /// Stands for no event.
  static let missing = -1

  private let isMissing: [Bool]
  /// The stages that need an event.
  private let positive: [Int]
  /// For a stage, its rank among the positive ones.
  private let rank: [Int]
  /// Longest time from the first to the last event, in the unit of timestamps.
  private let maxSpan: Int64?

  /// For key, then rank: the last node of the chain of events that waits there; ``missing`` while none does.
  private var waiting: [Int] = []
  private var keyCount = 0
  private var nodes: [Node] = []
  /// The chain of nodes that are free to be used again.
  private var free = SequenceMatcher.missing
  private var finished: [Candidate] = []
  /// For missing stages, by key: the times of events that must not lie in the gap, ascending.
  private var absences: [[Int: [Int64]]]

  private struct Occurrence {
    var event: Int
    var timestamp: Int64
  }

  /// An event of a sequence in flight. A chain has one owner, the slot that it waits in, so a node moves with its chain and is freed with it.
  private struct Node {
    var occurrence: Occurrence
    /// When the chain's first event was.
    var start: Int64
    /// The node before it.
    var previous: Int
  }

  private struct Candidate {
    var key: Int
    var occurrences: [Occurrence]
  }

  /// - Parameters:
  ///   - isMissing: for each stage, whether it stands for a missing event; at least one does not.
  ///   - maxSpan: in the unit of the events' timestamps.
  init(isMissing: [Bool], maxSpan: Int64?) {
    self.isMissing = isMissing
    self.maxSpan = maxSpan
    positive = isMissing.indices.filter { !isMissing[$0] }
    var rank: [Int] = []
    var count = 0
    for missing in isMissing {
      rank.append(count)
      if !missing { count += 1 }
    }
    self.rank = rank
    absences = Array(repeating: [:], count: isMissing.count)
  }

  /// How many sequences are complete, before gaps are looked at. With no missing-event stage this only grows towards the result, so a
  /// search for the first few can end early.
  var completeCount: Int { finished.count }

  var hasMissingStages: Bool { positive.count < isMissing.count }

  /// What the matcher holds, roughly, for a memory budget.
  var bytesHeld: Int {
    waiting.capacity * MemoryLayout<Int>.stride + nodes.capacity * MemoryLayout<Node>.stride
      + finished.count * (positive.count * MemoryLayout<Occurrence>.stride + 64)
  }

  // MARK: - The stream

  /// Takes an event that fits a stage. Events come in the order of the stream.
  mutating func match(stage: Int, key: Int, event: Int, timestamp: Int64) {
    guard !isMissing[stage] else {
      absences[stage][key, default: []].append(timestamp)
      return
    }
    let rank = rank[stage]
    let occurrence = Occurrence(event: event, timestamp: timestamp)
    guard rank > 0 else {
      begin(occurrence, key: key)
      return
    }
    let from = slot(key, rank - 1)
    let waitingNode = waiting[from]
    guard waitingNode != Self.missing, nodes[waitingNode].occurrence.event < event else { return }
    waiting[from] = Self.missing
    let start = nodes[waitingNode].start
    if exceedsMaxSpan(from: start, to: timestamp) {
      release(waitingNode)
      return
    }
    if rank == positive.count - 1 {
      finish(waitingNode, with: occurrence, key: key)
    } else {
      replace(slot(key, rank), with: makeNode(Node(occurrence: occurrence, start: start, previous: waitingNode)))
    }
  }

  /// Drops what is in flight for a key. Called for an event after its stages were matched: an event that ends a sequence still ends it.
  mutating func until(key: Int) {
    guard key < keyCount else { return }
    for rank in 0..<(positive.count - 1) { replace(slot(key, rank), with: Self.missing) }
  }

  private mutating func begin(_ occurrence: Occurrence, key: Int) {
    if positive.count == 1 {
      finished.append(Candidate(key: key, occurrences: [occurrence]))
    } else {
      let node = makeNode(Node(occurrence: occurrence, start: occurrence.timestamp, previous: Self.missing))
      replace(slot(key, 0), with: node)
    }
  }

  private mutating func finish(_ last: Int, with occurrence: Occurrence, key: Int) {
    var occurrences = [occurrence]
    occurrences.reserveCapacity(positive.count)
    var node = last
    while node != Self.missing {
      occurrences.append(nodes[node].occurrence)
      node = nodes[node].previous
    }
    release(last)
    finished.append(Candidate(key: key, occurrences: occurrences.reversed()))
  }

  // MARK: - What is in flight

  /// Where the sequence of a key that has reached a rank waits. Makes room for keys that are new.
  private mutating func slot(_ key: Int, _ rank: Int) -> Int {
    let width = positive.count - 1
    if key >= keyCount {
      keyCount = key + 1
      waiting.append(contentsOf: repeatElement(Self.missing, count: keyCount * width - waiting.count))
    }
    return key * width + rank
  }

  private mutating func replace(_ slot: Int, with node: Int) {
    if waiting[slot] != Self.missing { release(waiting[slot]) }
    waiting[slot] = node
  }

  private mutating func makeNode(_ node: Node) -> Int {
    guard free != Self.missing else {
      nodes.append(node)
      return nodes.count - 1
    }
    let index = free
    free = nodes[index].previous
    nodes[index] = node
    return index
  }

  /// Gives a whole chain back.
  private mutating func release(_ last: Int) {
    var node = last
    while node != Self.missing {
      let previous = nodes[node].previous
      nodes[node].previous = free
      free = node
      node = previous
    }
  }

  // MARK: - The result

  /// The sequences found, in the order of their last events, then of their keys' arrival.
  func matches() -> [Match] {
    finished.filter(hasEmptyGaps).map { candidate in
      var events = [Int](repeating: Self.missing, count: isMissing.count)
      for (stage, occurrence) in zip(positive, candidate.occurrences) { events[stage] = occurrence.event }
      return Match(key: candidate.key, events: events)
    }
  }

  /// Whether no event of a missing stage lies in its gap. Between two events the gap is what lies strictly between their times. Before the first
  /// and after the last it reaches as far as `maxspan` allows: from the nearest event that must not be there before the sequence to the end of
  /// the sequence (or to the nearest such event after it) must be longer than `maxspan`, so that the whole can be placed in between.
  private func hasEmptyGaps(_ candidate: Candidate) -> Bool {
    let times = candidate.occurrences.map(\.timestamp)
    guard hasMissingStages, let start = times.first, let end = times.last else { return true }
    var before: Int64?
    var after: Int64?
    for stage in isMissing.indices where isMissing[stage] {
      guard let absent = absences[stage][candidate.key] else { continue }
      let rank = rank[stage]
      if rank == 0 {
        if let time = Self.last(of: absent, below: start) { before = max(before ?? .min, time) }
      } else if rank == positive.count {
        if let time = Self.first(of: absent, above: end) { after = min(after ?? .max, time) }
      } else if let time = Self.first(of: absent, above: times[rank - 1]), time < times[rank] {
        return false
      }
    }
    let isFirstMissing = isMissing.first == true
    let isLastMissing = isMissing.last == true
    switch (before, after) {
    case (nil, nil): return true
    case (nil, let after?): return isFirstMissing || exceedsMaxSpan(from: start, to: after)
    case (let before?, nil): return isLastMissing || exceedsMaxSpan(from: before, to: end)
    case (let before?, let after?): return exceedsMaxSpan(from: before, to: after)
    }
  }

  private func exceedsMaxSpan(from: Int64, to: Int64) -> Bool {
    guard let maxSpan else { return false }
    let (span, overflow) = to.subtractingReportingOverflow(from)
    return overflow || span > maxSpan
  }

  /// The index of the first time above a limit, in ascending times.
  private static func firstIndex(in times: [Int64], where isAbove: (Int64) -> Bool) -> Int {
    var low = 0
    var high = times.count
    while low < high {
      let middle = low + (high - low) / 2
      if isAbove(times[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private static func first(of times: [Int64], above limit: Int64) -> Int64? {
    let index = firstIndex(in: times) { $0 > limit }
    return index < times.count ? times[index] : nil
  }

  private static func last(of times: [Int64], below limit: Int64) -> Int64? {
    let index = firstIndex(in: times) { $0 >= limit }
    return index > 0 ? times[index - 1] : nil
  }
}
