import Meanwhile

/// What an operator may change about Elasticsearch's asynchronous search, under its own names.
public enum AsyncSearchSettings {
  public static let keepAliveDefault = Setting.time(
    "async_search.default_keep_alive", default: .days(5), min: .seconds(1), "How long an asynchronous search is kept that does not say.")
  public static let responseBytesMax = Setting.bytes(
    "search.max_async_search_response_size", default: 10 << 20,
    "How large the response of an asynchronous search may be that is kept; a search with a larger one fails.")

  static let all: [any DeclaredSetting] = [keepAliveDefault, responseBytesMax]
}

extension APIError {
  private static let storingTooMuch = "Can't store an async search response larger than"

  /// A response is too large to be kept.
  static func responseTooLarge(_ bytesMax: Int) -> APIError {
    .illegalArgument(
      "\(storingTooMuch) [\(bytesMax)] bytes. This limit can be set by changing the [\(AsyncSearchSettings.responseBytesMax.name)] setting."
    )
  }

  /// Whether it says so: then the search itself did not fail.
  var isResponseTooLarge: Bool { reason.hasPrefix(Self.storingTooMuch) }
}
