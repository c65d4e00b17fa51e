import Meanwhile
import MeanwhileData

/// The part of a result that a get asks for: `offset` rows are passed over, and at most `limit` are given.
struct ResultWindow {
  static let parameterNames = ["offset", "limit"]

  private let offset: Int
  private let limit: Int?

  /// - Returns: nil where the request asks for the whole.
  /// - Throws: `illegal_argument_exception` for what is no count.
  init?(of request: EndpointRequest) throws(APIError) {
    let offset = try Self.count("offset", request)
    limit = try Self.count("limit", request)
    guard offset != nil || limit != nil else { return nil }
    self.offset = offset ?? 0
  }

  /// The rows that are asked for. Beyond the last there are none, and that is no error.
  func rows(of table: TableStream) -> TableStream { table.rows(from: offset, limit: limit) }

  private static func count(_ name: String, _ request: EndpointRequest) throws(APIError) -> Int? {
    guard let count = try request.parameters.int(name) else { return nil }
    guard count >= 0 else { throw .illegalArgument("[\(name)] parameter cannot be negative, found [\(count)]") }
    return count
  }
}
