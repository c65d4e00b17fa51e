#if Security
import Synchronization

/// Documents that last as long as the store: for tests, and for servers whose keys need not outlive them.
public final class MemoryCredentialStore: CredentialStore {
  private let documents: Mutex<[String: [UInt8]]>

  public init(_ documents: [String: [UInt8]] = [:]) { self.documents = Mutex(documents) }

  public func read(_ name: String) throws -> [UInt8]? { documents.withLock { $0[name] } }
  public func write(_ bytes: [UInt8], as name: String) throws { documents.withLock { $0[name] = bytes } }
  public func exclusively(_ body: () throws -> Void) throws { try body() }
}
#endif
