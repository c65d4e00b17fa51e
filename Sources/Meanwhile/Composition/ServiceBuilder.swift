/// Puts a service together from chosen parts.
///
/// ```swift
/// var builder = ServiceBuilder(taskStore: MemoryStore())
/// builder.add(ESQLLanguage())
/// builder.add(endpoints: ClusterEndpoints())
/// builder.provide(store, as: (any IndexStore).self)
/// let service = try await builder.build()
/// ```
///
/// Every part is one line; leaving one out takes nothing else with it.
public struct ServiceBuilder: Sendable {
  public var configuration: ServiceConfiguration
  public var environment: Environment
  let taskStore: any TaskStore
  private(set) var languages: [any QueryLanguage] = []
  private(set) var providers: [any EndpointProvider] = []
  private(set) var observers: [any Observer] = []
  private(set) var authenticator: (any Authenticator)?
  private(set) var authorizer: (any Authorizer)?
  private(set) var resources = Resources()

  /// - Parameter taskStore: where records and kept results live.
  public init(
    _ configuration: ServiceConfiguration = ServiceConfiguration(), taskStore: any TaskStore, environment: Environment = Environment()
  ) {
    self.configuration = configuration
    self.taskStore = taskStore
    self.environment = environment
  }

  /// Adds a query language, with its routes. One that is an ``Observer`` as well, to count its tasks, is told of events too.
  public mutating func add(_ language: some QueryLanguage) {
    languages.append(language)
    providers.append(language)
    if let observer = language as? any Observer { observers.append(observer) }
  }

  /// Adds endpoints that are no language's.
  public mutating func add(endpoints: some EndpointProvider) {
    providers.append(endpoints)
  }

  /// Offers something to languages and endpoints, by its type: see ``Session/resource(_:)``.
  public mutating func provide<Resource: Sendable>(_ resource: Resource, as type: Resource.Type) {
    resources.provide(resource, as: type)
  }

  /// Turns security on: every request is authenticated, and authorised where its route names a privilege.
  public mutating func secure(with authenticator: any Authenticator, authorizer: (any Authorizer)? = nil) {
    self.authenticator = authenticator
    self.authorizer = authorizer
  }

  /// Adds one who is told what happens to tasks.
  public mutating func observe(with observer: any Observer) {
    observers.append(observer)
  }

  /// Composes the service, takes over what the store holds, and runs again what had not finished.
  ///
  /// - Throws: ``CompositionError`` where the parts do not fit; the store's error where it cannot be read.
  public func build() async throws -> Service {
    let names = languages.map(\.name)
    for name in Set(names) where names.count(where: { $0 == name }) > 1 { throw CompositionError("two languages are named [\(name)]") }
    let service = try Service(self)
    try await service.tasks.recover { service.work(of: $0) }
    await service.tasks.startSweeping(every: configuration.sweepInterval)
    return service
  }
}

/// Why a service cannot be put together as asked.
public struct CompositionError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
