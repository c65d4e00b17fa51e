import Meanwhile

/// `/_cluster/settings`, as Elasticsearch has it.
extension ClusterEndpoints {
  static let settingsParameters = ["flat_settings", "local", "timeout", "master_timeout"]
  private static let requestName = "[cluster_update_settings_request]"

  @Sendable func showSettings(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let settings = session.service.settings
    let layers = settings.layers
    let isFlat = try request.parameters.bool("flat_settings") ?? false
    var body: JSONObject = [
      "persistent": SettingsTree.json(layers.persistent, isFlat: isFlat), "transient": SettingsTree.json(layers.transient, isFlat: isFlat),
    ]
    if try request.parameters.bool("include_defaults") == true {
      let unset = settings.declared.filter { layers.persistent[$0.name] == nil && layers.transient[$0.name] == nil }
      let defaults = Dictionary(uniqueKeysWithValues: unset.map { ($0.name, $0.defaultText) })
      body["defaults"] = SettingsTree.json(defaults, isFlat: isFlat)
    }
    return .json(.object(body))
  }

  @Sendable func changeSettings(_ request: EndpointRequest, _ session: Session) async throws -> EndpointResponse {
    let bytes = try await request.body.collect(bytesMax: session.service.configuration.limits.bodyBytesMax)
    let change = try Self.settingsChange(bytes)
    guard !change.persistent.isEmpty || !change.transient.isEmpty else { throw APIError.validation(["no settings to update"]) }
    let isFlat = try request.parameters.bool("flat_settings") ?? false
    try await session.service.settings.change(change)
    return .json([
      "acknowledged": true, "persistent": SettingsTree.json(change.persistent.compactMapValues(\.self), isFlat: isFlat),
      "transient": SettingsTree.json(change.transient.compactMapValues(\.self), isFlat: isFlat),
    ])
  }

  /// Reads `{"persistent": {…}, "transient": {…}}`.
  private static func settingsChange(_ bytes: [UInt8]) throws -> SettingsChange {
    guard let body = try JSONValue.parse(bytes).object else {
      throw APIError.xContentParse("\(requestName) expects an object", at: JSONLocation(line: 1, column: 1))
    }
    var change = SettingsChange()
    for member in body.members {
      guard member.name == "persistent" || member.name == "transient" else {
        throw APIError.xContentParse("\(requestName) unknown field [\(member.name)]", at: member.location)
      }
      guard let object = member.value.object else {
        throw APIError.xContentParse("\(requestName) \(member.name) doesn't support values of this type", at: member.location)
      }
      let texts = try SettingsTree.texts(of: object)
      if member.name == "persistent" { change.persistent = texts } else { change.transient = texts }
    }
    return change
  }
}
