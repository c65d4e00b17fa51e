import Synchronization

/// A composed service: languages, stores, endpoints and settings, and the one door through which every adapter hands in requests.
///
/// Made by ``ServiceBuilder``. Its life: built (recovered and ready), answering, shut down.
public final class Service: Sendable {
  /// Meanwhile's version.
  public static let version = "0.1.0"

  public let configuration: ServiceConfiguration
  /// 22 characters that name this node.
  public let nodeID: String
  /// 22 characters that name this cluster.
  public let clusterUUID: String
  /// When this service was built.
  public let started: Timestamp
  public let environment: Environment
  /// What was put in at composition.
  public let resources: Resources
  /// The languages, in the order in which they were added.
  public let languages: [any QueryLanguage]
  /// Every route there is, in the order in which they were added.
  public let routes: [Route]
  /// What bodies may be in besides JSON.
  public let formats: [any ObjectFormat]
  public let authorizer: (any Authorizer)?
  /// What operators may change while the service runs.
  public let settings: Settings
  /// Runs every query there is.
  public let tasks: AsyncTaskManager

  let router: Router
  let authenticator: (any Authenticator)?
  let auditor: (any Auditor)?
  private let lastSteps: [@Sendable () async -> Void]
  private let reloads: Mutex<[@Sendable () async -> Void]>

  init(_ builder: ServiceBuilder) throws(CompositionError) {
    configuration = builder.configuration
    environment = builder.environment
    resources = builder.resources
    languages = builder.languages
    routes = builder.providers.flatMap(\.routes)
    formats = builder.formats
    router = try Router(routes)
    settings = try Settings(builder.declaredSettings(), store: builder.settingsStore)
    authenticator = builder.authenticator
    authorizer = builder.authorizer
    auditor = builder.auditor
    lastSteps = builder.lastSteps
    reloads = Mutex(builder.reloads)
    started = environment.time.now()
    nodeID = configuration.nodeID ?? TaskID.randomName(environment.random)
    clusterUUID = configuration.clusterUUID ?? TaskID.randomName(environment.random)
    tasks = AsyncTaskManager(
      store: builder.taskStore, environment: environment, observers: builder.observers, nodeID: nodeID, limits: configuration.limits)
  }

  /// A language by its name.
  public func language(named name: String) -> (any QueryLanguage)? {
    languages.first { $0.name == name }
  }

  /// Whether requests are authenticated.
  public var isSecured: Bool { authenticator != nil }

  /// Adds what is done at ``reload()``, for parts that are made after the service, as adapters are.
  public func onReload(_ step: @escaping @Sendable () async -> Void) {
    reloads.withLock { $0.append(step) }
  }

  /// Reads again what operators change in files (users, roles, certificates) and returns when that is in force. What cannot be read leaves
  /// what was there.
  public func reload() async {
    for step in reloads.withLock({ $0 }) { await step() }
  }

  /// Ends in order: admits no more, lets running queries finish within the grace period, and leaves those that do not to the next start; then what
  /// ``ServiceBuilder/onShutDown(_:)`` was given. Call it once the adapters have ended.
  public func shutDown() async {
    await tasks.shutDown(grace: settings[ServiceSettings.shutdownGrace])
    for step in lastSteps { await step() }
  }
}
