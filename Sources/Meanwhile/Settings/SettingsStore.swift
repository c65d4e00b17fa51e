/// Where settings live from start to start: one JSON object.
///
/// Contract. A call that returns has made its effect durable, as far as the store is durable at all: after a crash, either the old object is there or the
/// new one, whole. Calls come one after another.
///
/// Shipped implementations: `MemoryStore`, `FileStore`.
public protocol SettingsStore: Sendable {
  /// The object that was saved last; empty where none ever was.
  ///
  /// - Throws: ``APIError`` that names what is damaged.
  func loadSettings() async throws -> JSONObject

  /// Replaces the object in one durable step.
  func saveSettings(_ settings: JSONObject) async throws
}
