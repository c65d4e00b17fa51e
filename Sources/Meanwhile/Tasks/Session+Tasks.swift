extension Session {
  /// Whether the principal may do what takes a cluster privilege. With security off there is nobody else's to reach.
  public func holds(_ privilege: ClusterPrivilege) -> Bool {
    permissions?.grants(privilege) ?? (service.isSecured && principal == .local)
  }

  /// The tasks that the principal reaches: its own, and with a privilege everybody's. Submitted with security off, a task is anybody's.
  ///
  /// - Parameters:
  ///   - stored: whether the finished ones that are kept are among them.
  ///   - privilege: the cluster privilege that reaches other owners' tasks.
  public func visibleTasks(stored: Bool = false, reaching privilege: ClusterPrivilege = .monitor) async throws -> [TaskListing] {
    let listings = try await service.tasks.list(stored: stored)
    if holds(privilege) { return listings }
    return listings.filter { $0.owner == nil || $0.owner == principal?.owner }
  }
}
