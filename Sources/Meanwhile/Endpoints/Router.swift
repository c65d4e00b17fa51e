/// Finds the route of a request: a tree of path segments, made once from the routes of a service.
///
/// A literal segment beats a parameter. A path that no route has, and one that a route has for other methods only, are different errors.
struct Router: Sendable {
  private var root = Node()

  fileprivate struct Node: Sendable {
    var literals: [String: Node] = [:]
    var parameter: [Node] = []
    /// `{index}`, which no name that begins with an underscore matches: those are the API's own.
    var index: [Node] = []
    var routes: [EndpointRequest.Method: Route] = [:]
  }

  /// A route, and what its `{name}` segments matched.
  struct Match {
    var route: Route
    var pathParameters: [String: String]
  }

  enum Miss: Error, Hashable {
    case noSuchPath
    /// The path exists for these methods, in alphabetical order.
    case noSuchMethod(allowed: [EndpointRequest.Method])
  }

  /// - Throws: ``CompositionError`` where two routes answer the same method and path.
  init(_ routes: [Route]) throws(CompositionError) {
    for route in routes { try root.insert(route, below: Self.segments(of: route.path)[...]) }
  }

  /// Finds the route of a method and a path. `HEAD` falls back to `GET`.
  func match(_ method: EndpointRequest.Method, _ path: String) throws(Miss) -> Match {
    let segments = Self.segments(of: path).map { PercentEncoding.decode($0) }
    var ends: [(node: Node, values: [String])] = []
    root.collect(segments[...], [], into: &ends)
    let sought = method == .head ? [EndpointRequest.Method.head, .get] : [method]
    for method in sought {
      for end in ends {
        guard let route = end.node.routes[method] else { continue }
        let names = Self.segments(of: route.path).compactMap(Self.parameterName)
        return Match(route: route, pathParameters: Dictionary(zip(names, end.values)) { $1 })
      }
    }
    let allowed = Set(ends.flatMap { $0.node.routes.keys })
    guard !allowed.isEmpty else { throw .noSuchPath }
    throw .noSuchMethod(allowed: allowed.sorted { $0.rawValue < $1.rawValue })
  }

  private static func segments(of path: String) -> [String] {
    path.split(separator: "/").map(String.init)
  }

  private static func parameterName(of segment: String) -> String? {
    segment.hasPrefix("{") && segment.hasSuffix("}") ? String(segment.dropFirst().dropLast()) : nil
  }
}

extension Router.Node {
  fileprivate mutating func insert(_ route: Route, below segments: ArraySlice<String>) throws(CompositionError) {
    guard let segment = segments.first else {
      guard routes[route.method] == nil else {
        throw CompositionError("two routes answer [\(route.method.rawValue) \(route.path)]")
      }
      routes[route.method] = route
      return
    }
    let rest = segments.dropFirst()
    switch segment {
    case "{index}": try Self.insert(route, below: rest, into: &index)
    case _ where segment.hasPrefix("{"): try Self.insert(route, below: rest, into: &parameter)
    default: try literals[segment, default: Router.Node()].insert(route, below: rest)
    }
  }

  /// A node cannot hold itself, so a child is an array of at most one.
  private static func insert(
    _ route: Route, below rest: ArraySlice<String>, into child: inout [Router.Node]
  ) throws(CompositionError) {
    if child.isEmpty { child.append(Router.Node()) }
    try child[0].insert(route, below: rest)
  }

  /// Every node that the segments lead to, the most literal first, with what parameters matched.
  fileprivate func collect(
    _ segments: ArraySlice<String>, _ values: [String], into ends: inout [(node: Router.Node, values: [String])]
  ) {
    guard let segment = segments.first else {
      if !routes.isEmpty { ends.append((self, values)) }
      return
    }
    let rest = segments.dropFirst()
    literals[segment]?.collect(rest, values, into: &ends)
    for child in parameter { child.collect(rest, values + [segment], into: &ends) }
    guard !segment.hasPrefix("_") || segment == "_all" else { return }
    for child in index { child.collect(rest, values + [segment], into: &ends) }
  }
}
