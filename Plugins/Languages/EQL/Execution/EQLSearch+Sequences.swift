import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension EQLSearch {
  /// Reads all events that fit a term, in the order of time, and hands them to the matcher.
  func sequences(_ plan: EQLPreparedQuery.SequencePlan, _ order: EQLPreparedQuery.TimeOrder) async throws -> EQLOutput {
    let terms = TermColumns(plan.terms, before: [order.timestamp, document])
    let sorted = Plan.sort(terms.rows(of: self), keys(order, isAscending: true))
    return try sequenceOutput(of: try await execute(.project(sorted, terms.output)), plan, terms, timestampType: order.timestamp.type)
  }

  private func sequenceOutput(
    of result: ExecutionResult, _ plan: EQLPreparedQuery.SequencePlan, _ terms: TermColumns, timestampType: DataType
  ) throws -> EQLOutput {
    var stream = SequenceStream(plan: plan, terms: terms, timestampType: timestampType)
    var held = 0
    defer { execution.memory.release(held) }
    for page in result.table.pages {
      try execution.signals.check()
      try stream.consume(page)
      let bytes = stream.bytesHeld
      try execution.memory.reserve(max(0, bytes - held))
      held = max(held, bytes)
    }
    try execution.signals.check()
    var matches = stream.matcher.matches()
    for pipe in query.pipes { matches = pipe.apply(to: matches) }
    var writer = hitWriter()
    try writer.writeSequences(
      matches.map { match in
        HitWriter.Group(
          keys: stream.keyValues(of: match.key).map { $0.json(datesAsMillis: false) },
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
  private var keys: JoinKeyTable
  private var values = JoinKeyValues()
  /// By event number, where its document is.
  var documents: [Int64] = []
  /// For each term, the numbers of its keys in the current row.
  private var keysOfTerm: [[Int]]

  init(plan: EQLPreparedQuery.SequencePlan, terms: TermColumns, timestampType: DataType) {
    self.plan = plan
    self.terms = terms
    let unitsPerMilli: Int64 = timestampType == .dateNanos ? 1_000_000 : 1
    let maxSpan = plan.maxSpanMillis.map { millis -> Int64 in
      let (product, overflow) = millis.multipliedReportingOverflow(by: unitsPerMilli)
      return overflow ? .max : product
    }
    matcher = SequenceMatcher(isMissing: plan.isMissing, maxSpan: maxSpan)
    keys = JoinKeyTable(width: plan.terms.first?.keys.count ?? 0)
    keysOfTerm = Array(repeating: [], count: plan.terms.count)
  }

  var bytesHeld: Int { matcher.bytesHeld + documents.capacity * 8 + keys.bytesHeld + values.bytesHeld }

  func keyValues(of key: Int) -> [JoinKey] { keys.values(of: key).map { values.values[$0] } }

  mutating func consume(_ page: Page) throws {
    guard case .longs(let times) = page.columns[0].values, case .longs(let places) = page.columns[1].values else { return }
    for row in 0..<page.rowCount {
      let slots = page.columns[0].slots(ofRow: row)
      // An event without a time has no place in a sequence. Of several times the earliest counts.
      guard let slot = slots.first else { continue }
      let event = documents.count
      documents.append(places[page.columns[1].slots(ofRow: row).lowerBound])
      for term in plan.terms.indices {
        keysOfTerm[term].removeAll(keepingCapacity: true)
        if terms.fits(term, page, row) { readKeys(of: term, page, row) }
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

  private mutating func readKeys(of term: Int, _ page: Page, _ row: Int) {
    keys.numbers(into: &keysOfTerm[term]) { place, buffer in
      values.numbers(of: plan.terms[term].keys[place], channel: terms.keyChannels[term][place], page, row, into: &buffer)
    }
  }
}
