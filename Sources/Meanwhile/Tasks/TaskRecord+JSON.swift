extension TaskRecord {
  /// The version of the JSON form; a reader refuses a newer one.
  static let formatVersion: Int64 = 1

  /// The record as JSON: what a store may keep. Members that are nil are left out.
  public var json: JSONValue {
    var object: JSONObject = [
      "format": .integer(Self.formatVersion),
      "document": .string(id.document), "node": .string(id.node), "number": .unsigned(id.number),
      "language": .string(language), "dialect": .string(dialect), "description": .string(description),
      "state": .string(state.rawValue),
      "submitted": .integer(submitted.milliseconds), "expires": .integer(expires.milliseconds),
      "keep_on_completion": .bool(keepOnCompletion), "attempts": .integer(Int64(attempts)), "is_partial": .bool(isPartial),
      "request": request.json,
    ]
    object["action"] = .string(action)
    object["run_max_nanos"] = runMax.map { .integer($0.nanoseconds) }
    object["owner"] = owner.map(JSONValue.string)
    object["principal"] = principal?.json
    object["opaque_id"] = opaqueID.map(JSONValue.string)
    object["started"] = started.map { .integer($0.milliseconds) }
    object["completed"] = completed.map { .integer($0.milliseconds) }
    object["failure"] = failure?.json
    if wasStopped { object["was_stopped"] = true }
    if progress != QueryProgress.Reading() { object["progress"] = .object(progress.json) }
    return .object(object)
  }

  /// Reads what ``json`` made.
  ///
  /// - Throws: ``APIError`` (500) where it is not a record.
  public init(json: JSONValue) throws(APIError) {
    guard let format = json["format"]?.int, format <= Self.formatVersion,
      let document = json["document"]?.string, let node = json["node"]?.string, let number = json["number"]?.unsigned,
      let language = json["language"]?.string, let dialect = json["dialect"]?.string, let description = json["description"]?.string,
      let state = json["state"]?.string.flatMap(TaskState.init(rawValue:)),
      let submitted = json["submitted"]?.timestamp, let expires = json["expires"]?.timestamp,
      let keepOnCompletion = json["keep_on_completion"]?.bool, let attempts = json["attempts"]?.int.flatMap(Int.init(exactly:)),
      let isPartial = json["is_partial"]?.bool, let request = json["request"].flatMap(StoredRequest.init(json:))
    else { throw .internalFailure("a stored task record cannot be read") }
    self.init(
      id: TaskID(document: document, node: node, number: number), language: language, dialect: dialect,
      action: json["action"]?.string, principal: json["principal"].flatMap(Principal.init(json:)), request: request,
      description: description,
      opaqueID: json["opaque_id"]?.string, state: state, submitted: submitted, expires: expires, keepOnCompletion: keepOnCompletion)
    self.owner = json["owner"]?.string
    self.runMax = json["run_max_nanos"]?.int.map { TimeValue(nanoseconds: $0) }
    self.started = json["started"]?.timestamp
    self.completed = json["completed"]?.timestamp
    self.attempts = attempts
    self.failure = json["failure"].flatMap(APIError.init(json:))
    self.isPartial = isPartial
    self.wasStopped = json["was_stopped"]?.bool ?? false
    self.progress = QueryProgress.Reading(
      rows: json["progress"]?.count("rows") ?? 0, rowsTotal: json["progress"]?.count("rows_total") ?? 0,
      bytes: json["progress"]?.count("bytes") ?? 0, bytesTotal: json["progress"]?.count("bytes_total") ?? 0)
  }
}

extension StoredRequest {
  /// The body is Base64, since a body may be anything.
  var json: JSONValue {
    [
      "method": .string(method.rawValue), "path": .string(path),
      "parameters": .array(parameters.pairs.map { .array([.string($0.name), .string($0.value)]) }),
      "path_parameters": .object(
        JSONObject(pathParameters.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .string($0.value)) })),
      "body": .string(Base64.encode(body, isPadded: false)),
    ]
  }

  init?(json: JSONValue) {
    guard let method = json["method"]?.string.flatMap(EndpointRequest.Method.init(rawValue:)), let path = json["path"]?.string,
      let pairs = json["parameters"]?.array, let pathPairs = json["path_parameters"]?.object,
      let body = json["body"]?.string.flatMap({ Base64.decode($0) })
    else { return nil }
    var parameters: [(name: String, value: String)] = []
    for pair in pairs {
      guard let parts = pair.array, parts.count == 2, let name = parts[0].string, let value = parts[1].string else { return nil }
      parameters.append((name: name, value: value))
    }
    var pathParameters: [String: String] = [:]
    for member in pathPairs.members { pathParameters[member.name] = member.value.string }
    self.init(method: method, path: path, parameters: Parameters(parameters), pathParameters: pathParameters, body: body)
  }
}

extension Principal {
  var json: JSONValue {
    var object: JSONObject = ["username": .string(username), "realm": .string(realm), "roles": .array(roles.map(JSONValue.string))]
    object["api_key_id"] = apiKeyID.map(JSONValue.string)
    return .object(object)
  }

  init?(json: JSONValue) {
    guard let username = json["username"]?.string, let realm = json["realm"]?.string, let roles = json["roles"]?.array else { return nil }
    self.init(username: username, realm: realm, roles: roles.compactMap(\.string), apiKeyID: json["api_key_id"]?.string)
  }
}

extension APIError {
  /// The error with all that a response needs, headers included.
  var json: JSONValue {
    var object: JSONObject = [
      "type": .string(type), "reason": .string(reason), "status": .integer(Int64(status)), "metadata": .object(metadata),
      "root_causes": .array(rootCauses.map(\.json)),
      "headers": .array(headers.fields.map { .array([.string($0.name), .string($0.value)]) }),
    ]
    object["cause"] = cause?.error.json
    return .object(object)
  }

  init?(json: JSONValue) {
    guard let type = json["type"]?.string, let reason = json["reason"]?.string, let status = json["status"]?.int,
      let metadata = json["metadata"]?.object, let roots = json["root_causes"]?.array, let fields = json["headers"]?.array
    else { return nil }
    var headers = Headers()
    for field in fields {
      guard let parts = field.array, parts.count == 2, let name = parts[0].string, let value = parts[1].string else { return nil }
      headers.add(name, value)
    }
    self.init(
      type: type, reason: reason, status: Int(clamping: status), metadata: metadata, causedBy: json["cause"].flatMap(APIError.init(json:)),
      rootCauses: roots.compactMap(APIError.init(json:)), headers: headers)
  }
}

extension JSONValue {
  /// A whole number that is not negative.
  fileprivate var unsigned: UInt64? {
    if case .unsigned(let value) = self { return value }
    return int.flatMap(UInt64.init(exactly:))
  }

  /// A member that counts something.
  fileprivate func count(_ name: String) -> Int? { self[name]?.int.map { Int(clamping: $0) } }

  fileprivate var timestamp: Timestamp? { int.map(Timestamp.init(milliseconds:)) }
}
