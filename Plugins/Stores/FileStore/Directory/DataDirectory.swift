import Meanwhile

/// The directory of a ``FileStore``: its format, its lock.
///
///     meanwhile.json    what this directory is, the version of its layout, and whose it is
///     settings.json     what operators changed; not there until they do
///     LOCK              held by the process that uses it
///     tasks/            log/ and results/
///     indices/          log/ and segments/
///     quarantine/       damaged files, moved aside
struct DataDirectory: Sendable {
  static let formatVersion: Int64 = 1
  private static let markerName = "meanwhile.json"
  private static let lockName = "LOCK"
  private static let formatName = "meanwhile data directory"

  let path: String
  let lock: FileLock
  let identity: Identity

  /// Who keeps data here, the same at each start: 22 characters of URL-safe Base64 each.
  struct Identity: Sendable, Hashable {
    var nodeID: String
    var clusterUUID: String
  }

  var tasks: String { path + "/tasks" }
  var indices: String { path + "/indices" }
  var quarantine: String { path + "/quarantine" }

  /// Takes a directory into use; one that is not there, or is empty, becomes a data directory.
  ///
  /// - Throws: ``APIError`` when it is in use, is something else's, or was written by a newer version.
  init(opening path: String, fileSystem: any FileSystem, random: any RandomSource) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    try Self.make(self.path, fileSystem)
    // Looked at before anything is made in it: a directory of somebody else's stays as it was.
    let names = try fileSystem.list(self.path)
    guard names.contains(Self.markerName) || Set(names).isSubset(of: [Self.lockName, Self.markerName + ".new"]) else {
      throw APIError(
        type: "illegal_argument_exception",
        reason: "[\(self.path)] is not a data directory of Meanwhile: it has files but no [\(Self.markerName)]; "
          + "name an empty directory, or one that does not exist", status: 400)
    }
    do {
      lock = try fileSystem.lock(self.path + "/" + Self.lockName)
    } catch {
      guard error.kind == .locked else { throw error }
      throw APIError(
        type: "lock_obtain_failed_exception",
        reason: "data directory [\(self.path)] is in use by another process; to work on a running server, name it with --server URL",
        status: 409)
    }
    do {
      identity = try Self.readMarker(in: self.path, fileSystem, random)
    } catch {
      lock.release()
      throw error
    }
  }

  /// Reads what a directory is; a new one is told.
  private static func readMarker(in path: String, _ fileSystem: any FileSystem, _ random: any RandomSource) throws -> Identity {
    let marker = path + "/" + markerName
    guard try fileSystem.exists(marker) else {
      let identity = Identity(nodeID: TaskID.randomName(random), clusterUUID: TaskID.randomName(random))
      let format: JSONObject = [
        "format": .string(formatName), "version": .integer(formatVersion),
        "node_id": .string(identity.nodeID), "cluster_uuid": .string(identity.clusterUUID),
      ]
      try fileSystem.replace(markerName, in: path, with: JSONValue.object(format).encoded(.pretty))
      return identity
    }
    guard let object = (try? JSONValue.parse(try fileSystem.contents(of: marker)))?.object, object["format"]?.string == formatName,
      let version = object["version"]?.int
    else {
      throw APIError(
        type: "illegal_argument_exception", reason: "[\(path)] is not a data directory of Meanwhile: [\(marker)] is not its marker",
        status: 400)
    }
    guard version <= formatVersion else {
      throw APIError(
        type: "illegal_state_exception",
        reason: "data directory [\(path)] was written by a newer version of Meanwhile (format \(version); this one knows \(formatVersion))",
        status: 500)
    }
    guard let nodeID = object["node_id"]?.string, let clusterUUID = object["cluster_uuid"]?.string else {
      throw APIError(
        type: "illegal_state_exception", reason: "[\(marker)] lacks [node_id] or [cluster_uuid], which name the node and its cluster",
        status: 500)
    }
    return Identity(nodeID: nodeID, clusterUUID: clusterUUID)
  }

  /// Makes a directory and those above it, each durably.
  private static func make(_ path: String, _ fileSystem: any FileSystem) throws(FileSystemError) {
    let names = path.split(separator: "/")
    let parent = (path.hasPrefix("/") ? "/" : "") + names.dropLast().joined(separator: "/")
    do {
      try fileSystem.makeDirectory(path)
    } catch {
      guard error.kind == .notFound, !parent.isEmpty else { throw error }
      try make(parent, fileSystem)
      try fileSystem.makeDirectory(path)
    }
    do {
      try fileSystem.syncDirectory(parent.isEmpty ? "." : parent)
    } catch {
      // A directory that may not be read cannot be synced; then it is not ours to make durable.
      guard error.kind == .denied else { throw error }
    }
  }
}
