import Synchronization
import Testing

@testable import Meanwhile

struct SettingsTests {
  enum Mood: String, CaseIterable, Sendable { case calm, busy }

  static let count = Setting.count("toy.count", default: 5, in: 1...10, "A number.")
  static let flag = Setting.flag("toy.flag", default: false, "A flag.")
  static let wait = Setting.time("toy.times.wait", default: .seconds(30), min: .seconds(1), max: .hours(1), "A time.")
  static let size = Setting.bytes("toy.size", default: 10 << 20, in: 1...(1 << 30), "A size.")
  static let mood = Setting.choice("toy.mood", default: Mood.calm, "A choice.")
  static let all: [any DeclaredSetting] = [count, flag, wait, size, mood]

  /// A store whose saves can be made to fail.
  final class Notebook: SettingsStore {
    private let state = Mutex((saved: JSONObject(), isFull: false))
    init(_ saved: JSONObject = [:]) { state.withLock { $0.saved = saved } }
    var saved: JSONObject { state.withLock { $0.saved } }
    func fill() { state.withLock { $0.isFull = true } }
    func loadSettings() async throws -> JSONObject { saved }
    func saveSettings(_ settings: JSONObject) async throws {
      try state.withLock { state in
        if state.isFull { throw APIError(type: "io_exception", reason: "no space left on device", status: 507) }
        state.saved = settings
      }
    }
  }

  @Test(
    arguments: [
      ("toy.count", "0", "Failed to parse value [0] for setting [toy.count] must be >= 1"),
      ("toy.count", "11", "Failed to parse value [11] for setting [toy.count] must be <= 10"),
      ("toy.count", "many", "Failed to parse value [many] for setting [toy.count]"),
      ("toy.flag", "yes", "Failed to parse value [yes] as only [true] or [false] are allowed."),
      ("toy.times.wait", "1", "failed to parse setting [toy.times.wait] with value [1] as a time value: unit is missing or unrecognized"),
      ("toy.times.wait", "10ms", "failed to parse value [10ms] for setting [toy.times.wait], must be >= [1s]"),
      ("toy.times.wait", "2h", "failed to parse value [2h] for setting [toy.times.wait], must be <= [1h]"),
      ("toy.size", "10", "failed to parse setting [toy.size] with value [10] as a size in bytes: unit is missing or unrecognized"),
      ("toy.size", "2gb", "failed to parse value [2gb] for setting [toy.size], must be <= [1gb]"),
      ("toy.size", "99999999999pb", "failed to parse setting [toy.size] with value [99999999999pb] as a size in bytes: it is too large"),
      ("toy.mood", "cross", "Failed to parse value [cross] for setting [toy.mood] must be one of [calm], [busy]"),
      ("toy.other", "1", "persistent setting [toy.other], not recognized"),
      ("toy", "1", "persistent setting [toy], not recognized"),
    ])
  func whatASettingCannotBeChangesNothing(name: String, text: String, reason: String) async throws {
    let settings = try Settings(Self.all, store: Notebook())
    let change = SettingsChange(persistent: Dictionary([("toy.flag", "true"), (name, text)]) { $1 })
    let error = await #expect(throws: APIError.self) { try await settings.change(change) }
    #expect(error?.reason == reason)
    #expect(error?.status == 400)
    #expect(error?.type == "illegal_argument_exception")
    #expect(settings.layers == Settings.Layers())
    #expect(!settings[Self.flag])
  }

  @Test func whatIsTransientGoesBeforeWhatIsPersistent() async throws {
    let settings = try Settings(Self.all, store: nil)
    try await settings.change(SettingsChange(persistent: ["toy.count": "7", "toy.mood": "busy"], transient: ["toy.count": "8"]))
    #expect(settings[Self.count] == 8)
    #expect(settings[Self.mood] == .busy)
    try await settings.change(SettingsChange(transient: ["toy.count": nil]))
    #expect(settings[Self.count] == 7)
    try await settings.change(SettingsChange(persistent: ["toy.*": nil]))
    #expect(settings[Self.count] == 5)
    #expect(settings[Self.mood] == .calm)
  }

