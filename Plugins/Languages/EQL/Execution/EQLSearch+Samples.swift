import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension EQLSearch {
  /// Reads all events that fit a term, brings those with the same key values together, and chooses among them. Samples come in the order of their keys.
  func samples(_ plans: [EQLPreparedQuery.TermPlan]) async throws -> EQLOutput {
    let terms = TermColumns(plans, before: [document])
    let sorted = Plan.sort(terms.rows(of: self), [Plan.SortKey(.column(document))])
    return try sampleOutput(of: try await execute(.project(sorted, terms.output)), plans, terms)
  }

  private func sampleOutput(of result: ExecutionResult, _ plans: [EQLPreparedQuery.TermPlan], _ terms: TermColumns) throws -> EQLOutput {
    var values = JoinKeyValues()
    var keys = JoinKeyTable(width: plans.first?.keys.count ?? 0)
    var found: [Int] = []
    // By key, then term: the first events that fit.
    var candidates: [[[Int]]] = []
    let candidatesMax = SampleMatcher.candidatesMax(filters: plans.count, limit: query.request.samplesPerKeyMax)
    var held = 0
    defer { execution.memory.release(held) }
    for page in result.table.pages {
      try execution.signals.check()
      guard case .longs(let places) = page.columns[0].values else { continue }
      for row in 0..<page.rowCount {
        let place = Int(places[page.columns[0].slots(ofRow: row).lowerBound])
        for (term, plan) in plans.enumerated() where terms.fits(term, page, row) {
          keys.numbers(into: &found) { place, buffer in
            values.numbers(of: plan.keys[place], channel: terms.keyChannels[term][place], page, row, into: &buffer)
          }
          for key in found {
            while candidates.count <= key { candidates.append(Array(repeating: [], count: plans.count)) }
            if candidates[key][term].count < candidatesMax { candidates[key][term].append(place) }
          }
        }
      }
      let bytes = keys.bytesHeld + values.bytesHeld + candidates.count * plans.count * 64
      try execution.memory.reserve(max(0, bytes - held))
      held = max(held, bytes)
    }
    var groups: [HitWriter.Group] = []
    let combinations = candidates.indices.map { keys.values(of: $0).map { values.values[$0] } }
    let signals = execution.signals
    let order = try combinations.indices.sorted { left, right in
      try signals.check()
      return combinations[left].lexicographicallyPrecedes(combinations[right])
    }
    for key in order where groups.count < query.request.size {
      for sample in try SampleMatcher.samples(from: candidates[key], limit: query.request.samplesPerKeyMax, check: signals.check) {
        guard groups.count < query.request.size else { break }
        groups.append(
          HitWriter.Group(
            keys: combinations[key].map { $0.json(datesAsMillis: true) },
            documents: sample.map { DocumentReference(encoded: Int64($0)) }))
      }
    }
    var writer = hitWriter()
    try writer.writeSequences(groups, memory: execution.memory)
    return EQLOutput(hits: writer.finish(), isPartial: result.isPartial)
  }
}
