import Meanwhile
import MeanwhileData

/// Writes the items of a bulk answer as they are done: one of a million must not cost an object.
struct BulkAnswer {
  private var items: [UInt8] = []
  private(set) var hasErrors = false

  mutating func append(_ result: DocumentWriteResult, kind: BulkAction.Kind, target: WriteTarget, isRefreshed: Bool) {
    let outcome: (word: String, status: Int)
    switch result.outcome {
    case .created: outcome = ("created", 201)
    case .updated: outcome = ("updated", 200)
    case .deleted: outcome = ("deleted", 200)
    case .notFound: outcome = ("not_found", 404)
    case .failed(let error): return append(error, kind: kind, index: target.name, id: result.id)
    }
    begin(kind, index: target.name, id: result.id)
    add(",\"_version\":")
    add(result.version)
    add(",\"result\":\"")
    add(outcome.word)
    add(isRefreshed ? "\",\"forced_refresh\":true,\"_shards\":{\"total\":" : "\",\"_shards\":{\"total\":")
    add(Int64(target.copies))
    add(",\"successful\":1,\"failed\":0},\"_seq_no\":")
    add(result.sequenceNumber)
    add(",\"_primary_term\":1,\"status\":")
    add(Int64(outcome.status))
    add("}}")
  }

  mutating func append(unchanged document: StoredDocument, target: WriteTarget) {
    begin(.update, index: target.name, id: document.id)
    add(",\"_version\":\(document.version),\"result\":\"noop\",\"_shards\":{\"total\":\(target.copies),\"successful\":1,\"failed\":0}")
    add(",\"_seq_no\":\(document.sequenceNumber),\"_primary_term\":1,\"status\":200}}")
  }

  mutating func append(_ error: APIError, kind: BulkAction.Kind, index: String, id: String?) {
    hasErrors = true
    begin(kind, index: index, id: id)
    add(",\"status\":\(error.status),\"error\":")
    items.append(contentsOf: JSONValue.object(error.object).encoded())
    add("}}")
  }

  private mutating func begin(_ kind: BulkAction.Kind, index: String, id: String?) {
    if !items.isEmpty { items.append(UInt8(ascii: ",")) }
    add("{\"")
    add(kind.rawValue)
    add("\":{\"_index\":")
    JSONText.append(quoting: index, to: &items)
    add(",\"_id\":")
    if let id { JSONText.append(quoting: id, to: &items) } else { add("null") }
  }

  private mutating func add(_ text: String) { items.append(contentsOf: text.utf8) }

  private mutating func add(_ number: Int64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = number.magnitude
      var start = digits.count
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 { items.append(UInt8(ascii: "-")) }
      items.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }

  /// The whole answer.
  func response(tookMillis: Int64) -> EndpointResponse {
    .encodedJSON(Array("{\"errors\":\(hasErrors),\"took\":\(tookMillis),\"items\":[".utf8) + items + Array("]}".utf8))
  }
}
