import Meanwhile
import MeanwhileData

/// What a kernel may need besides its arguments: how many rows the batch has, where warnings go, and the query's settings.
public struct EvaluationFrame: Sendable {
  public var rowCount: Int
  public var page: Page
  public var warnings: Warnings
  public var settings: QuerySettings
  /// What a kernel heeds that takes long over a batch.
  public var signals: QuerySignals
  /// Where the call that is being evaluated stands.
  public var origin: Expression.Origin

  public init(
    rowCount: Int, page: Page, warnings: Warnings, settings: QuerySettings, signals: QuerySignals = QuerySignals(),
    origin: Expression.Origin
  ) {
    self.rowCount = rowCount
    self.page = page
    self.warnings = warnings
    self.settings = settings
    self.signals = signals
    self.origin = origin
  }
}

/// What a query's functions take from the request.
public struct QuerySettings: Sendable {
  /// The moment of `NOW()`, one for the whole query.
  public var now: Timestamp
  /// Such as `UTC`, `+10:00` or `Europe/Madrid`.
  public var timeZone: String
  /// BCP-47, such as `en-US`.
  public var locale: String

  public init(now: Timestamp, timeZone: String = "UTC", locale: String = "en-US") {
    self.now = now
    self.timeZone = timeZone
    self.locale = locale
  }
}
