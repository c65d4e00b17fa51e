#if CLI
import Foundation
import Meanwhile
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A server behind a URL.
struct RemoteService: ServiceAccess {
  private let base: URLComponents
  private let session: URLSession

  /// - Throws: ``CommandFailure`` for what is no HTTP URL.
  init(_ url: String) throws {
    guard var base = URLComponents(string: url), ["http", "https"].contains(base.scheme ?? ""), base.host?.isEmpty == false else {
      throw CommandFailure("[\(url)] is no URL of a server; expected one such as http://127.0.0.1:9200")
    }
    while base.percentEncodedPath.hasSuffix("/") { base.percentEncodedPath.removeLast() }
    self.base = base
    let configuration = URLSessionConfiguration.ephemeral
    // A query takes as long as it takes; the server has limits of its own.
    configuration.timeoutIntervalForRequest = 7 * 86_400
    configuration.timeoutIntervalForResource = 7 * 86_400
    session = URLSession(configuration: configuration)
  }

  func answer(_ request: EndpointRequest) async throws -> ServiceAnswer {
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

    let (data, response): (Data, URLResponse)
    do {
      (data, response) = try await session.data(for: outgoing)
    } catch {
      throw CommandFailure("cannot reach the server at [\(base.string ?? "")]: \(error.localizedDescription)")
    }
    guard let response = response as? HTTPURLResponse else { throw CommandFailure("the server does not speak HTTP") }
    let fields = response.allHeaderFields.map { Headers.Field(name: String(describing: $0.key), value: String(describing: $0.value)) }
    return ServiceAnswer(status: response.statusCode, headers: Headers(fields), body: Array(data))
  }
}
#endif
