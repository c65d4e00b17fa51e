#if Security
import Foundation
import Meanwhile
import MeanwhileCluster
import MeanwhileData
import MeanwhileDocuments
import MeanwhileEQL
import MeanwhileESQL
import MeanwhileEngine
import MeanwhileMemoryStore
import MeanwhileOpenAPI
import MeanwhileSearch
import Synchronization

@testable import MeanwhileSecurity

#if Metrics
import MeanwhileMetrics
#endif

/// A server with security on, in this process: everything that the program ships with, users with known passwords, and some documents.
struct SecuredServer {
  let service: Service
  let security: Security
  let credentials: MemoryCredentialStore
  /// What the audit was told.
  let denials: Denials

  final class Denials: Auditor {
    let all = Mutex<[Denial]>([])
    func record(_ denial: Denial) { all.withLock { $0.append(denial) } }
  }

  /// Everybody's password is their name, doubled.
  static func password(of user: String) -> String { user + user }

  /// - Parameters:
  ///   - users: names, with their roles.
  ///   - roles: what `roles.json` has.
  init(
    users: [String: [String]] = ["admin": ["superuser"]], roles: JSONValue = [:], files: [String: JSONValue] = [:],
    developer: Bool = false
  ) async throws {
    let list = try users.map { name, roles in
      User(username: name, passwordHash: try PasswordHash(of: Self.password(of: name), cost: .minimal), roles: roles).json
    }
    var documents = files.mapValues { $0.encoded() }
    documents[SecurityFiles.usersFile] = JSONValue.object(["users": .array(list)]).encoded()
    documents[SecurityFiles.rolesFile] = roles.encoded()
    credentials = MemoryCredentialStore(documents)
    denials = Denials()
    security = try await Security(opening: credentials)
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.provide(indexStore: store)
    builder.add(ESQLLanguage(functions: developer ? .developer : .standard))
    builder.add(EQLLanguage())
    builder.add(SearchLanguage())
    builder.add(endpoints: ClusterEndpoints())
    builder.add(endpoints: DocumentEndpoints())
    builder.add(endpoints: OpenAPIEndpoints())
    #if Metrics
    builder.add(endpoints: MetricsEndpoints(MetricsRegistry()))
    #endif
    builder.secure(with: security, authorizer: security, auditor: denials)
    builder.add(endpoints: SecurityEndpoints(security))
    service = try await builder.build()
  }

  /// Puts a document in, whatever anybody may do.
  func index(_ source: JSONValue, in index: String, id: String = "1") async throws {
    let request = EndpointRequest(.put, "/\(index)/_doc/\(id)", parameters: ["refresh": "true"], json: source, principal: .local)
    let response = await service.respond(to: request)
    guard response.status < 300 else { throw SecurityError("status \(response.status)") }
  }

  struct Answer {
    var status: Int
    var headers: Headers
    var json: JSONValue
    var reason: String? { json["error"]?["reason"]?.string }
  }

  func answer(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = [:], json: JSONValue? = nil, as user: String
  ) async throws -> Answer {
    try await answer(method, path, parameters: parameters, json: json, authorization: Self.basic(user, Self.password(of: user)))
  }

  func answer(
    _ method: EndpointRequest.Method, _ path: String, parameters: Parameters = [:], json: JSONValue? = nil, authorization: String?
  ) async throws -> Answer {
    var request = EndpointRequest(method, path, parameters: parameters, json: json)
    request.clientAddress = "192.0.2.7:5000"
    if let authorization { request.headers["Authorization"] = authorization }
    let response = await service.respond(to: request)
    let body = try await response.collectBody()
    return Answer(status: response.status, headers: response.headers, json: (try? JSONValue.parse(body)) ?? .null)
  }

  static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }
}
#endif
