#if HTTP
import Meanwhile
import NIOPosix
import NIOSSL
import Synchronization

/// Has the server's certificate and key, as their files have them now: connections that come after a change get the new ones, those that are open stay as they are.
final class CertificateKeeper: Sendable {
  private let files: HTTPAdapter.Configuration.TLS
  private let warn: @Sendable (String) -> Void
  private let current: Mutex<Current>

  private struct Current {
    var context: NIOSSLContext
    /// The files as they were read.
    var contents: [[UInt8]]
    /// What was read since and cannot be used, which is said once.
    var refused: [[UInt8]]?
  }

  /// How often the files are looked at.
  private static let checkedEvery = TimeValue.seconds(1)

  /// - Parameter warn: is told of files that have changed and cannot be used: the old certificate stays.
  /// - Throws: ``HTTPAdapterError`` for files that are none.
  init(_ files: HTTPAdapter.Configuration.TLS, warn: @escaping @Sendable (String) -> Void) throws {
    self.files = files
    self.warn = warn
    do {
      let contents = try Self.read(files)
      current = Mutex(Current(context: try Self.context(of: contents), contents: contents))
    } catch {
      throw HTTPAdapterError.noCertificate(certificate: files.certificatePath, key: files.keyPath, problem: String(describing: error))
    }
  }

  var context: NIOSSLContext { current.withLock { $0.context } }

  /// Looks at the files until the task is cancelled.
  func watch() async throws {
    while true {
      try await Task.sleep(for: .nanoseconds(Self.checkedEvery.nanoseconds))
      try await refreshOffThePool()
    }
  }

  /// Files are read where waiting for them keeps nobody.
  func refreshOffThePool() async throws {
    try await NIOThreadPool.singleton.runIfActive { self.refresh() }
  }

  /// Takes over what has changed. Between the change of one file and that of the other they do not fit: the next look finds both.
  func refresh() {
    var contents: [[UInt8]] = []
    do {
      contents = try Self.read(files)
      guard current.withLock({ $0.contents != contents && $0.refused != contents }) else { return }
      let context = try Self.context(of: contents)
      current.withLock { $0 = Current(context: context, contents: contents) }
    } catch {
      let isNews = current.withLock { current in
        defer { current.refused = contents }
        return current.refused != contents
      }
      if isNews { warn("the certificate [\(files.certificatePath)] and its key are not taken over: \(error)") }
    }
  }

  private static func read(_ files: HTTPAdapter.Configuration.TLS) throws -> [[UInt8]] {
    let system = SystemFileSystem()
    return [try system.contents(of: files.certificatePath), try system.contents(of: files.keyPath)]
  }

  private static func context(of contents: [[UInt8]]) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMBytes(contents[0]).map { NIOSSLCertificateSource.certificate($0) }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(bytes: contents[1], format: .pem)))
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2", "http/1.1"]
    return try NIOSSLContext(configuration: configuration)
  }
}
#endif
