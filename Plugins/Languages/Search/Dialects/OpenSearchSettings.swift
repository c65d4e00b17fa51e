import Meanwhile

/// What an operator may change about OpenSearch's asynchronous search, under its own names.
public enum OpenSearchSettings {
  public static let waitMax = Setting.time(
    "plugins.asynchronous_search.max_wait_for_completion_timeout", default: .seconds(300),
    "The longest `wait_for_completion_timeout` that may be asked for.")
  public static let keepAliveMax = Setting.time(
    "plugins.asynchronous_search.max_keep_alive", default: .days(5), min: .minutes(1), "The longest `keep_alive` that may be asked for.")
  public static let runningMax = Setting.count(
    "plugins.asynchronous_search.node_concurrent_running_searches", default: 20,
    "Asynchronous searches that run or wait to run at once; more are refused with 429.")
  public static let keepsFailures = Setting.flag(
    "plugins.asynchronous_search.persist_search_failures", default: false,
    "Whether a search that fails in time is kept when its client asked to keep the result.")
  public static let states = Setting.choice(
    "compat.opensearch_states", default: StateNames.documented,
    "What the state of a kept search is called: `documented` says PERSISTED, `internal` STORE_RESIDENT, as servers do.")

  public static let runMax = Setting.time(
    "plugins.asynchronous_search.max_search_running_time", default: .hours(12), min: .seconds(1),
    "How long a search may run before it is cancelled; in force for searches submitted from then on.")
  public static let reaperInterval = Setting.time(
    "plugins.asynchronous_search.active.context.reaper_interval", default: .minutes(5), min: .seconds(5),
    "How often what has expired is swept from the store; the shortest of such settings counts.")
  public static let cleanupInterval = Setting.time(
    "plugins.asynchronous_search.expired.persisted_response.cleanup_interval", default: .minutes(30), min: .seconds(10),
    "How often what has expired is swept from the store; the shortest of such settings counts.")

  static let all: [any DeclaredSetting] = [
    waitMax, keepAliveMax, runningMax, keepsFailures, states, runMax, reaperInterval, cleanupInterval,
  ]

  /// Whose word for a state is used.
  public enum StateNames: String, Sendable, CaseIterable {
    case documented
    case `internal`
  }
}
