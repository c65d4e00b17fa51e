extension JSONObject {
  /// Reads a body that is to be one object.
  ///
  /// - Parameters:
  ///   - parser: how errors name who reads it, such as `eql/search`.
  ///   - mismatch: the error for JSON of another kind, where it is another than `x_content_parse_exception`.
  /// - Throws: `x_content_parse_exception` (400) for what is no JSON, with the place.
  public init(
    body: [UInt8], parser: String, mismatch: ((JSONValue) -> APIError)? = nil
  ) throws(APIError) {
    let value: JSONValue
    do {
      value = try JSONValue.parse(body)
    } catch {
      throw .xContentParse(error.reason, at: error.location)
    }
    guard let object = value.object else {
      throw mismatch?(value)
        ?? .xContentParse("[\(parser)] Expected START_OBJECT but was: \(value.tokenName)", at: JSONLocation(line: 1, column: 1))
    }
    self = object
  }
}

extension JSONValue {
  /// What Elasticsearch's parsers call a value's first token, and so its errors.
  public var tokenName: String {
    switch self {
    case .null: "VALUE_NULL"
    case .bool: "VALUE_BOOLEAN"
    case .integer, .unsigned, .double: "VALUE_NUMBER"
    case .string: "VALUE_STRING"
    case .array: "START_ARRAY"
    case .object: "START_OBJECT"
    }
  }
}
