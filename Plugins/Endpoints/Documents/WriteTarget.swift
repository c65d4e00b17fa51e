import Meanwhile
import MeanwhileData

/// The index that a write goes to: the one named, or the one that an alias stands for; made if there is none.
struct WriteTarget: Sendable {
  let name: String
  /// Copies of each document that the settings ask for, this one included.
  let copies: Int

  /// - Throws: `invalid_index_name_exception`, or `illegal_argument_exception` for an alias that stands for several indices (400).
  init(_ name: String, session: Session, mayCreate: Bool = true) async throws {
    let store = try session.indexStore()
    let name = try IndexName.resolvingDateMath(name, nowMillis: session.service.environment.time.now().milliseconds)
    try store.access.require(name)
    if let index = try await store.index(name) {
      self.init(index.definition)
      return
    }
    let aliased = try await store.indices().map(\.definition).filter { $0.aliases[name] != nil }
    if !aliased.isEmpty {
      self.init(try Self.writeIndex(of: aliased, alias: name))
      return
    }
    guard mayCreate else { throw APIError.indexNotFound(name) }
    let definition = try await DocumentEndpoints.newDefinition(named: name, JSONObject(), session: session)
    do {
      try await store.createIndex(definition)
    } catch let error as APIError where error.type == "resource_already_exists_exception" {
      // Somebody else's write made it just now.
    }
    self.init(definition)
  }

  private init(_ definition: IndexDefinition) {
    name = definition.name
    copies = 1 + IndexSettings.replicas(of: definition)
  }

  private static func writeIndex(of aliased: [IndexDefinition], alias: String) throws -> IndexDefinition {
    if let chosen = aliased.first(where: { $0.aliases[alias]?["is_write_index"]?.bool == true }) { return chosen }
    guard aliased.count == 1 else {
      throw APIError.illegalArgument(
        "no write index is defined for alias [\(alias)]. The write index may be explicitly disabled using is_write_index=false or the alias points to "
          + "multiple indices without one being designated as a write index")
    }
    return aliased[0]
  }

  /// The `_shards` of a write's answer.
  var shards: JSONValue { ["total": .integer(Int64(copies)), "successful": 1, "failed": 0] }
}

/// When a write's answer comes: at once, or once queries see it.
enum RefreshPolicy {
  case no
  case now
  case wait

  /// From the parameter `refresh`.
  ///
  /// - Throws: `illegal_argument_exception` (400).
  init(_ parameters: Parameters) throws(APIError) {
    switch parameters["refresh"] {
    case nil, "false": self = .no
    case "", "true": self = .now
    case "wait_for": self = .wait
    case .some(let other): throw .illegalArgument("Unknown value for refresh: [\(other)].")
    }
  }
}
