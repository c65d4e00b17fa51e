import Meanwhile

/// `settings.json`: the settings that operators changed, for people to read too. Replaced whole at each change.
struct SettingsFile: Sendable {
  static let name = "settings.json"

  let directory: String
  let fileSystem: any FileSystem
  let work: BlockingWork

  private var path: String { directory + "/" + Self.name }

  /// - Throws: ``APIError`` that names the file where it is damaged: to start with defaults in its place would undo what operators decided.
  func load() async throws -> JSONObject {
    let bytes: [UInt8]? = try await run { try fileSystem.exists(path) ? try fileSystem.contents(of: path) : nil }
    guard let bytes else { return [:] }
    guard let object = (try? JSONValue.parse(bytes))?.object else {
      throw APIError(
        type: "corrupt_state_exception",
        reason: "[\(path)] is damaged: it is not a JSON object; restore it, or remove it to start with all settings at their defaults",
        status: 500)
    }
    return object
  }

  func save(_ settings: JSONObject) async throws {
    let bytes = JSONValue.object(settings).encoded(.pretty)
    try await run { try fileSystem.replace(Self.name, in: directory, with: bytes) }
  }

  private func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    do {
      return try await work.run(body)
    } catch let error as FileSystemError {
      throw error.apiError
    }
  }
}
