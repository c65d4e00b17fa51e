/// Finds the route of a request: a tree of path segments, made once from the routes of a service.
///
/// A literal segment beats a parameter. A path that no route has, and one that a route has for other methods only, are different errors.
struct Router: Sendable {
  /// The tree; a child is its position here, so that matching copies no part of it. The root comes first.
  private var nodes = [Node()]

  private struct Node: Sendable {
    var literals: [String: Int] = [:]
    var parameter: Int?
    /// `{index}`, which no name that begins with an underscore matches: those are the API's own.
    var index: Int?
    var routes: [EndpointRequest.Method: End] = [:]
  }

  /// A route, and the names of its `{name}` segments in order.
  private struct End: Sendable {
    var route: Route
    var names: [String]
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
    for route in routes { try insert(route) }
  }

  private mutating func insert(_ route: Route) throws(CompositionError) {
    let segments = Self.segments(of: route.path)
    var at = 0
    for segment in segments { at = child(of: at, segment) }
    guard nodes[at].routes[route.method] == nil else {
      throw CompositionError("two routes answer [\(route.method.rawValue) \(route.path)]")
    }
    nodes[at].routes[route.method] = End(route: route, names: segments.compactMap(Self.parameterName))
  }

  /// The child that a route's segment leads to, made where there is none yet.
  private mutating func child(of parent: Int, _ segment: String) -> Int {
    let next = nodes.count
    let known: Int?
    switch segment {
    case "{index}":
      known = nodes[parent].index
      nodes[parent].index = known ?? next
    case _ where segment.hasPrefix("{"):
      known = nodes[parent].parameter
      nodes[parent].parameter = known ?? next
    default:
      known = nodes[parent].literals[segment]
      nodes[parent].literals[segment] = known ?? next
    }
    if known == nil { nodes.append(Node()) }
    return known ?? next
  }

  /// Finds the route of a method and a path. `HEAD` falls back to `GET`.
  func match(_ method: EndpointRequest.Method, _ path: String) throws(Miss) -> Match {
    let segments = path.utf8.split(separator: UInt8(ascii: "/")).map { PercentEncoding.decode(Substring($0)) }
    var ends: [(node: Int, values: [String])] = []
    collect(below: 0, segments[...], [], into: &ends)
    let sought = method == .head ? [EndpointRequest.Method.head, .get] : [method]
    for method in sought {
      for end in ends {
        guard let found = nodes[end.node].routes[method] else { continue }
        return Match(route: found.route, pathParameters: Dictionary(zip(found.names, end.values)) { $1 })
      }
    }
    let allowed = Set(ends.flatMap { nodes[$0.node].routes.keys })
    guard !allowed.isEmpty else { throw .noSuchPath }
    throw .noSuchMethod(allowed: allowed.sorted { $0.rawValue < $1.rawValue })
  }

  /// Every node that the segments lead to, the most literal first, with what parameters matched.
  private func collect(
    below at: Int, _ segments: ArraySlice<String>, _ values: [String], into ends: inout [(node: Int, values: [String])]
  ) {
    guard let segment = segments.first else {
      if !nodes[at].routes.isEmpty { ends.append((at, values)) }
      return
    }
    let rest = segments.dropFirst()
    if let child = nodes[at].literals[segment] { collect(below: child, rest, values, into: &ends) }
    if let child = nodes[at].parameter { collect(below: child, rest, values + [segment], into: &ends) }
    guard !segment.hasPrefix("_") || segment == "_all" else { return }
    if let child = nodes[at].index { collect(below: child, rest, values + [segment], into: &ends) }
  }

  private static func segments(of path: String) -> [String] {
    path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
  }

  private static func parameterName(of segment: String) -> String? {
    segment.hasPrefix("{") && segment.hasSuffix("}") ? String(segment.dropFirst().dropLast()) : nil
  }
}
