#if HTTP
import Meanwhile

extension HTTPAdapter {
  /// Where to listen, and the limits of a connection. Every default is one that a server on the open internet could keep.
  public struct Configuration: Sendable {
    /// An address or name of this machine's own: with security off, of its loopback interface.
    public var host: String
    /// 0 lets the system choose a free one, which `onListening` is told.
    public var port: Int
    /// The certificate to serve with; nil serves without TLS. With it there is HTTP/2 too.
    public var tls: TLS?
    /// The longest body that is accepted, in bytes; a longer one is a 413.
    public var bodyBytesMax = EndpointRequest.bodyBytesMax
    /// The most that all header fields of a request may have together, in bytes.
    public var headerBytesMax = 64 << 10
    /// How many connections may be open; further ones wait in the system's queue.
    public var connectionsMax = 4096
    /// How long a connection may send nothing while it has something to send (before its first request, between two, or within one), and how long it
    /// may take nothing of what it is sent. The longest that a request's head may take, too, and that a body may for every 64 KB.
    public var idleTimeout: TimeValue = .minutes(5)
    /// How long requests that are being answered may go on when the adapter is told to end.
    public var shutdownGrace: TimeValue = .seconds(10)
    /// How much of a body that nobody reads is taken in to keep the connection, in bytes; after that it is closed.
    public var unreadBodyBytesMax = 4 << 20

    public init(host: String = "127.0.0.1", port: Int = 9200, tls: TLS? = nil) {
      self.host = host
      self.port = port
      self.tls = tls
    }

    /// A certificate, with those that vouch for it, and its private key, both as PEM files. Changed files are taken over within about a second.
    public struct TLS: Sendable {
      public var certificatePath: String
      public var keyPath: String

      public init(certificatePath: String, keyPath: String) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
      }
    }

    /// Whether the host is this machine's loopback interface: 127.0.0.0/8 (RFC 1122, section 3.2.1.3), `::1`, or their usual name.
    var isLoopback: Bool {
      if host == "localhost" || host == "::1" { return true }
      let parts = host.split(separator: ".", omittingEmptySubsequences: false)
      return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
  }
}
#endif