  @Test func whatIsPersistentIsThereAtTheNextStart() async throws {
    let notebook = Notebook()
    let first = try Settings(Self.all, store: notebook)
    try await first.change(SettingsChange(persistent: ["toy.size": "1kb"], transient: ["toy.flag": "true"]))
    let second = try Settings(Self.all, store: notebook)
    try await second.load()
    #expect(second[Self.size] == 1_024)
    #expect(!second[Self.flag])
  }

  @Test func whatCannotBeKeptIsNotInForce() async throws {
    let notebook = Notebook()
    let settings = try Settings(Self.all, store: notebook)
    notebook.fill()
    await #expect(throws: APIError.self) { try await settings.change(SettingsChange(persistent: ["toy.count": "7"])) }
    #expect(settings[Self.count] == 5)
    try await settings.change(SettingsChange(transient: ["toy.count": "8"]))
    #expect(settings[Self.count] == 8)
  }

  @Test func whatIsStoredAndNotKnownIsSetAsideUntilItIsTakenBack() async throws {
    let notebook = Notebook(["gone.setting": "1", "toy.count": "99", "toy.mood": "busy"])
    let settings = try Settings(Self.all, store: notebook)
    try await settings.load()
    #expect(settings.layers.persistent == ["archived.gone.setting": "1", "archived.toy.count": "99", "toy.mood": "busy"])
    #expect(settings[Self.count] == 5)
    #expect(settings[Self.mood] == .busy)
    try await settings.change(SettingsChange(persistent: ["archived.*": nil]))
    #expect(notebook.saved.names == ["toy.mood"])
  }

  @Test func changesAtTheSameTimeAreAllThere() async throws {
    let notebook = Notebook()
    let settings = try Settings(Self.all, store: notebook)
    let changes = [("toy.count", "9"), ("toy.flag", "true"), ("toy.times.wait", "5m"), ("toy.size", "2kb"), ("toy.mood", "busy")]
    try await withThrowingTaskGroup { group in
      for (name, text) in changes { group.addTask { try await settings.change(SettingsChange(persistent: [name: text])) } }
      try await group.waitForAll()
    }
    #expect(notebook.saved.names == changes.map(\.0).sorted())
    #expect(settings.layers.persistent.count == changes.count)
  }

  @Test(arguments: ["1", "7", "10"])
  func aListenerIsToldBeforeAChangeIsAcknowledged(text: String) async throws {
    let settings = try Settings(Self.all, store: nil)
    let heard = Mutex(0)
    settings.onChange { heard.withLock { [value = $0[Self.count]] in $0 = value } }
    try await settings.change(SettingsChange(transient: ["toy.count": text]))
    #expect(heard.withLock { String($0) } == text)
  }

  @Test func twoSettingsOfOneNameDoNotFit() {
    #expect(throws: CompositionError("two settings are named [toy.count]")) { try Settings(Self.all + [Self.count], store: nil) }
    #expect(throws: CompositionError("setting [toy.count.deep] stands inside setting [toy.count]")) {
      try Settings(Self.all + [Setting.flag("toy.count.deep", default: true, "")], store: nil)
    }
  }

  @Test func aCompositionPresetsWhatItsPartsDeclare() async throws {
    struct Provider: EndpointProvider {
      var routes: [Route] { [] }
      var settings: [any DeclaredSetting] { SettingsTests.all }
    }
    var builder = ServiceBuilder(taskStore: TransientTaskStore())
    builder.configuration.limits.runningMax = 3
    builder.preset(Self.count, to: 6)
    await #expect(throws: CompositionError("no part has a setting [toy.count] that could be preset")) { try await builder.build() }
    builder.add(endpoints: Provider())
    let service = try await builder.build()
    #expect(service.settings[Self.count] == 6)
    #expect(service.settings[ServiceSettings.runningMax] == 3)
    #expect(service.settings.declared.first { $0.name == "toy.count" }?.defaultText == "6")
  }

  @Test func everySettingReadsItsOwnDefault() throws {
    for setting in ServiceSettings.declared(ServiceConfiguration()) {
      #expect(throws: Never.self) { try setting.parseErased(setting.defaultText) }
    }
  }
}
