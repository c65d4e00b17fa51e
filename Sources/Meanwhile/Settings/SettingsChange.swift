/// What an operator wants to change: texts by name; nil takes a setting back to what it was without.
///
/// A name that ends with `*` and has no text stands for every setting that it matches and that is set.
public struct SettingsChange: Sendable, Hashable {
  /// What outlives the server.
  public var persistent: [String: String?]
  /// What ends with the server, and goes before what is persistent.
  public var transient: [String: String?]

  public init(persistent: [String: String?] = [:], transient: [String: String?] = [:]) {
    self.persistent = persistent
    self.transient = transient
  }
}
