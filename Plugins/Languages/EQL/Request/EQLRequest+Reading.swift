import Meanwhile
import MeanwhileData
import MeanwhileEngine

extension EQLRequest {
  /// Reads and checks a request.
  ///
  /// - Throws: `x_content_parse_exception` for a body that is not what it should be; `action_request_validation_exception` with all that is wrong.
  init(_ request: EndpointRequest, bodyBytesMax: Int = EndpointRequest.bodyBytesMax) async throws {
    indices = request.pathParameters["index"] ?? "*"
    var bytes = try await request.body.collect(bytesMax: bodyBytesMax)
    if bytes.isEmpty, let source = request.parameters["source"] { bytes = Array(source.utf8) }
    guard !bytes.isEmpty else {
      throw APIError(type: "parse_exception", reason: "request body or source parameter is required", status: 400)
    }
    let body = try JSONObject(body: bytes, parser: Self.parserName)
    try read(body: body)
    try read(filterOf: body)
    try read(parameters: request.parameters)
    try validate()
  }

  /// How errors name the parser of the body.
  private static let parserName = "eql/search"

  private typealias Reader = @Sendable (inout EQLRequest, JSONValue) throws -> Void

  /// What each member of the body does. A reader throws the cause of a field that cannot be read.
  private static let readers: [String: Reader] = [
    "query": { $0.query = try text($1) ?? "" },
    // Read by a parser of its own, below.
    "filter": { _, value in try checkFilter(value) },
    "timestamp_field": { $0.timestampField = try text($1) ?? "" },
    "event_category_field": { $0.eventCategoryField = try text($1) ?? "" },
    "tiebreaker_field": { $0.tiebreakerField = try text($1) },
    "size": { $0.size = try whole($1) },
    "fetch_size": { $0.fetchSize = try whole($1) },
    "result_position": { $0.resultPosition = try position($1) },
    "fields": { $0.fields = try fields($1) },
    "runtime_mappings": { _, value in try checkRuntimeMappings(value) },
    "max_samples_per_key": { $0.samplesPerKeyMax = try whole($1) },
    "case_sensitive": { _, value in _ = try flag(value) },
    "allow_partial_search_results": { _, value in _ = try flag(value) },
    "allow_partial_sequence_results": { _, value in _ = try flag(value) },
    "wait_for_completion_timeout": { $0.submission.wait = try time($1, "wait_for_completion_timeout") },
    "keep_alive": { if let time = try time($1, "keep_alive") { $0.submission.keepAlive = time } },
    "keep_on_completion": { $0.submission.keepOnCompletion = try flag($1) },
    "project_routing": { _, value in _ = try text(value) },
  ]

  private mutating func read(body: JSONObject) throws {
    for member in body.members {
      guard let reader = Self.readers[member.name] else {
        let suggestion = Suggestions.text(for: member.name, among: Self.readers.keys).dropFirst(2)
        throw APIError.xContentParse(
          "[\(Self.parserName)] unknown field [\(member.name)]" + (suggestion.isEmpty ? "" : " " + suggestion), at: member.location)
      }
      do {
        try reader(&self, member.value)
      } catch let cause as APIError {
        throw APIError.xContentParse(
          "[\(Self.parserName)] failed to parse field [\(member.name)]", at: member.location, causedBy: cause)
      } catch let mismatch as TypeMismatch {
        throw APIError.xContentParse(
          "[\(Self.parserName)] \(member.name) doesn't support values of type: \(mismatch.found)", at: member.location)
      }
    }
  }

  /// A filter's errors name places of their own, so they are not wrapped in those of the body.
  private mutating func read(filterOf body: JSONObject) throws {
    guard let filter = body["filter"], !filter.isNull else { return }
    self.filter = try SearchQuery(parsing: filter, at: body.location(of: "filter"))
  }

  /// What the URL says counts before what the body says.
  private mutating func read(parameters: Parameters) throws {
    if let wait = try parameters.time("wait_for_completion_timeout") { submission.wait = wait }
    if let keepAlive = try parameters.time("keep_alive") { submission.keepAlive = keepAlive }
    if let keep = try parameters.bool("keep_on_completion") { submission.keepOnCompletion = keep }
    indicesOptions = try IndexResolver.Options(parameters)
    if parameters["ignore_unavailable"] == nil { indicesOptions.ignoreUnavailable = true }
    for name in ["allow_partial_search_results", "allow_partial_sequence_results", "ccs_minimize_roundtrips"] {
      _ = try parameters.bool(name)
    }
  }

