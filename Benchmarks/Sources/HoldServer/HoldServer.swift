import ArgumentParser
import Meanwhile
import MeanwhileFileStore
import MeanwhileHTTP
import MeanwhileMemoryStore

/// Meanwhile, its manager, stores and HTTP adapter as they are, with a language whose queries end when they are told to: so that the moment of their end
/// is known, and that as many as wanted wait at the same time.
@main
struct HoldServer: AsyncParsableCommand {
  @Option var port = 9301
  @Option(help: "The data directory; without one everything is in memory.") var data: String?

  func run() async throws {
    guard let data else { return try await serve(MemoryStore(), ServiceConfiguration()) }
    let store = try await FileStore(opening: data)
    var configuration = ServiceConfiguration()
    configuration.nodeID = store.nodeID
    try await serve(store, configuration)
  }

  private func serve(_ store: some TaskStore, _ configuration: ServiceConfiguration) async throws {
    var configuration = configuration
    configuration.limits.runningMax = Self.clientsMax
    var builder = ServiceBuilder(configuration, taskStore: store)
    let gate = Gate()
    builder.add(HoldLanguage(gate: gate))
    builder.add(endpoints: GateEndpoints(gate: gate))
    let service = try await builder.build()
    var listening = HTTPAdapter.Configuration(port: port)
    listening.connectionsMax = Self.clientsMax
    try await HTTPAdapter(configuration: listening).run(service)
  }

  /// Connections, and queries that run, at the same time.
  private static let clientsMax = 16_000
}
