/// What one may do to an index, by Elasticsearch's names.
public enum IndexPrivilege: String, Sendable, Hashable, CaseIterable {
  /// Queries, and reading documents.
  case read
  /// Adding, changing and deleting documents.
  case write
  /// Creating the index, also by writing to one that is not there.
  case createIndex = "create_index"
  case deleteIndex = "delete_index"
  /// Seeing mappings, settings and aliases.
  case viewIndexMetadata = "view_index_metadata"
  /// Refreshing, flushing and merging.
  case maintenance
  /// Seeing sizes and counts.
  case monitor
  /// Everything but reading and writing documents.
  case manage
  case all

  /// The privileges each of which includes this one, the least first.
  public var grantedBy: [IndexPrivilege] {
    switch self {
    case .read: [.read, .all]
    case .write: [.write, .all]
    case .createIndex: [.createIndex, .manage, .all]
    case .deleteIndex: [.deleteIndex, .manage, .all]
    case .viewIndexMetadata: [.viewIndexMetadata, .manage, .all]
    case .maintenance: [.maintenance, .manage, .all]
    case .monitor: [.monitor, .manage, .all]
    case .manage: [.manage, .all]
    case .all: [.all]
    }
  }
}
