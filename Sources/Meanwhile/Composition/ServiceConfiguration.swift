/// A service's settings: who it says it is, and how much it takes on.
public struct ServiceConfiguration: Sendable {
  public var clusterName = "meanwhile"
  public var nodeName = "meanwhile"
  /// 22 characters that name this node in ids and listings; nil makes new ones at each start.
  public var nodeID: String?
  /// 22 characters that name this cluster; nil makes new ones at each start.
  public var clusterUUID: String?
  /// The Elasticsearch version whose behaviour clients may expect, as `GET /` reports it.
  public var compatibleVersion = "9.1.0"
  /// Meanwhile's own version.
  public var version = Service.version
  public var limits = ServiceLimits()
  /// What a get without `wait_for_completion_timeout` does where the dialect leaves it open (`compat.get_wait_default`).
  public var getWaitDefault = GetWaitDefault.complete
  /// How long a shutdown lets running queries go on.
  public var shutdownGrace = TimeValue.seconds(10)
  /// How often what has expired is swept from the store.
  public var sweepInterval = TimeValue.minutes(5)

  public init() {}

  /// The documentation's behaviour, or the one seen in the servers.
  public enum GetWaitDefault: String, Sendable, CaseIterable {
    /// A get waits until the task is done.
    case complete
    /// A get answers at once.
    case now
  }
}

/// What a service takes on at most. Over each of these is a clear error, never a crash.
public struct ServiceLimits: Sendable {
  /// Queries that run at the same time.
  public var runningMax = 64
  /// Queries that wait for their turn; more are refused with 429.
  public var queuedMax = 1_000
  /// Queries of one owner that wait for their turn, so that nobody fills the queue for all. Applies with security on.
  public var queuedPerOwnerMax = 500
  /// Clients that wait at the same time.
  public var waitersMax = 100_000
  /// How often a query is started before it counts as one that brings the server down.
  public var attemptsMax = 3
  /// Tasks that the store holds; while it holds as many, asynchronous queries are refused with 429.
  public var storedMax = 1_000_000
  /// Bytes that they and their results take; while they take as many, asynchronous queries are refused with 429.
  public var storedBytesMax = 64 << 30
  /// Bytes of a request's body that is read into memory.
  public var bodyBytesMax = EndpointRequest.bodyBytesMax
  /// Bytes of memory that all queries together may hold.
  public var memoryBytesMax = 1 << 30
  /// Bytes of memory that one query may hold.
  public var memoryBytesPerQueryMax = 512 << 20

  public init() {}
}
