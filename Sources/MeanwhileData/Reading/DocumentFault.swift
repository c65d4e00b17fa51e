import Meanwhile

/// Why a document is refused, found while its bytes are read. It becomes an ``APIError`` once the document's id is known.
struct DocumentFault: Error {
  enum Reason {
    /// The bytes are not JSON.
    case syntax(String)
    /// The document is JSON, but what stands there does not fit the mapping; the whole reason.
    case structure(String)
    /// A value that its field cannot hold.
    case value(field: String, type: FieldType, preview: String, cause: APIError)
    /// A field that a strict mapping does not have.
    case strict(field: String, parent: String)
    /// A field that the mapping does not have yet, and which it may get.
    case unmapped
    /// Anything else, as it is.
    case other(APIError)
  }

  var reason: Reason
  /// Bytes from the start of the document.
  var offset: Int

  /// The error as the client sees it (Elasticsearch's `document_parsing_exception` and its relatives).
  func error(documentID id: String, source: UnsafeBufferPointer<UInt8>) -> APIError {
    var line = 1
    var lineStart = 0
    for index in 0..<min(offset, source.count) where source[index] == UInt8(ascii: "\n") {
      line += 1
      lineStart = index + 1
    }
    let place = "[\(line):\(offset - lineStart + 1)] "
    func refused(_ reason: String, causedBy cause: APIError? = nil) -> APIError {
      APIError(type: "document_parsing_exception", reason: place + reason, status: 400, causedBy: cause)
    }
    switch reason {
    case .syntax(let problem):
      return refused("failed to parse", causedBy: APIError(type: "x_content_parse_exception", reason: place + problem, status: 400))
    case .structure(let problem): return refused(problem)
    case .value(let field, let type, let preview, let cause):
      return refused(
        "failed to parse field [\(field)] of type [\(type.rawValue)] in document with id '\(id)'. Preview of field's value: '\(preview)'",
        causedBy: cause)
    case .strict(let field, let parent):
      return APIError(
        type: "strict_dynamic_mapping_exception",
        reason: place + "mapping set to strict, dynamic introduction of [\(field)] within [\(parent)] is not allowed", status: 400)
    case .other(let error): return error
    case .unmapped: return refused("a field could not be mapped")
    }
  }
}
