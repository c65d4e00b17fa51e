/// What a query gives: a table, hits, a document. It can be written to a store and read back, and every output format is rendered from it.
public protocol QueryOutput: Sendable {
  /// Whether the answer is incomplete: the query was told to finish early, or some of its data could not be read.
  var isPartial: Bool { get }

  /// The output as the bytes a store keeps, made chunk by chunk. Reading the same output twice gives the same bytes.
  func encode() -> ChunkStream

  /// Reads back what ``encode()`` made.
  ///
  /// - Throws: ``APIError`` (500) where the bytes are not such an output.
  static func decode(_ stored: ChunkStream) async throws -> Self
}

/// An output that the standard dialect can render: its members stand beside `id`, `is_running` and `took`.
///
/// A language whose output is none has routes and a dialect of its own.
public protocol JSONRenderable: QueryOutput {
  var json: JSONObject { get throws }
}

/// An output that is one JSON object: all that a small language needs.
public struct JSONOutput: JSONRenderable, Hashable {
  public var object: JSONObject
  public var isPartial: Bool

  public init(_ object: JSONObject, isPartial: Bool = false) {
    self.object = object
    self.isPartial = isPartial
  }

  public var json: JSONObject { object }

  public func encode() -> ChunkStream {
    ChunkStream([JSONValue.array([.bool(isPartial), .object(object)]).encoded()])
  }

  public static func decode(_ stored: ChunkStream) async throws -> JSONOutput {
    let bytes = try await stored.collect(bytesMax: .max)
    guard case .array(let parts)? = try? JSONValue.parse(bytes, valuesMax: .max), parts.count == 2, let isPartial = parts[0].bool,
      let object = parts[1].object
    else { throw APIError.internalFailure("a stored result cannot be read") }
    return JSONOutput(object, isPartial: isPartial)
  }
}
