#if Security
import Meanwhile

/// Writes one document again and again, each state after the one before, without keeping its owner from answering.
struct DocumentWriter {
  let name: String
  let store: any CredentialStore
  let environment: Environment
  private var last: Task<Void, any Error>?

  init(_ name: String, in store: any CredentialStore, environment: Environment) {
    self.name = name
    self.store = store
    self.environment = environment
  }

  /// Begins to write a state; the task ends when it survives a crash.
  mutating func write(_ document: JSONValue) -> Task<Void, any Error> {
    let bytes = document.encoded()
    let before = last
    let (name, store, environment) = (name, store, environment)
    let write = Task {
      _ = await before?.result
      try await environment.onRunThread { try store.write(bytes, as: name) }
    }
    last = write
    return write
  }
}
#endif