  /// The shortest time that a result is kept.
  static let keepAliveMin = TimeValue.minutes(1)

  private func validate() throws(APIError) {
    var problems: [String] = []
    if query.allSatisfy(\.isWhitespace) { problems.append("query is null or empty") }
    if timestampField.isEmpty { problems.append("@timestamp field is null or empty") }
    if eventCategoryField.isEmpty { problems.append("event category field is null or empty") }
    if size < 0 { problems.append("size must be greater than or equal to 0") }
    if fetchSize < 2 { problems.append("fetch size must be greater than 1") }
    if samplesPerKeyMax < 1 { problems.append("max_samples_per_key must be greater than 0") }
    if submission.keepAlive < Self.keepAliveMin {
      problems.append("[keep_alive] must be greater than 1 minute, got:\(submission.keepAlive.text)")
    }
    guard problems.isEmpty else { throw .validation(problems) }
  }
}

// MARK: - Reading one value

extension EQLRequest {
  /// A value of a kind that a member does not take.
  private struct TypeMismatch: Error {
    var found: String
  }

  private static func text(_ value: JSONValue) throws -> String? {
    switch value {
    case .null: nil
    case .string(let text): text
    case .integer(let number): String(number)
    case .bool(let flag): String(flag)
    default: throw TypeMismatch(found: value.tokenName)
    }
  }

  private static func whole(_ value: JSONValue) throws -> Int {
    if let number = value.int, let whole = Int32(exactly: number) { return Int(whole) }
    switch value {
    case .string(let text):
      guard let whole = Int32(text) else {
        throw APIError(type: "number_format_exception", reason: "For input string: \"\(text)\"", status: 400)
      }
      return Int(whole)
    case .integer, .unsigned, .double:
      throw APIError.illegalArgument("Numeric value (\(value.text())) out of range of int (-2147483648 - 2147483647)")
    default: throw TypeMismatch(found: value.tokenName)
    }
  }

  private static func flag(_ value: JSONValue) throws -> Bool {
    switch value {
    case .bool(let flag): return flag
    case .string("true"): return true
    case .string("false"): return false
    case .string(let text): throw APIError.illegalArgument("Failed to parse value [\(text)] as only [true] or [false] are allowed.")
    default: throw TypeMismatch(found: value.tokenName)
    }
  }

  private static func time(_ value: JSONValue, _ name: String) throws -> TimeValue? {
    guard let text = try text(value) else { return nil }
    return try TimeValue(parsing: text, setting: name)
  }

  private static func position(_ value: JSONValue) throws -> ResultPosition {
    let text = try text(value) ?? ""
    guard let position = ResultPosition(rawValue: text) else {
      throw APIError.illegalArgument("result position needs to be 'head' or 'tail', received '\(text)'")
    }
    return position
  }

  private static func checkFilter(_ value: JSONValue) throws {
    switch value {
    case .null, .object: return
    default: throw TypeMismatch(found: value.tokenName)
    }
  }

  private static func fields(_ value: JSONValue) throws -> [FieldRequest] {
    guard let list = value.array else { throw TypeMismatch(found: value.tokenName) }
    return try list.map { entry in
      switch entry {
      case .string(let name): return FieldRequest(name: name, format: nil)
      case .object(let object):
        guard let name = object["field"]?.string else { throw APIError.illegalArgument("Required [field]") }
        return FieldRequest(name: name, format: object["format"]?.string)
      default: throw TypeMismatch(found: entry.tokenName)
      }
    }
  }

  private static func checkRuntimeMappings(_ value: JSONValue) throws {
    guard let object = value.object else { throw TypeMismatch(found: value.tokenName) }
    for member in object.members where member.value["type"] == nil {
      throw APIError.illegalArgument("No type specified for runtime field [\(member.name)]")
    }
    if let first = object.names.first { throw APIError.illegalArgument("runtime field [\(first)] is not supported") }
  }
}
