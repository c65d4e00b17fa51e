import Meanwhile
import MeanwhileData

/// A record as FileStore keeps it: a version, then fields, each a tag, a length and bytes. A reader passes over tags that it does not know, and a field
/// that is not there has its default, so a field can be added without a new version.
extension TaskRecord {
  private static let encodingVersion: UInt8 = 1

  private enum Tag: UInt8 {
    case document = 1
    case node, number, language, dialect, owner, principal, request, description, opaqueID, state, submitted, started, completed, expires
    case keepOnCompletion, attempts, failure, isPartial
    case wasStopped, rowsRead, rowsTotal, bytesRead, bytesTotal
    case action, runMax
    case documentsFound, valuesLoaded
  }

  func encodedForStore() -> [UInt8] {
    var writer = ByteWriter(capacity: 320 + request.body.count)
    writer.append(Self.encodingVersion)
    func field(_ tag: Tag, _ bytes: some Collection<UInt8>) {
      writer.append(tag.rawValue)
      writer.append(prefixed: bytes)
    }
    func field(_ tag: Tag, _ number: UInt64) {
      var value = ByteWriter(capacity: 10)
      value.append(varint: number)
      field(tag, value.bytes)
    }
    func field(_ tag: Tag, _ moment: Timestamp?) {
      if let moment { field(tag, UInt64(bitPattern: moment.milliseconds)) }
    }
    field(.document, id.document.utf8)
    field(.node, id.node.utf8)
    field(.number, id.number)
    field(.language, language.utf8)
    field(.dialect, dialect.utf8)
    field(.action, action.utf8)
    if let runMax { field(.runMax, UInt64(bitPattern: runMax.nanoseconds)) }
    if let owner { field(.owner, owner.utf8) }
    if let principal { field(.principal, Self.encode(principal)) }
    field(.request, Self.encode(request))
    field(.description, description.utf8)
    if let opaqueID { field(.opaqueID, opaqueID.utf8) }
    field(.state, state.rawValue.utf8)
    field(.submitted, submitted)
    field(.started, started)
    field(.completed, completed)
    field(.expires, expires)
    field(.keepOnCompletion, keepOnCompletion ? 1 : 0)
    field(.attempts, UInt64(clamping: attempts))
    if let failure { field(.failure, JSONValue.object(failure.storedObject).encoded()) }
    field(.isPartial, isPartial ? 1 : 0)
    let counts: [(Tag, Int)] = [
      (.wasStopped, wasStopped ? 1 : 0), (.rowsRead, progress.rows), (.rowsTotal, progress.rowsTotal), (.bytesRead, progress.bytes),
      (.bytesTotal, progress.bytesTotal), (.documentsFound, progress.documentsFound), (.valuesLoaded, progress.valuesLoaded),
    ]
    for (tag, count) in counts where count > 0 { field(tag, UInt64(count)) }
    return writer.bytes
  }

  /// - Throws: ``CorruptData`` where the bytes are no record.
  init(decodingFromStore bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    guard try reader.number(UInt8.self) == Self.encodingVersion else { throw CorruptData("not what the store writes") }
    var fields: [Tag: ArraySlice<UInt8>] = [:]
    while !reader.isAtEnd {
      let tag = try reader.number(UInt8.self)
      let value = try reader.prefixed()
      if let tag = Tag(rawValue: tag) { fields[tag] = value }
    }
    func text(_ tag: Tag) throws -> String? {
      guard let bytes = fields[tag] else { return nil }
      guard let text = String(validating: bytes, as: UTF8.self) else { throw CorruptData("not what the store writes") }
      return text
    }
    func number(_ tag: Tag) throws -> UInt64? {
      guard let bytes = fields[tag] else { return nil }
      var reader = ByteReader(bytes)
      return try reader.varint()
    }
    func moment(_ tag: Tag) throws -> Timestamp? { try number(tag).map { Timestamp(milliseconds: Int64(bitPattern: $0)) } }
    guard let document = try text(.document), let node = try text(.node), let taskNumber = try number(.number),
      let language = try text(.language), let dialect = try text(.dialect), let requestBytes = fields[.request],
      let state = try text(.state).flatMap(TaskState.init(rawValue:)), let submitted = try moment(.submitted),
      let expires = try moment(.expires)
    else { throw CorruptData("not what the store writes") }
    self.init(
      id: TaskID(document: document, node: node, number: taskNumber), language: language, dialect: dialect,
      action: try text(.action), principal: try fields[.principal].map(Self.decodePrincipal), request: try Self.decodeRequest(requestBytes),
      description: try text(.description) ?? "", opaqueID: try text(.opaqueID), state: state, submitted: submitted, expires: expires,
      keepOnCompletion: try number(.keepOnCompletion) == 1)
    runMax = try number(.runMax).map { TimeValue(nanoseconds: Int64(bitPattern: $0)) }
    owner = try text(.owner)
    started = try moment(.started)
    completed = try moment(.completed)
    attempts = Int(clamping: try number(.attempts) ?? 0)
    isPartial = try number(.isPartial) == 1
    wasStopped = try number(.wasStopped) == 1
    progress.rows = Int(clamping: try number(.rowsRead) ?? 0)
    progress.rowsTotal = Int(clamping: try number(.rowsTotal) ?? 0)
    progress.bytes = Int(clamping: try number(.bytesRead) ?? 0)
    progress.bytesTotal = Int(clamping: try number(.bytesTotal) ?? 0)
    progress.documentsFound = Int(clamping: try number(.documentsFound) ?? 0)
    progress.valuesLoaded = Int(clamping: try number(.valuesLoaded) ?? 0)
    if let bytes = fields[.failure] {
      guard case .object(let object)? = try? JSONValue.parse(bytes), let failure = APIError(storedObject: object) else {
        throw CorruptData("not what the store writes")
      }
      self.failure = failure
    }
  }

