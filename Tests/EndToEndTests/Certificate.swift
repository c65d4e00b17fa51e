#if HTTP && CLI
import Foundation
import Testing

/// A certificate of a server on this machine, which vouches for itself, and its key: as files, made with OpenSSL's command.
struct Certificate {
  let path: String
  let keyPath: String

  /// - Parameter folder: where the files are made; those of another certificate there are replaced.
  init(in folder: TemporaryFolder, named name: String = "server") async throws {
    path = folder.url.appendingPathComponent("\(name).pem").path
    keyPath = folder.url.appendingPathComponent("\(name).key").path
    let made = try await Program.run(
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext",
        "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", keyPath, "-out", path,
      ], tool: "openssl")
    try #require(made.status == 0, "\(made.error)")
  }

  var arguments: [String] { ["--tls-certificate", path, "--tls-key", keyPath] }
}
#endif
