import Meanwhile
import MeanwhileEngine

extension ExecutionProfile {
  /// The member `profile` of a response: a driver a stage, with its operators, and the plan that was run, one operator a line.
  func json(_ plan: Plan) -> JSONValue {
    let total = stages.reduce(0) { $0 &+ $1.nanoseconds }
    return [
      "query": ["took_nanos": .integer(Int64(clamping: total)), "took_millis": .integer(Int64(clamping: total / 1_000_000))],
      "drivers": .array(stages.enumerated().map { Self.driver($0.offset, $0.element, isLast: $0.offset == stages.count - 1) }),
      "plans": [["description": "final", "cluster_name": "meanwhile", "node_name": "meanwhile", "plan": .string(plan.printed)]],
    ]
  }

  private static func driver(_ number: Int, _ stage: Stage, isLast: Bool) -> JSONValue {
    [
      "description": isLast ? "final" : "data", "task_description": .string("stage \(number)"), "cluster_name": "meanwhile",
      "node_name": "meanwhile", "took_nanos": .integer(Int64(clamping: stage.nanoseconds)),
      "documents_found": .integer(Int64(stage.documentsFound)), "values_loaded": .integer(Int64(stage.valuesLoaded)),
      "workers": .integer(Int64(stage.workers)), "operators": .array(stage.operators.map(Self.json)),
    ]
  }

  private static func json(_ step: Operator) -> JSONValue {
    [
      "operator": .string("\(step.name)Operator[\(step.detail)]"),
      "status": [
        "process_nanos": .integer(Int64(clamping: step.nanoseconds)), "pages_processed": .integer(Int64(step.pages)),
        "rows_received": .integer(Int64(step.rowsReceived)), "rows_emitted": .integer(Int64(step.rows)),
        "bytes_emitted": .integer(Int64(step.bytes)),
      ],
    ]
  }
}
