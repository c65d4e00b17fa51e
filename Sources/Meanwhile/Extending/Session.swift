/// Who asks, and what the service offers: the frame of one request.
public struct Session: Sendable {
  public let service: Service
  /// Nil with security off.
  public let principal: Principal?
  /// What the principal may do; nil where nothing decides that.
  public let permissions: (any Permissions)?
  /// What the request's route declares.
  public let privilege: RoutePrivilege

  /// A session of a service that authorises nobody, or one that reaches no resource.
  public init(service: Service, principal: Principal?) {
    self.init(service: service, principal: principal, permissions: nil, privilege: .query)
  }

  /// A session of whoever asks, with what they may do now.
  ///
  /// - Throws: ``APIError`` (401 or 403) for a principal that there is no longer.
  init(service: Service, authorizing principal: Principal?, for privilege: RoutePrivilege) async throws {
    var permissions: (any Permissions)?
    if let principal, principal != .local { permissions = try await service.authorizer?.permissions(of: principal) }
    self.init(service: service, principal: principal, permissions: permissions, privilege: privilege)
  }

  private init(service: Service, principal: Principal?, permissions: (any Permissions)?, privilege: RoutePrivilege) {
    self.service = service
    self.principal = principal
    self.permissions = permissions
    self.privilege = privilege
  }

  /// What a guard goes by; nil where nothing is refused.
  ///
  /// - Throws: a 403 where somebody must be known and nobody is.
  private func access() throws(APIError) -> ResourceAccess? {
    guard service.authorizer != nil, principal != .local else { return nil }
    guard let permissions else {
      throw APIError(
        type: APIError.securityType, reason: "action [\(privilege.action)] is unauthorized for nobody in particular", status: 403)
    }
    return ResourceAccess(permissions: permissions, privilege: privilege)
  }

  /// Something that was put into the service at composition, by its type: `try session.resource((any IndexStore).self)`. With security on it is behind its
  /// guard, which lets through what the principal may do.
  ///
  /// - Throws: a 500 that names the type, since a build that lacks it was composed wrongly.
  public func resource<Resource: Sendable>(_ type: Resource.Type) throws(APIError) -> Resource {
    guard let resource = service.resources[type] else {
      throw .internalFailure("this server was composed without [\(type)]")
    }
    guard let access = try access() else { return resource }
    guard let guarded = service.resources.guarded(resource, as: type, for: access) else {
      throw .internalFailure("[\(type)] has no guard, so that nobody may use it with security on")
    }
    return guarded
  }
}

/// What the core cannot know, keyed by type and filled at composition: an `IndexStore`, say.
public struct Resources: Sendable {
  private var byType: [ObjectIdentifier: any Sendable] = [:]
  /// Guards, by the type of what they guard.
  private var guards: [ObjectIdentifier: any Sendable] = [:]

  /// Puts something that lets through what `access` allows in front of a resource.
  public typealias Guard<Resource> = @Sendable (Resource, ResourceAccess) -> Resource

  public init() {}

  public subscript<Resource>(type: Resource.Type) -> Resource? {
    byType[ObjectIdentifier(type)] as? Resource
  }

  /// Adds a resource under a type, which may be a protocol: `provide(store, as: (any IndexStore).self)`.
  public mutating func provide<Resource: Sendable>(_ resource: Resource, as type: Resource.Type, guardedBy guarding: Guard<Resource>? = nil)
  {
    byType[ObjectIdentifier(type)] = resource
    guards[ObjectIdentifier(type)] = guarding
  }

  /// A resource behind its guard; nil where it has none.
  func guarded<Resource: Sendable>(_ resource: Resource, as type: Resource.Type, for access: ResourceAccess) -> Resource? {
    (guards[ObjectIdentifier(type)] as? Guard<Resource>)?(resource, access)
  }
}
