import Meanwhile
import MeanwhileCluster
import MeanwhileData
import MeanwhileDocuments
import MeanwhileEQL
import MeanwhileESQL
import MeanwhileFileStore
import MeanwhileMemoryStore
import MeanwhileSearch

#if CLI
import MeanwhileCommandLine
#endif
#if HTTP
import MeanwhileHTTP
#endif

/// What this program is made of, a line a part. Take a line out, and the rest still builds and runs.
enum Composition {
  /// Opens a service on a data directory; nil keeps everything in memory.
  @Sendable static func openService(dataDirectory: String?) async throws -> Service {
    guard let dataDirectory else { return try await compose(MemoryStore(), ServiceConfiguration()) }
    let store = try await FileStore(opening: dataDirectory)
    var configuration = ServiceConfiguration()
    configuration.nodeID = store.nodeID
    configuration.clusterUUID = store.clusterUUID
    return try await compose(store, configuration)
  }

  private static func compose(_ store: some TaskStore & IndexStore & SettingsStore, _ configuration: ServiceConfiguration) async throws -> Service {
    var builder = ServiceBuilder(configuration, taskStore: store)
    builder.persistSettings(in: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(ESQLLanguage())
    builder.add(EQLLanguage())
    builder.add(SearchLanguage())
    builder.add(endpoints: ClusterEndpoints())
    builder.add(endpoints: DocumentEndpoints())
    return try await builder.build()
  }

  /// Runs the program.
  ///
  /// - Returns: its exit status.
  static func run(_ arguments: [String]) async -> Int32 {
    #if CLI
    return await CommandLineAdapter(arguments: arguments, servers: servers, demo: demo).run(opening: openService)
    #else
    print("This is Meanwhile without its commands. Build it with them: swift build --traits Server")
    return 64
    #endif
  }

  #if CLI
  private static var servers: [ServingAdapter] {
    #if HTTP
    return [
      ServingAdapter("http") { options, onListening in
        HTTPAdapter(configuration: .init(host: options.host, port: options.port)) { onListening($0.url) }
      }
    ]
    #else
    return []
    #endif
  }

  private static var demo: Demo {
    Demo(load: { _ = try await DemoData().load(into: $0) }, commands: DemoData.commands)
  }
  #endif
}
