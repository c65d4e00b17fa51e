import Meanwhile
import MeanwhileArrow
import MeanwhileCBOR
import MeanwhileCluster
import MeanwhileData
import MeanwhileDocuments
import MeanwhileEQL
import MeanwhileESQL
import MeanwhileEngine
import MeanwhileFileStore
import MeanwhileMemoryStore
import MeanwhileOpenAPI
import MeanwhileSearch
import MeanwhileSmile

#if CLI
import MeanwhileCommandLine
#endif
#if HTTP
import MeanwhileHTTP
#endif
#if Metrics
import MeanwhileMetrics
#endif
#if YAML
import MeanwhileYAML
#endif
#if Security
import MeanwhileSecurity
#endif

/// What this program is made of, a line a part. Take a line out, and the rest still builds and runs.
enum Composition {
  static func parts(on store: some TaskStore & IndexStore & SettingsStore, isDeveloper: Bool) -> ServiceBuilder {
    var builder = ServiceBuilder(taskStore: store)
    builder.persistSettings(in: store)
    builder.provide(indexStore: store)
    builder.add(ESQLLanguage(functions: isDeveloper ? .developer : .standard, formats: .standard.adding(ArrowFormat())))
    builder.add(EQLLanguage())
    builder.add(SearchLanguage())
    builder.add(endpoints: ClusterEndpoints())
    builder.add(endpoints: DocumentEndpoints())
    builder.add(endpoints: OpenAPIEndpoints())
    builder.add(format: CBORFormat())
    builder.add(format: SmileFormat())
    #if YAML
    builder.add(format: YAMLFormat())
    #endif
    #if Metrics
    builder.add(endpoints: MetricsEndpoints(metrics))
    builder.observe(with: TaskMetrics(factory: metrics))
    #endif
    return builder
  }

  /// Runs the program.
  ///
  /// - Returns: its exit status.
  static func run(_ arguments: [String]) async -> Int32 {
    #if CLI
    return await CommandLineAdapter(arguments: arguments, servers: servers, demo: demo, users: users, connector: connector)
      .run(opening: openService)
    #else
    print("This is Meanwhile without its commands. Build it with them: swift build --traits Server")
    return 64
    #endif
  }

  #if CLI
  @Sendable private static func openService(_ options: OpenOptions) async throws -> Service {
    var builder: ServiceBuilder
    if let path = options.dataDirectory {
      let store = try await FileStore(opening: path)
      for damage in store.damages { options.warn(damage.reason) }
      builder = parts(on: store, isDeveloper: options.isDeveloper)
      builder.configuration.nodeID = store.nodeID
      builder.configuration.clusterUUID = store.clusterUUID
      builder.onShutDown { await store.close() }
    } else {
      builder = parts(on: MemoryStore(), isDeveloper: options.isDeveloper)
    }
    if let directory = options.securityDirectory { try await secure(&builder, with: directory, options) }
    #if HTTP
    builder.observe(with: TaskEventLogger(level: options.logLevel))
    #endif
    return try await builder.build()
  }

  #if Security
  private static func secure(_ builder: inout ServiceBuilder, with directory: String, _ options: OpenOptions) async throws {
    let security = try await Security(
      opening: FileCredentialStore(directory), environment: builder.environment, warn: options.warn)
    builder.secure(with: security, authorizer: security, auditor: SecurityAuditLog(options.log))
    builder.add(endpoints: SecurityEndpoints(security))
    builder.onReload { await security.reload() }
  }

  private static let users: UserAdministrator.Factory? = { directory in
    let users = UserAdministration(try FileCredentialStore(directory))
    return UserAdministrator(
      add: { try users.add($0, password: $1, roles: $2, fullName: $3) }, setPassword: { try users.setPassword($0, of: $1) },
      list: { try users.users().map { UserAdministrator.Listed(name: $0.username, roles: $0.roles) } }, remove: { try users.remove($0) })
  }
  #else
  private static func secure(_ builder: inout ServiceBuilder, with directory: String, _ options: OpenOptions) async throws {
    throw CompositionError("this build has no security; build it with --traits Server")
  }

  private static let users: UserAdministrator.Factory? = nil
  #endif

  private static var servers: [ServingAdapter] {
    #if HTTP
    return [
      ServingAdapter("http") { options, onListening in
        HTTPAdapter(
          configuration: .init(
            host: options.host, port: options.port,
            tls: options.tls.map { .init(certificatePath: $0.certificatePath, keyPath: $0.keyPath) }), onListening: { onListening($0.url) },
          onAnswered: count)
      }
    ]
    #else
    return []
    #endif
  }

  private static var connector: ServerConnector? {
    #if HTTP
    return ServerConnector { url, trust in
      let believed: HTTPClient.Trust =
        switch trust {
        case .system: .system
        case .certificates(let path): .certificates(path: path)
        case .anybody: .anybody
        }
      let client = try HTTPClient(url: url, trust: believed)
      return { try await client.send($0) }
    }
    #else
    return nil
    #endif
  }

  private static var demo: Demo {
    Demo(load: { _ = try await DemoData().load(into: $0) }, commands: DemoData.commands)
  }
  #endif

  #if HTTP
  @Sendable private static func count(_ exchange: HTTPAdapter.Exchange) {
    #if Metrics
    requests.record(method: exchange.method, status: exchange.status, elapsed: exchange.elapsed)
    #endif
  }
  #endif

  #if Metrics
  private static let metrics = MetricsRegistry()
  private static let requests = RequestMetrics(factory: metrics)
  #endif
}
