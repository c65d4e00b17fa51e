import Meanwhile
import MeanwhileCluster
import MeanwhileMemoryStore
import Testing

@Suite("Settings over the API")
struct ClusterSettingsTests {
  private let path = "/_cluster/settings"

  @Test("What is put is acknowledged as it was given, and shown from then on")
  func change() async throws {
    let service = try await makeService()
    let answer = try await service.answer(
      .put, path,
      json: [
        "persistent": ["meanwhile": ["tasks": ["running_max": 7, "queued_max": "9"]]], "transient": ["compat.get_wait_default": "now"],
      ])
    #expect(
      answer.json == [
        "acknowledged": true, "persistent": ["meanwhile": ["tasks": ["queued_max": "9", "running_max": "7"]]],
        "transient": ["compat": ["get_wait_default": "now"]],
      ])
    let shown = try await service.answer(.get, path, parameters: ["flat_settings": "true"])
    #expect(
      shown.json == [
        "persistent": ["meanwhile.tasks.queued_max": "9", "meanwhile.tasks.running_max": "7"],
        "transient": ["compat.get_wait_default": "now"],
      ])
    #expect(service.settings[ServiceSettings.runningMax] == 7)
  }

  @Test("Null takes a setting back, alone or with a wildcard")
  func reset() async throws {
    let service = try await makeService()
    _ = try await service.answer(.put, path, json: ["persistent": ["meanwhile.tasks.running_max": 7, "meanwhile.tasks.queued_max": 9]])
    let one = try await service.answer(.put, path, json: ["persistent": ["meanwhile.tasks.running_max": nil]])
    #expect(one.json == ["acknowledged": true, "persistent": [:], "transient": [:]])
    #expect(service.settings.layers.persistent == ["meanwhile.tasks.queued_max": "9"])
    _ = try await service.answer(.put, path, json: ["persistent": ["meanwhile": ["*": nil]]])
    #expect(service.settings.layers.persistent.isEmpty)
  }

  @Test("Defaults are shown on demand, and only of what is not set")
  func defaults() async throws {
    let service = try await makeService()
    _ = try await service.answer(.put, path, json: ["persistent": ["meanwhile.tasks.running_max": 7]])
    let shown = try await service.answer(.get, path, parameters: ["include_defaults": "true", "flat_settings": "true"])
    let defaults = try #require(shown.json["defaults"])
    #expect(defaults["meanwhile.tasks.running_max"] == nil)
    #expect(defaults["meanwhile.tasks.sweep_interval"] == "5m")
    #expect(defaults["meanwhile.tasks.memory_max"] == "1gb")
  }

  static let refusals: [(body: JSONValue, type: String, reason: String)] = [
    (["persistent": ["no.such": 1]], "illegal_argument_exception", "persistent setting [no.such], not recognized"),
    (["transient": ["no.such": nil]], "illegal_argument_exception", "transient setting [no.such], not recognized"),
    (
      ["persistent": ["meanwhile.tasks.running_max": 0]], "illegal_argument_exception",
      "Failed to parse value [0] for setting [meanwhile.tasks.running_max] must be >= 1"
    ),
    (
      ["persistent": ["meanwhile.tasks.running_max": [1]]], "illegal_argument_exception",
      "Found list type value for setting [meanwhile.tasks.running_max] but but did not expect a list for it."
    ),
    ([:], "action_request_validation_exception", "Validation Failed: 1: no settings to update;"),
    (["persistent": [:]], "action_request_validation_exception", "Validation Failed: 1: no settings to update;"),
    (
      ["permanent": ["a": 1]], "x_content_parse_exception", "[1:14] [cluster_update_settings_request] unknown field [permanent]"
    ),
  ]

  @Test("What cannot be is refused, and changes nothing", arguments: refusals)
  func refuse(_ body: JSONValue, _ type: String, _ reason: String) async throws {
    let service = try await makeService()
    let answer = try await service.answer(.put, path, json: body)
    #expect(answer.status == 400)
    #expect(answer.json["error"]?["type"] == .string(type))
    #expect(answer.json["error"]?["reason"] == .string(reason))
    #expect(service.settings.layers == Settings.Layers())
  }

  @Test("More places among the running are taken at once")
  func runningMax() async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.configuration.limits.runningMax = 1
    builder.add(SlowLanguage())
    builder.add(endpoints: ClusterEndpoints())
    let service = try await builder.build()
    for _ in 0..<3 { _ = try await service.answer(.post, "/_slow/async", parameters: ["wait_for_completion_timeout": "0"], json: [:]) }
    #expect(try await service.tasks.list().map(\.view.state) == [.running, .queued, .queued])
    _ = try await service.answer(.put, path, json: ["transient": ["meanwhile.tasks.running_max": 2]])
    #expect(try await service.tasks.list().map(\.view.state) == [.running, .running, .queued])
    await service.shutDown()
  }
}
