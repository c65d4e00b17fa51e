import Meanwhile
import MeanwhileData

extension DocumentEndpoints {
  var multiGetRoutes: [Route] {
    let read = [
      "_source", "_source_includes", "_source_excludes", "preference", "realtime", "refresh", "routing", "stored_fields",
    ]
    return ["/_mget", "/{index}/_mget"].flatMap { path in
      [EndpointRequest.Method.get, .post].map { method in
        Route(
          method, path, summary: "Reads many documents.", parameters: read, body: .required,
          privilege: .index(.read, "indices:data/read/mget"),
          handler: getDocuments)
      }
    }
  }

  @Sendable func getDocuments(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let wanted = try Self.wanted(try await request.jsonObject() ?? JSONObject(), defaultIndex: request.pathParameters["index"])
    let filter = SourceFilter(request.parameters)
    let store = try session.indexStore()
    let resolver = try await store.resolver()
    var body: [UInt8] = Array("{\"docs\":[".utf8)
    for (number, item) in wanted.enumerated() {
      if number > 0 { body.append(UInt8(ascii: ",")) }
      do {
        let name = try Self.oneIndex(item.index, resolver)
        if try request.parameters.bool("refresh") == true { try await store.refresh(name) }
        let document = try await store.document(item.id, in: name)
        try Self.append(document, id: item.id, index: name, item.filter ?? filter, to: &body)
      } catch let error as APIError {
        let failure: JSONObject = [
          "_index": .string(item.index), "_id": .string(item.id), "error": .object(Self.withRootCause(error)),
        ]
        body.append(contentsOf: JSONValue.object(failure).encoded())
      }
    }
    body.append(contentsOf: "]}".utf8)
    return .encodedJSON(body)
  }

  private struct Wanted {
    var index: String
    var id: String
    /// Which parts of this document are wanted, where it says so.
    var filter: SourceFilter?
  }

  private static func withRootCause(_ error: APIError) -> JSONObject {
    JSONObject([JSONObject.Member(name: "root_cause", value: [.object(error.object)])] + error.object.members)
  }

  /// The documents that a body asks for: `docs` with their indices, or `ids` of the path's.
  private static func wanted(_ body: JSONObject, defaultIndex: String?) throws(APIError) -> [Wanted] {
    var wanted: [Wanted] = []
    for member in body.members {
      guard let items = member.value.array, member.name == "docs" || member.name == "ids" else {
        throw .illegalArgument("unexpected token [\(member.name)], expected [docs] or [ids] with an array")
      }
      for item in items { wanted.append(try Self.wanted(item, defaultIndex: defaultIndex, number: wanted.count)) }
    }
    guard !wanted.isEmpty else { throw .validation(["no documents to get"]) }
    return wanted
  }

  private static func wanted(_ item: JSONValue, defaultIndex: String?, number: Int) throws(APIError) -> Wanted {
    func text(_ value: JSONValue?) -> String? { value?.string ?? value?.int.map { String($0) } }
    guard let object = item.object else {
      guard let id = text(item) else { throw .illegalArgument("ids array element should only contain ids") }
      guard let defaultIndex else { throw .validation(["index is missing for doc \(number)"]) }
      return Wanted(index: defaultIndex, id: id)
    }
    guard let id = text(object["_id"]) else { throw .validation(["id is missing for doc \(number)"]) }
    guard let index = object["_index"]?.string ?? defaultIndex else { throw .validation(["index is missing for doc \(number)"]) }
    return Wanted(index: index, id: id, filter: object["_source"].map { SourceFilter($0) })
  }
}
