#if CLI
import Meanwhile

/// Sends the documents of a file to an index, a few megabytes at a time, and counts what became of them.
struct BulkLoader {
  /// Large enough that a request's own cost is nothing, small enough that a refused or lost one is cheap to send again.
  private static let batchBytes = 4 << 20
  /// How many reasons for refusals are kept to be shown.
  private static let reasonsMax = 5

  struct Outcome {
    var documents = 0
    var bytes = 0
    var refused = 0
    var reasons: [String] = []
  }

  let service: any ServiceAccess
  let index: String

  func load(_ file: FileReader, as format: ImportFormat, progress: inout ProgressBar) async throws -> Outcome {
    var outcome = Outcome()
    var source = format.makeSource()
    var batch = BulkBatch(action: Array("{\"index\":{}}\n".utf8))
    var reader = ImportReader(file)
    while let block = try reader.next() {
      outcome.bytes = reader.bytesRead
      source.take(block, into: &batch)
      guard batch.body.count >= Self.batchBytes else { continue }
      try await send(batch.take(), &outcome)
      progress.show(bytes: outcome.bytes, documents: outcome.documents)
    }
    source.finish(into: &batch)
    try await send(batch, &outcome)
    progress.clear()
    return outcome
  }

  private func send(_ batch: BulkBatch, _ outcome: inout Outcome) async throws {
    for (line, reason) in batch.refused { Self.refuse(line, reason, &outcome) }
    if !batch.declared.isEmpty {
      try await prepare(["properties": .object(JSONObject(batch.declared.map { .init(name: $0.name, value: ["type": .string($0.type)]) }))])
    }
    guard !batch.lines.isEmpty else { return }
    let answer = try await service.answer(
      EndpointRequest(
        method: .post, path: "/\(PercentEncoding.encode(index))/_bulk", headers: ["Content-Type": "application/x-ndjson"],
        body: ChunkStream([batch.body])))
    // The answer has an item a document. Where none failed, that is all it says, and it need not be read.
    if answer.status == 200, answer.body.prefix(64).contains(Self.noErrors) {
      outcome.documents += batch.lines.count
      return
    }
    let items = try answer.json()["items"]?.array ?? []
    guard items.count == batch.lines.count else {
      throw CommandFailure("the answer to a bulk request has [\(items.count)] items for [\(batch.lines.count)] documents")
    }
    for (line, item) in zip(batch.lines, items) {
      guard let error = item.object?.members.first?.value["error"], !error.isNull else {
        outcome.documents += 1
        continue
      }
      Self.refuse(line, "\(error["type"]?.string ?? "error"): \(error["reason"]?.string ?? "")", &outcome)
    }
  }

  /// Makes the index with a mapping, or gives the mapping's fields to the index that is there.
  func prepare(_ mapping: JSONObject) async throws {
    let path = "/\(PercentEncoding.encode(index))"
    let made = try await service.answer(EndpointRequest(.put, path, json: ["mappings": .object(mapping)]))
    guard made.status >= 400 else { return }
    guard try JSONValue.parse(made.body)["error"]?["type"]?.string == "resource_already_exists_exception" else {
      _ = try made.json()
      return
    }
    _ = try await service.json(.put, path + "/_mapping", body: .object(mapping))
  }

  private static let noErrors: [UInt8] = Array("\"errors\":false".utf8)

  private static func refuse(_ line: Int, _ reason: String, _ outcome: inout Outcome) {
    outcome.refused += 1
    if outcome.reasons.count < reasonsMax { outcome.reasons.append("line \(line): \(reason)") }
  }
}

extension Collection where Element == UInt8, SubSequence: Collection<UInt8> {
  fileprivate func contains(_ needle: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: needle) }
  }
}
#endif
