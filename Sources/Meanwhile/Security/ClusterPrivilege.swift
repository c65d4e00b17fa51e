/// What one may do to the server as a whole, by Elasticsearch's names.
public enum ClusterPrivilege: String, Sendable, Hashable, CaseIterable {
  /// Seeing how the server is and what it does, others' tasks included.
  case monitor
  /// Everything but security.
  case manage
  /// Cancelling and deleting others' tasks.
  case cancelTask = "cancel_task"
  case manageIndexTemplates = "manage_index_templates"
  case monitorEnrich = "monitor_enrich"
  case manageEnrich = "manage_enrich"
  /// Creating, seeing and invalidating one's own API keys.
  case manageOwnAPIKey = "manage_own_api_key"
  case manageAPIKey = "manage_api_key"
  case manageToken = "manage_token"
  case manageSecurity = "manage_security"
  case all

  /// The privileges each of which includes this one, the least first.
  public var grantedBy: [ClusterPrivilege] {
    switch self {
    case .monitor: [.monitor, .manage, .all]
    case .manage: [.manage, .all]
    case .cancelTask: [.cancelTask, .manage, .all]
    case .manageIndexTemplates: [.manageIndexTemplates, .manage, .all]
    case .monitorEnrich: [.monitorEnrich, .manageEnrich, .manage, .all]
    case .manageEnrich: [.manageEnrich, .manage, .all]
    case .manageOwnAPIKey: [.manageOwnAPIKey, .manageAPIKey, .manageSecurity, .all]
    case .manageAPIKey: [.manageAPIKey, .manageSecurity, .all]
    case .manageToken: [.manageToken, .manageSecurity, .all]
    case .manageSecurity: [.manageSecurity, .all]
    case .all: [.all]
    }
  }
}
