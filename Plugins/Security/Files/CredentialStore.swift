#if Security
/// Where security's documents are kept: a few small files, each replaced whole.
///
/// Contract. ``write(_:as:)`` returns when the new document survives a crash; before, the old one or none is there, never part of one. Calls block.
///
/// Shipped implementations: ``FileCredentialStore``, ``MemoryCredentialStore``.
public protocol CredentialStore: Sendable {
  /// A document; nil where there is none.
  func read(_ name: String) throws -> [UInt8]?

  func write(_ bytes: [UInt8], as name: String) throws

  /// Does something while nobody else, in another process either, does such a thing.
  func exclusively(_ body: () throws -> Void) throws
}
#endif
