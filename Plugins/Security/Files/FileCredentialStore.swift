#if Security
import Meanwhile

/// Documents as files of a folder, which only their owner can read.
public struct FileCredentialStore: CredentialStore {
  private let directory: String
  private let files: any FileSystem

  /// - Parameter directory: made if it is not there.
  public init(_ directory: String, files: any FileSystem = SystemFileSystem()) throws {
    self.directory = directory
    self.files = files
    try files.makeDirectory(directory)
  }

  public func read(_ name: String) throws -> [UInt8]? {
    do {
      return try files.contents(of: directory + "/" + name)
    } catch {
      guard error.kind == .notFound else { throw error }
      return nil
    }
  }

  /// A new file, which the file system makes readable for its owner alone, takes the place of the old one.
  public func write(_ bytes: [UInt8], as name: String) throws {
    try files.replace(name, in: directory, with: bytes)
  }

  public func exclusively(_ body: () throws -> Void) throws {
    let lock = try files.lock(directory + "/lock")
    defer { lock.release() }
    try body()
  }
}
#endif
