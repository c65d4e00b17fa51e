/// The settings of the service itself: the core's, which there are whatever it is composed of.
///
/// Their defaults are the composition's ``ServiceConfiguration``; each is in force as soon as its change is acknowledged.
public enum ServiceSettings {
  public static let runningMax = Setting.count(
    "meanwhile.tasks.running_max", default: ServiceLimits().runningMax, in: 1...100_000,
    "Queries that run at the same time. A higher number starts queued ones at once; a lower one ends none.")
  public static let queuedMax = Setting.count(
    "meanwhile.tasks.queued_max", default: ServiceLimits().queuedMax, "Queries that wait for their turn; more are refused with 429.")
  public static let queuedPerOwnerMax = Setting.count(
    "meanwhile.tasks.queued_per_owner_max", default: ServiceLimits().queuedPerOwnerMax,
    "Queries of one user that wait for their turn, with security on; more are refused with 429.")
  public static let waitersMax = Setting.count(
    "meanwhile.tasks.waiters_max", default: ServiceLimits().waitersMax, in: 1...Int(Int32.max), "Clients that wait at the same time.")
  public static let attemptsMax = Setting.count(
    "meanwhile.tasks.attempts_max", default: ServiceLimits().attemptsMax, in: 1...1_000,
    "How often a query is started, counting the starts after crashes of the server, before it fails.")
  public static let storedMax = Setting.count(
    "meanwhile.tasks.stored_max", default: ServiceLimits().storedMax,
    "Tasks that are kept; while there are as many, asynchronous queries are refused with 429.")
  public static let storedBytesMax = Setting.bytes(
    "meanwhile.tasks.stored_bytes_max", default: ServiceLimits().storedBytesMax,
    "Bytes that kept tasks and their results take; while they take as many, asynchronous queries are refused with 429.")
  public static let memoryMax = Setting.bytes(
    "meanwhile.tasks.memory_max", default: ServiceLimits().memoryBytesMax, in: 1...Int.max, "Memory that all queries together may hold.")
  public static let memoryPerQueryMax = Setting.bytes(
    "meanwhile.tasks.memory_per_query_max", default: ServiceLimits().memoryBytesPerQueryMax, in: 1...Int.max,
    "Memory that one query may hold; in force for queries submitted from then on.")
  public static let singleFlight = Setting.flag(
    "meanwhile.tasks.single_flight", default: false,
    "Whether identical queries of one user that run at the same moment on the same data share one run.")
  public static let sweepInterval = Setting.time(
    "meanwhile.tasks.sweep_interval", default: ServiceConfiguration().sweepInterval, min: .seconds(1),
    "How often what has expired is swept from the store. Expired results are gone for clients at once, whatever this is.")
  public static let shutdownGrace = Setting.time(
    "meanwhile.tasks.shutdown_grace", default: ServiceConfiguration().shutdownGrace,
    "How long a shutdown lets running queries go on; what has not finished then is run again at the next start.")
  public static let getWaitDefault = Setting.choice(
    "compat.get_wait_default", default: ServiceConfiguration().getWaitDefault,
    "What a get without `wait_for_completion_timeout` does: `complete` waits for the result, `now` answers at once.")

  /// The limits that the task manager heeds, each with its place in ``ServiceLimits``.
  static let limits: [(setting: Setting<Int>, path: any WritableKeyPath<ServiceLimits, Int> & Sendable)] = [
    (runningMax, \.runningMax), (queuedMax, \.queuedMax), (queuedPerOwnerMax, \.queuedPerOwnerMax), (waitersMax, \.waitersMax),
    (attemptsMax, \.attemptsMax), (storedMax, \.storedMax), (storedBytesMax, \.storedBytesMax), (memoryMax, \.memoryBytesMax),
    (memoryPerQueryMax, \.memoryBytesPerQueryMax),
  ]

  /// All of them, with a composition's defaults.
  static func declared(_ configuration: ServiceConfiguration) -> [any DeclaredSetting] {
    limits.map { $0.setting.withDefault(configuration.limits[keyPath: $0.path]) } + [
      sweepInterval.withDefault(configuration.sweepInterval), shutdownGrace.withDefault(configuration.shutdownGrace),
      getWaitDefault.withDefault(configuration.getWaitDefault), singleFlight,
    ]
  }
}

extension ServiceLimits {
  /// The limits as they are now.
  mutating func update(from settings: Settings) {
    for limit in ServiceSettings.limits { self[keyPath: limit.path] = settings[limit.setting] }
  }
}
