/// Who asks, and what the service offers: the frame of one request.
public struct Session: Sendable {
  public let service: Service
  /// Nil with security off.
  public let principal: Principal?

  public init(service: Service, principal: Principal?) {
    self.service = service
    self.principal = principal
  }

  /// Something that was put into the service at composition, by its type: `try session.resource((any IndexStore).self)`.
  ///
  /// - Throws: a 500 that names the type, since a build that lacks it was composed wrongly.
  public func resource<Resource>(_ type: Resource.Type) throws(APIError) -> Resource {
    guard let resource = service.resources[type] else {
      throw .internalFailure("this server was composed without [\(type)]")
    }
    return resource
  }
}

/// What the core cannot know, keyed by type and filled at composition: an `IndexStore`, say.
public struct Resources: Sendable {
  private var byType: [ObjectIdentifier: any Sendable] = [:]

  public init() {}

  public subscript<Resource>(type: Resource.Type) -> Resource? {
    byType[ObjectIdentifier(type)] as? Resource
  }

  /// Adds a resource under a type, which may be a protocol: `provide(store, as: (any IndexStore).self)`.
  public mutating func provide<Resource: Sendable>(_ resource: Resource, as type: Resource.Type) {
    byType[ObjectIdentifier(type)] = resource
  }
}
