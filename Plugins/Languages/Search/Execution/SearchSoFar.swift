import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// What a search on its way has: documents counted, and aggregations of the documents read. Hits come at the end only.
struct SearchSoFar: Sendable {
  /// Of each index, which counts as a shard, how many segments it has.
  private let segmentCounts: [Int]
  /// The run that counts the hits.
  let hits = PlanWatch()
  private let passes: EnginePasses?
  /// Makes the aggregations of what the passes have given; nil where the search has none.
  private let aggregations: (@Sendable () async -> JSONObject?)?

  init(_ snapshots: [IndexSnapshot], passes: EnginePasses? = nil, aggregations: (@Sendable () async -> JSONObject?)? = nil) {
    segmentCounts = snapshots.map(\.segments.count)
    self.passes = passes
    self.aggregations = aggregations
  }

  /// The indices that are done: those whose hits are counted and, where there are aggregations, whose documents are in the first of them.
  private var shardsDone: Int {
    guard let read = passes.map(\.segmentsRead) ?? hits.segmentsRead else { return 0 }
    var rest = read[...]
    return segmentCounts.count { count in
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).allSatisfy(\.self)
    }
  }

  func output(took: TimeValue) async -> SearchOutput {
    let aggregations = await aggregations?()
    let shards: JSONObject = [
      "total": .integer(Int64(segmentCounts.count)), "successful": .integer(Int64(shardsDone)), "skipped": 0, "failed": 0,
    ]
    var response: JSONObject = [
      "took": .integer(took.milliseconds), "timed_out": false, "num_reduce_phases": .integer(Int64(passes?.shownCount ?? 0)),
      "_shards": .object(shards),
      "hits": [
        "total": ["value": .integer(Int64(hits.documentsFound)), "relation": "gte"], "max_score": nil, "hits": [],
      ],
    ]
    if let aggregations { response.append("aggregations", .object(aggregations)) }
    return SearchOutput(
      response: JSONValue.object(response).encoded(), isPartial: true, shardCount: segmentCounts.count, shardsDone: shardsDone)
  }
}
