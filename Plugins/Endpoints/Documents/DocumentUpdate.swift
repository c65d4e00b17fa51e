import Meanwhile
import MeanwhileData

/// A change of part of a document: `doc` merged into it, or `upsert` where there is none.
struct DocumentUpdate: Sendable {
  private var part: JSONObject?
  private var upsert: JSONObject?
  private var detectsNoop = true

  enum Outcome: Sendable {
    case written(DocumentWriteResult)
    /// The document has all of it already.
    case unchanged(StoredDocument)
  }

  init(_ body: JSONObject) throws(APIError) {
    for member in body.members {
      switch member.name {
      case "doc":
        guard let object = member.value.object else { throw Self.malformed("[UpdateRequest] [doc] must be an object") }
        part = object
      case "upsert":
        guard let object = member.value.object else { throw Self.malformed("[UpdateRequest] [upsert] must be an object") }
        upsert = object
      case "doc_as_upsert", "detect_noop", "scripted_upsert", "_source", "if_seq_no", "if_primary_term": break
      case "script": throw .illegalArgument("scripts are not supported: send the changed fields as [doc]")
      default: throw Self.malformed("[UpdateRequest] unknown field [\(member.name)]")
      }
    }
    if body["doc_as_upsert"]?.bool == true { upsert = part }
    detectsNoop = body["detect_noop"]?.bool ?? true
    guard part != nil else { throw .validation(["script or doc is missing"]) }
  }

  private static func malformed(_ reason: String) -> APIError { .xContentParse(reason, at: nil) }

  /// Reads, changes and writes the document; where another write comes between, again.
  func apply(to id: String, in index: String, store: any IndexStore, retriesMax: Int) async throws -> Outcome {
    var retries = 0
    while true {
      let write: DocumentWrite
      if let document = try await store.document(id, in: index) {
        guard case .object(let current) = try JSONValue.parse(document.source) else {
          throw APIError.internalFailure("a document is no object")
        }
        let merged = Self.merged(current, with: part ?? JSONObject())
        if detectsNoop, merged == current { return .unchanged(document) }
        write = DocumentWrite(
          operation: .index, id: id, source: JSONValue.object(merged).encoded(), ifSequenceNumber: document.sequenceNumber)
      } else {
        guard let upsert else {
          throw APIError(
            type: "document_missing_exception", reason: "[\(id)]: document missing", status: 404,
            metadata: ["index": .string(index), "shard": "0"])
        }
        write = DocumentWrite(operation: .create, id: id, source: JSONValue.object(upsert).encoded())
      }
      guard let result = try await store.write([write], to: index).first else { throw APIError.internalFailure("the store wrote nothing") }
      if case .failed(let error) = result.outcome {
        guard error.status == 409, retries < retriesMax else { throw error }
        retries += 1
        continue
      }
      return .written(result)
    }
  }

  /// Objects merge member by member; anything else is replaced.
  private static func merged(_ base: JSONObject, with part: JSONObject) -> JSONObject {
    var merged = base
    for member in part.members {
      if let own = base[member.name]?.object, let other = member.value.object {
        merged[member.name] = .object(Self.merged(own, with: other))
      } else {
        merged[member.name] = member.value
      }
    }
    return merged
  }
}
