import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension EQLSearch {
  /// Reads all events that fit a term, in the order of time, and hands them to the matcher.
  func sequences(_ plan: EQLPreparedQuery.SequencePlan, _ order: EQLPreparedQuery.TimeOrder) async throws -> EQLOutput {
    let terms = TermColumns(plan.terms, before: [order.timestamp, document])
    let sorted = Plan.sort(terms.rows(of: self), keys(order, isAscending: true))
    let result = try await execute(.project(sorted, terms.output))
    var stream = SequenceStream(plan: plan, terms: terms, timestampType: order.timestamp.type)
    var held = 0
    for page in result.table.pages {
      try execution.signals.check()
      try stream.consume(page)
      let bytes = stream.bytesHeld
      try execution.memory.reserve(max(0, bytes - held))
      held = max(held, bytes)
    }
    defer { execution.memory.release(held) }
    var matches = stream.matcher.matches()
    for pipe in query.pipes { matches = pipe.apply(to: matches) }
    var writer = hitWriter()
    try writer.writeSequences(
      matches.map { match in
        HitWriter.Group(
          keys: stream.keys.combinations[match.key].map { $0.json(datesAsMillis: false) },
          documents: match.events.map { $0 == SequenceMatcher.missing ? nil : DocumentReference(encoded: stream.documents[$0]) })
      }, memory: execution.memory)
    return EQLOutput(hits: writer.finish(), isPartial: result.isPartial)
  }
}

/// Feeds events to a sequence matcher, page by page, in the order of time.
private struct SequenceStream {
  let plan: EQLPreparedQuery.SequencePlan
  let terms: TermColumns
  /// The longest span in the unit of timestamps.
  var matcher: SequenceMatcher
  var keys = JoinKeyTable()
  /// By event number, where its document is.
  var documents: [Int64] = []
  /// For each term, its stages, the last first.
  private let stagesOfTerm: [[Int]]
  private var reader = JoinKeyReader()

  init(plan: EQLPreparedQuery.SequencePlan, terms: TermColumns, timestampType: DataType) {
    self.plan = plan
    self.terms = terms
    let unitsPerMilli: Int64 = timestampType == .dateNanos ? 1_000_000 : 1
    let maxSpan = plan.maxSpanMillis.map { millis -> Int64 in
      let (product, overflow) = millis.multipliedReportingOverflow(by: unitsPerMilli)
      return overflow ? .max : product
    }
    matcher = SequenceMatcher(isMissing: plan.isMissing, maxSpan: maxSpan)
    stagesOfTerm = plan.terms.indices.map { term in plan.stages.indices.filter { plan.stages[$0] == term }.reversed() }
  }

  var bytesHeld: Int { matcher.bytesHeld + documents.capacity * 8 + keys.bytesHeld }

  mutating func consume(_ page: Page) throws {
    guard case .longs(let times) = page.columns[0].values, case .longs(let places) = page.columns[1].values else { return }
    var keysOfTerm = [[Int]](repeating: [], count: plan.terms.count)
    for row in 0..<page.rowCount {
      let slots = page.columns[0].slots(ofRow: row)
      // An event without a time has no place in a sequence. Of several times the earliest counts.
      guard let slot = slots.first else { continue }
      let event = documents.count
      documents.append(places[page.columns[1].slots(ofRow: row).lowerBound])
      for term in plan.terms.indices {
        keysOfTerm[term] = terms.fits(term, page, row) ? keyNumbers(of: term, page, row) : []
      }
      // Stages from the last to the first, so that no event follows itself.
      for stage in plan.stages.indices.reversed() {
        for key in keysOfTerm[plan.stages[stage]] { matcher.match(stage: stage, key: key, event: event, timestamp: times[slot]) }
      }
      if let until = plan.until {
        for key in keysOfTerm[until] { matcher.until(key: key) }
      }
    }
  }

  private mutating func keyNumbers(of term: Int, _ page: Page, _ row: Int) -> [Int] {
    let values = plan.terms[term].keys.enumerated().map { index, key in
      reader.values(of: key, channel: terms.keyChannels[term][index], page, row)
    }
    return keys.numbers(of: values)
  }
}
