import ArgumentParser
import Hummingbird
import Logging

/// The peer: the requests of a task's life, answered by Hummingbird and nothing else. What a server on Hummingbird can reach at most.
@main
struct BareServer: AsyncParsableCommand {
  @Option var port = 9300

  func run() async throws {
    let router = Router()
    router.post("_query/async") { _, _ in Response(status: .ok) }
    router.get("_query/async/:id") { _, _ in Response(status: .ok) }
    router.delete("_query/async/:id") { _, _ in Response(status: .ok) }
    var logger = Logger(label: "bare")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)), logger: logger)
    try await application.run()
  }
}