  /// Whether the state in a stored record is a finished one, without reading the rest; false where the bytes are no record.
  static func isFinished(inStore bytes: [UInt8]) -> Bool {
    var reader = ByteReader(bytes)
    guard (try? reader.number(UInt8.self)) == encodingVersion else { return false }
    while let tag = try? reader.number(UInt8.self), let value = try? reader.prefixed() {
      guard tag == Tag.state.rawValue else { continue }
      return TaskState(rawValue: String(decoding: value, as: UTF8.self))?.isFinished ?? false
    }
    return false
  }

  private static func encode(_ principal: Principal) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(principal.username)
    writer.append(principal.realm)
    writer.append(varint: UInt64(principal.roles.count))
    for role in principal.roles { writer.append(role) }
    writer.append(principal.apiKeyID == nil ? 0 : 1 as UInt8)
    if let key = principal.apiKeyID { writer.append(key) }
    return writer.bytes
  }

  private static func decodePrincipal(_ bytes: ArraySlice<UInt8>) throws -> Principal {
    var reader = ByteReader(bytes)
    var principal = Principal(username: try reader.text(), realm: try reader.text())
    for _ in 0..<(try reader.varint()) { principal.roles.append(try reader.text()) }
    if try reader.number(UInt8.self) == 1 { principal.apiKeyID = try reader.text() }
    return principal
  }

  private static func encode(_ request: StoredRequest) -> [UInt8] {
    var writer = ByteWriter(capacity: 64 + request.body.count)
    writer.append(request.method.rawValue)
    writer.append(request.path)
    writer.append(varint: UInt64(request.parameters.pairs.count))
    for pair in request.parameters.pairs {
      writer.append(pair.name)
      writer.append(pair.value)
    }
    writer.append(varint: UInt64(request.pathParameters.count))
    for (name, value) in request.pathParameters.sorted(by: { $0.key < $1.key }) {
      writer.append(name)
      writer.append(value)
    }
    writer.append(prefixed: request.body)
    return writer.bytes
  }

  private static func decodeRequest(_ bytes: ArraySlice<UInt8>) throws -> StoredRequest {
    var reader = ByteReader(bytes)
    guard let method = EndpointRequest.Method(rawValue: try reader.text()) else { throw CorruptData("not what the store writes") }
    let path = try reader.text()
    var pairs: [(name: String, value: String)] = []
    for _ in 0..<(try reader.varint()) { pairs.append((name: try reader.text(), value: try reader.text())) }
    var pathParameters: [String: String] = [:]
    for _ in 0..<(try reader.varint()) {
      let name = try reader.text()
      pathParameters[name] = try reader.text()
    }
    return StoredRequest(
      method: method, path: path, parameters: Parameters(pairs), pathParameters: pathParameters, body: Array(try reader.prefixed()))
  }
}

extension APIError {
  /// The whole error as JSON; unlike ``APIError/object`` nothing is merged, so that it can be read back.
  fileprivate var storedObject: JSONObject {
    var object: JSONObject = ["type": .string(type), "reason": .string(reason), "status": .integer(Int64(status))]
    if !metadata.isEmpty { object.append("metadata", .object(metadata)) }
    if let cause { object.append("cause", .object(cause.error.storedObject)) }
    if !rootCauses.isEmpty { object.append("root_causes", .array(rootCauses.map { .object($0.storedObject) })) }
    if !headers.fields.isEmpty { object.append("headers", .array(headers.fields.map { [.string($0.name), .string($0.value)] })) }
    return object
  }

  fileprivate init?(storedObject object: JSONObject) {
    guard let type = object["type"]?.string, let reason = object["reason"]?.string,
      let status = object["status"]?.int.flatMap(Int.init(exactly:))
    else { return nil }
    let fields = (object["headers"]?.array ?? []).compactMap { field -> Headers.Field? in
      guard let pair = field.array, pair.count == 2, let name = pair[0].string, let value = pair[1].string else { return nil }
      return Headers.Field(name: name, value: value)
    }
    self.init(
      type: type, reason: reason, status: status, metadata: object["metadata"]?.object ?? JSONObject(),
      causedBy: (object["cause"]?.object).flatMap(APIError.init(storedObject:)),
      rootCauses: (object["root_causes"]?.array ?? []).compactMap { $0.object.flatMap(APIError.init(storedObject:)) },
      headers: Headers(fields))
  }
}
