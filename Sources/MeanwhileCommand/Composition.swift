import Meanwhile
import MeanwhileCluster
import MeanwhileData
import MeanwhileDocuments
import MeanwhileEQL
import MeanwhileESQL
import MeanwhileEngine
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
  static func parts(on store: some TaskStore & IndexStore & SettingsStore, isDeveloper: Bool) -> ServiceBuilder {
    var builder = ServiceBuilder(taskStore: store)
    builder.persistSettings(in: store)
    builder.provide(store, as: (any IndexStore).self)
    builder.add(ESQLLanguage(functions: isDeveloper ? .developer : .standard))
    builder.add(EQLLanguage())
    builder.add(SearchLanguage())
    builder.add(endpoints: ClusterEndpoints())
    builder.add(endpoints: DocumentEndpoints())
    return builder
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
  @Sendable private static func openService(_ options: OpenOptions) async throws -> Service {
    guard let path = options.dataDirectory else {
      return try await parts(on: MemoryStore(), isDeveloper: options.isDeveloper).build()
    }
    let store = try await FileStore(opening: path)
    for damage in store.damages { options.warn(damage.reason) }
    var builder = parts(on: store, isDeveloper: options.isDeveloper)
    builder.configuration.nodeID = store.nodeID
    builder.configuration.clusterUUID = store.clusterUUID
    builder.onShutDown { await store.close() }
    return try await builder.build()
  }

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
