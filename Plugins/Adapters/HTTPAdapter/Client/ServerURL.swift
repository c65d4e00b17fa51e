#if HTTP
/// Where a server is: `http://host`, `https://host:port/below/some/path`, `http://[::1]:9200`.
struct ServerURL: Sendable, Hashable {
  let isSecure: Bool
  /// Without brackets.
  let host: String
  let port: Int
  /// Percent-encoded, without a slash at its end.
  let path: String
  /// Without a slash at its end.
  let text: String

  /// - Throws: ``HTTPClientError/noURL(_:)``, also for one with a name and a password in it: URLs are shown and logged.
  init(_ text: String) throws(HTTPClientError) {
    let parts = text.split(separator: "://", maxSplits: 1)
    guard parts.count == 2, let isSecure = ["http": false, "https": true][parts[0].lowercased()] else { throw .noURL(text) }
    let authority = parts[1].prefix { $0 != "/" }
    var path = parts[1].dropFirst(authority.count)
    while path.last == "/" { path.removeLast() }
    guard !authority.contains("@"), !text.contains(where: { $0 == "?" || $0 == "#" || $0 == " " || $0.isNewline }) else {
      throw .noURL(text)
    }
    let host: Substring
    let rest: Substring
    if authority.first == "[", let end = authority.firstIndex(of: "]") {
      host = authority[..<end].dropFirst()
      rest = authority[authority.index(after: end)...]
    } else {
      host = authority.prefix { $0 != ":" }
      rest = authority.dropFirst(host.count)
    }
    let port = rest.isEmpty ? (isSecure ? 443 : 80) : rest.first == ":" ? Int(rest.dropFirst()) : nil
    guard !host.isEmpty, let port, 1...65_535 ~= port else { throw .noURL(text) }
    self.isSecure = isSecure
    self.host = String(host)
    self.port = port
    self.path = String(path)
    self.text = "\(parts[0])://\(authority)\(path)"
  }

  /// What the `Host` field says.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}
#endif
