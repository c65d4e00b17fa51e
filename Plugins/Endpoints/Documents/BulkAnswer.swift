import Meanwhile
import MeanwhileData

/// Writes the items of a bulk answer as they are done: one of a million must not cost an object.
struct BulkAnswer {
  private var items: [UInt8] = []
  private(set) var hasErrors = false
  private var last: (form: Form?, texts: Texts) = (nil, Texts())

  mutating func append(_ result: DocumentWriteResult, kind: BulkAction.Kind, target: WriteTarget, isRefreshed: Bool) {
    let outcome: (word: String, status: Int)
    switch result.outcome {
    case .created: outcome = ("created", 201)
    case .updated: outcome = ("updated", 200)
    case .deleted: outcome = ("deleted", 200)
    case .notFound: outcome = ("not_found", 404)
    case .failed(let error): return append(error, kind: kind, index: target.name, id: result.id)
    }
    let form = Form(kind: kind, word: outcome.word, index: target.name, copies: target.copies, isRefreshed: isRefreshed)
    if form != last.form { last = (form, Texts(form, status: outcome.status)) }
    if !items.isEmpty { items.append(UInt8(ascii: ",")) }
    items.append(contentsOf: last.texts.beforeID)
    JSONText.append(quoting: result.id, to: &items)
    items.append(contentsOf: last.texts.beforeVersion)
    add(result.version)
    items.append(contentsOf: last.texts.beforeNumber)
    add(result.sequenceNumber)
    items.append(contentsOf: last.texts.end)
  }

  /// What an item of a load says besides its document's id and numbers; mostly the same as the item before it.
  private struct Form: Equatable {
    var kind: BulkAction.Kind
    var word: String
    var index: String
    var copies: Int
    var isRefreshed: Bool
  }

  /// The parts of an item of one form.
  private struct Texts {
    var beforeID: [UInt8] = []
    let beforeVersion: [UInt8] = Array(",\"_version\":".utf8)
    var beforeNumber: [UInt8] = []
    var end: [UInt8] = []

    init() {}

    init(_ form: Form, status: Int) {
      var start = Array("{\"\(form.kind.rawValue)\":{\"_index\":".utf8)
      JSONText.append(quoting: form.index, to: &start)
      beforeID = start + Array(",\"_id\":".utf8)
      let refreshed = form.isRefreshed ? ",\"forced_refresh\":true" : ""
      let shards = "{\"total\":\(form.copies),\"successful\":1,\"failed\":0}"
      beforeNumber = Array(",\"result\":\"\(form.word)\"\(refreshed),\"_shards\":\(shards),\"_seq_no\":".utf8)
      end = Array(",\"_primary_term\":1,\"status\":\(status)}}".utf8)
    }
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
