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
  private(set) var formats: [any ObjectFormat] = []
  private(set) var observers: [any Observer] = []
  private(set) var authenticator: (any Authenticator)?
  private(set) var authorizer: (any Authorizer)?
  private(set) var auditor: (any Auditor)?
  private(set) var resources = Resources()
  private(set) var settingsStore: (any SettingsStore)?
  /// Settings of the parts with the composition's own defaults.
  private(set) var presets: [any DeclaredSetting] = []
  private(set) var lastSteps: [@Sendable () async -> Void] = []
  private(set) var reloads: [@Sendable () async -> Void] = []

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

  /// Adds a format besides JSON, for bodies of requests and responses of every endpoint.
  public mutating func add(format: some ObjectFormat) {
    formats.append(format)
  }

  /// Offers something to languages and endpoints, by its type: see ``Session/resource(_:)``.
  ///
  /// - Parameter guarding: what stands in front of it with security on, and lets through what the caller may do. Without one, nobody may use it then.
  public mutating func provide<Resource: Sendable>(
    _ resource: Resource, as type: Resource.Type, guardedBy guarding: Resources.Guard<Resource>? = nil
  ) {
    resources.provide(resource, as: type, guardedBy: guarding)
  }

  /// Gives a setting another default than its declaration's; what an operator sets goes before it.
  public mutating func preset<Value>(_ setting: Setting<Value>, to value: Value) {
    presets.removeAll { $0.name == setting.name }
    presets.append(setting.withDefault(value))
  }

  /// Keeps persistent settings in a store. Without one, they last as long as the service.
  public mutating func persistSettings(in store: any SettingsStore) {
    settingsStore = store
  }

  /// Turns security on: every request is authenticated, and with an authorizer held to what its route takes.
  ///
  /// - Parameter auditor: is told of every request that is refused.
  public mutating func secure(
    with authenticator: any Authenticator, authorizer: (any Authorizer)? = nil, auditor: (any Auditor)? = nil
  ) {
    self.authenticator = authenticator
    self.authorizer = authorizer
    self.auditor = auditor
  }

  /// Adds what is done last when the service shuts down, such as closing its store. What was added later is done earlier.
  public mutating func onShutDown(_ step: @escaping @Sendable () async -> Void) {
    lastSteps.insert(step, at: 0)
  }

  /// Adds what is done when an operator wants files to be read again: see ``Service/reload()``.
  public mutating func onReload(_ step: @escaping @Sendable () async -> Void) {
    reloads.append(step)
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
    let sweepIntervals = [ServiceSettings.sweepInterval] + providers.flatMap(\.sweepIntervals)
    service.settings.onChange { [tasks = service.tasks] settings in
      await tasks.heed(settings, sweepInterval: sweepIntervals.map { settings[$0] }.min() ?? .minutes(5))
    }
    try await service.settings.load()
    try await service.tasks.recover { service.work(of: $0) }
    return service
  }
}

extension ServiceBuilder {
  /// The settings of all parts, with the defaults that this composition gives them.
  ///
  /// - Throws: ``CompositionError`` for a preset of something that no part declares.
  func declaredSettings() throws(CompositionError) -> [any DeclaredSetting] {
    var declared = ServiceSettings.declared(configuration) + providers.flatMap(\.settings)
    for preset in presets {
      guard let index = declared.firstIndex(where: { $0.name == preset.name }) else {
        throw CompositionError("no part has a setting [\(preset.name)] that could be preset")
      }
      declared[index] = preset
    }
    return declared
  }
}

/// Why a service cannot be put together as asked.
public struct CompositionError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
