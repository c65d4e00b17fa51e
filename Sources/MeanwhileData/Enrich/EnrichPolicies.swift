import Meanwhile

/// The enrich policies of a store, and the data that their last executions gathered: what `/_enrich/policy` manages and ES|QL's `ENRICH` reads.
public struct EnrichPolicies: Sendable {
  private let store: any IndexStore
  private let objects: StoredObjects

  public init(_ store: any IndexStore) {
    self.store = store
    objects = StoredObjects("enrich_policies", in: store)
  }

  /// All policies, by name.
  public func all() async throws -> [EnrichPolicy] {
    try await objects.all().members.compactMap { member in
      member.value.object.flatMap { EnrichPolicy(named: member.name, stored: $0) }
    }.sorted { $0.name < $1.name }
  }

  /// A policy; nil where there is none.
  public func policy(_ name: String) async throws -> EnrichPolicy? {
    try await objects.all()[name]?.object.flatMap { EnrichPolicy(named: name, stored: $0) }
  }

  /// What the last execution of a policy gathered: the snapshot of its enrich index, whose columns ``EnrichPolicy`` names; nil where it was never executed.
  /// It takes reading that index, as any other.
  public func snapshot(of policy: EnrichPolicy) async throws -> IndexSnapshot? {
    guard let index = policy.enrichIndex else { return nil }
    return try await store.snapshot(of: index)
  }

  // MARK: Changing

  /// - Throws: `resource_already_exists_exception` (400).
  public func add(_ policy: EnrichPolicy) async throws {
    try await objects.update { objects in
      guard objects[policy.name] == nil else {
        throw APIError(type: "resource_already_exists_exception", reason: "policy [\(policy.name)] already exists", status: 400)
      }
      objects[policy.name] = .object(policy.stored)
    }
  }

  /// Makes an index that was filled the one that a policy reads, and deletes the one that it read before.
  ///
  /// - Throws: `resource_not_found_exception` (404) where the policy was removed meanwhile.
  public func publish(_ enrichIndex: String, for name: String) async throws {
    let former = try await policy(name)?.enrichIndex
    try await objects.update { objects in
      guard var policy = objects[name]?.object.flatMap({ EnrichPolicy(named: name, stored: $0) }) else { throw Self.notFound(name) }
      policy.enrichIndex = enrichIndex
      objects[name] = .object(policy.stored)
    }
    if let former, former != enrichIndex { try await deleteIndex(former) }
  }

  /// Removes a policy with what it gathered.
  ///
  /// - Throws: `resource_not_found_exception` (404).
  public func remove(_ name: String) async throws {
    let former = try await policy(name)?.enrichIndex
    try await objects.update { objects in
      guard objects[name] != nil else { throw Self.notFound(name) }
      objects[name] = nil
    }
    if let former { try await deleteIndex(former) }
  }

  private func deleteIndex(_ name: String) async throws {
    do {
      try await store.system.deleteIndex(name)
    } catch let error as APIError where error.status == 404 {
      // Somebody deleted it by hand.
    }
  }

  private static func notFound(_ name: String) -> APIError { .resourceNotFound("policy [\(name)] not found") }
}
