import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// What a search on its way has: documents counted, and aggregations of the documents read. Hits come at the end only.
struct SearchSoFar: Sendable {
  let shardCount: Int
  /// The run that counts the hits.
  let hits = PlanWatch()
  /// Makes the aggregations of what the passes have given; nil where the search has none.
  var aggregations: (@Sendable () async -> JSONObject?)?

  init(shardCount: Int) { self.shardCount = shardCount }

  func output(took: TimeValue) async -> SearchOutput {
    var response: JSONObject = [
      "took": .integer(took.milliseconds), "timed_out": false, "num_reduce_phases": 0,
      "_shards": ["total": .integer(Int64(shardCount)), "successful": 0, "skipped": 0, "failed": 0],
      "hits": [
        "total": ["value": .integer(Int64(hits.documentsFound)), "relation": "gte"], "max_score": nil, "hits": [],
      ],
    ]
    if let aggregations = await aggregations?() { response.append("aggregations", .object(aggregations)) }
    return SearchOutput(response: JSONValue.object(response).encoded(), isPartial: true, shardCount: shardCount)
  }
}
