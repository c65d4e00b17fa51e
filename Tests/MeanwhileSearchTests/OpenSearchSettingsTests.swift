import Meanwhile
import MeanwhileSearch
import Testing

/// What operators may change of OpenSearch's asynchronous search, in force from the next request on.
@Suite struct OpenSearchSettingsTests {
  private let path = "/books/_plugins/_asynchronous_search"

  private func set(_ name: String, to text: String, in library: Library) async throws {
    try await library.service.settings.change(SettingsChange(transient: ["plugins.asynchronous_search." + name: text]))
  }

  static let bounds: [(setting: String, text: String, parameters: Parameters, reason: String)] = [
    (
      "max_keep_alive", "2h", ["keep_alive": "3h"],
      "Keep alive for asynchronous search (10800000) is too large. It must be less than (2h). This limit can be set by changing the "
        + "[plugins.asynchronous_search.max_keep_alive] cluster level setting."
    ),
    (
      "max_wait_for_completion_timeout", "2s", ["wait_for_completion_timeout": "3s"],
      "Wait for completion timeout for asynchronous search (3000) is too large. It must be less than (2s). This limit can be set by "
        + "changing the [plugins.asynchronous_search.max_wait_for_completion_timeout] cluster level setting."
    ),
    (
      "node_concurrent_running_searches", "0", [:],
      "Trying to create too many concurrent searches. Must be less than or equal to: [0]. This limit can be set by changing the "
        + "[plugins.asynchronous_search.node_concurrent_running_searches] settings."
    ),
  ]

  @Test(arguments: bounds)
  func aBoundIsInForceAtOnce(setting: String, text: String, parameters: Parameters, reason: String) async throws {
    let library = try await Library()
    #expect(try await library.call(.post, path, parameters: parameters).status == 200)
    try await set(setting, to: text, in: library)
    let refused = try await library.call(.post, path, parameters: parameters)
    #expect(refused.body["error"]?["reason"] == .string(reason))
    #expect(refused.headers["Retry-After"] == (refused.status == 429 ? "1" : nil))
  }

  @Test func failuresAreKeptIfTheyAreToBe() async throws {
    let library = try await Library()
    let parameters: Parameters = ["index": "nowhere", "wait_for_completion_timeout": "10s", "keep_on_completion": "true"]
    #expect(try await library.call(.post, "/_plugins/_asynchronous_search", parameters: parameters).body["id"] == nil)
    try await set("persist_search_failures", to: "true", in: library)
    let kept = try await library.call(.post, "/_plugins/_asynchronous_search", parameters: parameters)
    let id = try #require(kept.body["id"]?.string)
    #expect(try await library.call(.get, "/_plugins/_asynchronous_search/\(id)").body["error"] == kept.body["error"])
  }

  @Test func aStoredSearchIsNamedAsThePluginNamesItIfItIsToBe() async throws {
    let library = try await Library()
    try await library.service.settings.change(SettingsChange(transient: ["compat.opensearch_states": "internal"]))
    let kept = try await library.call(
      .post, path, parameters: ["wait_for_completion_timeout": "10s", "keep_on_completion": "true"])
    let id = try #require(kept.body["id"]?.string)
    #expect(try await library.call(.get, "/_plugins/_asynchronous_search/\(id)").body["state"] == "STORE_RESIDENT")
  }

  @Test func everySettingOfTheAPIIsThereWithItsDefault() async throws {
    let declared = try await Library().service.settings.declared
    let defaults = Dictionary(uniqueKeysWithValues: declared.map { ($0.name, $0.defaultText) })
    let prefix = "plugins.asynchronous_search."
    #expect(defaults[prefix + "max_search_running_time"] == "12h")
    #expect(defaults[prefix + "max_keep_alive"] == "5d")
    #expect(defaults[prefix + "node_concurrent_running_searches"] == "20")
    #expect(defaults[prefix + "persist_search_failures"] == "false")
    #expect(defaults[prefix + "active.context.reaper_interval"] == "5m")
    #expect(defaults[prefix + "expired.persisted_response.cleanup_interval"] == "30m")
  }
}
