#if HTTP
/// Why a server could not be asked.
public enum HTTPClientError: Error, Sendable, Hashable, CustomStringConvertible {
  case noURL(String)
  case noTrust(certificates: String, problem: String)
  case cannotReach(url: String, problem: String)

  public var description: String {
    switch self {
    case .noURL(let text): "[\(text)] is no URL of a server; expected one such as http://127.0.0.1:9200"
    case .noTrust(let path, let problem): "cannot trust in the certificates of [\(path)]: \(problem)"
    case .cannotReach(let url, let problem): "cannot reach the server at [\(url)]: \(problem)"
    }
  }
}
#endif
