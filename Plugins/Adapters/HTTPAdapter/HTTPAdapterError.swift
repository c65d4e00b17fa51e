#if HTTP
/// Why the adapter cannot listen.
public enum HTTPAdapterError: Error, Sendable, Hashable, CustomStringConvertible {
  case notLoopback(host: String)
  case noCertificate(certificate: String, key: String, problem: String)
  case cannotListen(host: String, port: Int, problem: String)

  public var description: String {
    switch self {
    case .notLoopback(let host):
      """
      refusing to listen on [\(host)]: with security off, everybody who can reach it could read and delete everything; \
      use 127.0.0.1, ::1 or localhost, or turn security on: meanwhile serve --security DIRECTORY
      """
    case .noCertificate(let certificate, let key, let problem):
      "cannot serve with the certificate [\(certificate)] and the key [\(key)]: \(problem)"
    case .cannotListen(let host, let port, let problem):
      "cannot listen on [\(host)], port [\(port)]: \(problem)"
    }
  }
}
#endif
