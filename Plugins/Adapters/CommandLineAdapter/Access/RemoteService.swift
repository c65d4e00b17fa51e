#if CLI
import Foundation
import Meanwhile
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A server behind a URL.
struct RemoteService: ServiceAccess {
  private let base: URLComponents
  private let transfers = Transfers()

  /// - Throws: ``CommandFailure`` for what is no HTTP URL.
  init(_ url: String) throws {
    guard var base = URLComponents(string: url), ["http", "https"].contains(base.scheme ?? ""), base.host?.isEmpty == false else {
      throw CommandFailure("[\(url)] is no URL of a server; expected one such as http://127.0.0.1:9200")
    }
    while base.percentEncodedPath.hasSuffix("/") { base.percentEncodedPath.removeLast() }
    self.base = base
  }

  var keepsTasks: Bool { true }

  func open(_ request: EndpointRequest) async throws -> OpenAnswer {
    var components = base
    components.percentEncodedPath += request.path
    if !request.parameters.pairs.isEmpty {
      components.percentEncodedQuery =
        request.parameters.pairs.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }
    guard let url = components.url else { throw CommandFailure("[\(request.path)] makes no URL with [\(base.string ?? "")]") }
    var outgoing = URLRequest(url: url)
    outgoing.httpMethod = request.method.rawValue
    for field in request.headers.fields { outgoing.addValue(field.value, forHTTPHeaderField: field.name) }
    let body = try await request.body.collect(bytesMax: EndpointRequest.bodyBytesMax)
    if !body.isEmpty { outgoing.httpBody = Data(body) }

    do {
      let (response, body) = try await transfers.start(outgoing)
      let fields = response.allHeaderFields.map { Headers.Field(name: String(describing: $0.key), value: String(describing: $0.value)) }
      return OpenAnswer(status: response.statusCode, headers: Headers(fields), body: ChunkStream(body))
    } catch let error as URLError {
      throw CommandFailure("cannot reach the server at [\(base.string ?? "")]: \(error.localizedDescription)")
    }
  }
}
#endif
