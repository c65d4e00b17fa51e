/// A query language: what a team adds to Meanwhile.
///
/// The life of a query, in order:
///
/// 1. ``prepare(_:for:)`` is called once for a request. It parses, resolves names, checks types and plans. What is wrong with the query is found
///    here and thrown as an ``APIError`` (a 400 that names line and column); the query then never becomes a task. The request's body is whole and
///    may be read repeatedly.
/// 2. The task manager admits the query: it runs, waits in a queue, or is refused with 429.
/// 3. ``run(_:in:)`` is called once, on no particular thread, at the same time as other queries' runs. It must look at
///    ``QueryContext/signals`` at least every few milliseconds: *cancelled* means stop and throw, *finish early* means answer with what there is and say so
///    in ``QueryOutput/isPartial``. It draws memory that grows with data from ``QueryContext/memory`` and reports ``QueryContext/progress``.
/// 4. The output goes to whoever waits and, if it is to be kept, to the ``TaskStore``.
/// 5. After a crash a query that had not finished is prepared and run again from its stored request, so preparing must not depend on
///    anything but the request, the data and the session.
///
/// A language must never block a thread while it waits, never keep state between queries that another query could see, and never read a header of the
/// request (a stored request has none).
///
/// Shipped implementations: `ESQLLanguage`, `EQLLanguage`, `SearchLanguage`.
public protocol QueryLanguage: EndpointProvider {
  /// A parsed, resolved and planned query.
  associatedtype Query: Sendable
  /// What running it gives.
  associatedtype Output: QueryOutput

  /// The language's name in records, listings and default routes: lowercase letters and digits, such as `esql`.
  static var name: String { get }

  /// Parses, resolves, checks and plans.
  ///
  /// - Throws: ``APIError`` for what is wrong with the request.
  func prepare(_ request: EndpointRequest, for session: Session) async throws -> Query

  /// Runs a prepared query to its end, to a cancellation, or to an early finish.
  ///
  /// - Throws: ``APIError`` for a failure that the client is told as it is; `CancellationError` when cancelled.
  func run(_ query: Query, in context: QueryContext) async throws -> Output

  /// Whether running a query is nothing but handing over what preparing it gave: no data is read, nothing is waited for, it takes microseconds. Such a
  /// query runs in the task of its request, which costs less than starting it anywhere else. The default is that none is.
  func isBrief(_ query: Query) -> Bool

  /// The text that listings show for a query; the default is the request's path.
  func describe(_ query: Query, _ request: EndpointRequest) -> String

  /// What a query has in common with those that may share one run with it, where the setting `meanwhile.tasks.single_flight` is on: all that its output
  /// depends on, the version of the data included. Nil, the default, is a query that always runs alone.
  func flightKey(of query: Query, _ request: EndpointRequest) async throws -> String?

  /// The language's endpoints. With an output that is ``JSONRenderable`` the default gives it a synchronous query at `POST /_{name}` and the whole
  /// asynchronous life at `/_{name}/async`, in the standard dialect.
  var routes: [Route] { get }
}

extension QueryLanguage {
  /// The name, from an instance.
  public var name: String { Self.name }

  public func isBrief(_ query: Query) -> Bool { false }

  public func describe(_ query: Query, _ request: EndpointRequest) -> String { request.path }

  public func flightKey(of query: Query, _ request: EndpointRequest) async throws -> String? { nil }
}

extension QueryLanguage where Output: JSONRenderable {
  public var routes: [Route] {
    AsyncQueryEndpoints(language: self, dialect: .standard).standardRoutes()
  }
}
