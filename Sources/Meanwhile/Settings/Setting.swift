/// Something that an operator may change while the server runs: a name, a type, a default and bounds.
///
/// A setting is declared once, as a constant, by the part that heeds it, and listed in ``EndpointProvider/settings``:
///
/// ```swift
/// enum ESQLSettings {
///   static let rowsMax = Setting.count("esql.query.result_truncation_max_size", default: 10_000, in: 1...1_000_000, "The most rows …")
/// }
/// let rows = session.service.settings[ESQLSettings.rowsMax]
/// ```
///
/// The value is read where it is needed, each time, so that a change takes effect at once. `PUT /_cluster/settings` changes it. Names are those
/// of Elasticsearch or OpenSearch where there is one, else they begin with `meanwhile.`.
public struct Setting<Value: Sendable>: DeclaredSetting {
  public let name: String
  public let summary: String
  public let defaultValue: Value
  private let read: @Sendable (_ text: String, _ name: String) throws(APIError) -> Value
  private let write: @Sendable (Value) -> String

  /// - Parameters:
  ///   - read: reads a value from its text; throws a 400 for what cannot be read or is out of bounds.
  ///   - write: the text that `read` gives the value for.
  public init(
    _ name: String, default defaultValue: Value, _ summary: String,
    read: @escaping @Sendable (_ text: String, _ name: String) throws(APIError) -> Value, write: @escaping @Sendable (Value) -> String
  ) {
    self.name = name
    self.summary = summary
    self.defaultValue = defaultValue
    self.read = read
    self.write = write
  }

  /// The same setting with another default: how a composition presets it.
  public func withDefault(_ value: Value) -> Setting {
    Setting(name, default: value, summary, read: read, write: write)
  }

  public func parse(_ text: String) throws(APIError) -> Value { try read(text, name) }

  public var erasedDefault: any Sendable { defaultValue }
  public var defaultText: String { write(defaultValue) }
  public func parseErased(_ text: String) throws(APIError) -> any Sendable { try read(text, name) }
}
