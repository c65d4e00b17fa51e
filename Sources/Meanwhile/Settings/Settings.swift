import Synchronization

/// A service's settings: which there are, and what each is now.
///
/// A value is, in this order: what was set transiently, what was set persistently, the default that the composition or the declaration gives it. Reading
/// one costs a dictionary look-up. Changes come one after another; each is checked whole, made durable, put in force, and only then acknowledged.
public final class Settings: Sendable {
  /// Every setting there is, in the order of names.
  public let declared: [any DeclaredSetting]
  private let byName: [String: any DeclaredSetting]
  private let store: (any SettingsStore)?
  private let state: Mutex<State>
  private let changes = TurnQueue()

  /// Called after each change, before it is acknowledged.
  public typealias Listener = @Sendable (Settings) async -> Void

  private struct State {
    var layers = Layers()
    /// What is in force: a value for each declared setting.
    var values: [String: any Sendable]
    var listeners: [Listener] = []
  }

  /// What is set, as texts by name.
  public struct Layers: Sendable, Hashable {
    public var persistent: [String: String] = [:]
    public var transient: [String: String] = [:]

    public init() {}
  }

  /// Names what is stored, but is not (or no longer) a setting of this service; it stays until it is taken back.
  static let archivePrefix = "archived."

  /// - Parameters:
  ///   - declared: the settings of all parts.
  ///   - store: where persistent changes live; nil: in memory.
  /// - Throws: ``CompositionError`` where two have the same name, or one's name is the beginning of another's.
  init(_ declared: [any DeclaredSetting], store: (any SettingsStore)?) throws(CompositionError) {
    self.declared = declared.sorted { $0.name < $1.name }
    self.store = store
    for (setting, next) in zip(self.declared, self.declared.dropFirst()) where setting.name == next.name {
      throw CompositionError("two settings are named [\(setting.name)]")
    }
    let byName = Dictionary(uniqueKeysWithValues: declared.map { ($0.name, $0) })
    for name in byName.keys {
      for (index, character) in name.enumerated() where character == "." && byName[String(name.prefix(index))] != nil {
        throw CompositionError("setting [\(name)] stands inside setting [\(name.prefix(index))]")
      }
    }
    self.byName = byName
    state = Mutex(State(values: byName.mapValues(\.erasedDefault)))
  }

  /// What a setting is now; its own default where no part of this service declares it.
  public subscript<Value>(setting: Setting<Value>) -> Value {
    state.withLock { $0.values[setting.name] as? Value } ?? setting.defaultValue
  }

  /// What is set, without defaults.
  public var layers: Layers { state.withLock { $0.layers } }

  /// Adds one who is told of changes, so that what holds on to a value can be brought up to date.
  public func onChange(_ listener: @escaping Listener) {
    state.withLock { $0.listeners.append(listener) }
  }

  /// Reads what is stored. Called once, before the service answers.
  func load() async throws {
    let stored = try await store?.loadSettings() ?? [:]
    var layers = Layers()
    for member in stored.members {
      guard let text = member.value.string else {
        throw APIError.internalFailure("the stored value of setting [\(member.name)] is not a text")
      }
      let isHeeded = (try? byName[member.name]?.parseErased(text)) != nil || member.name.hasPrefix(Self.archivePrefix)
      layers.persistent[isHeeded ? member.name : Self.archivePrefix + member.name] = text
    }
    await putInForce(layers)
  }

  /// Changes settings: all that is named, or, where something is wrong with it, nothing.
  ///
  /// - Throws: a 400 for a setting that is not known or a value that it cannot have; the store's error where it cannot keep the change.
  public func change(_ change: SettingsChange) async throws {
    try await changes.perform {
      let before = layers
      var after = Layers()
      after.persistent = try apply(change.persistent, to: before.persistent, "persistent")
      after.transient = try apply(change.transient, to: before.transient, "transient")
      if after.persistent != before.persistent { try await store?.saveSettings(Self.object(of: after.persistent)) }
      await putInForce(after)
    }
  }

  /// Names and texts as one JSON object, in the order of names.
  private static func object(of texts: [String: String]) -> JSONObject {
    JSONObject(texts.sorted { $0.key < $1.key }.map { JSONObject.Member(name: $0.key, value: .string($0.value)) })
  }

  private func apply(_ changes: [String: String?], to texts: [String: String], _ layer: String) throws(APIError) -> [String: String] {
    var texts = texts
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) {
      switch (byName[name], text) {
      case (let setting?, let text?):
        _ = try setting.parseErased(text)
        texts[name] = text
      case (nil, nil) where name.hasSuffix("*"):
        texts = texts.filter { !WildcardPattern(name).matches($0.key) }
      case (_, nil) where byName[name] != nil || name.hasPrefix(Self.archivePrefix):
        texts[name] = nil
      default: throw .illegalArgument("\(layer) setting [\(name)], not recognized")
      }
    }
    return texts
  }

  private func putInForce(_ layers: Layers) async {
    let texts = layers.persistent.merging(layers.transient) { $1 }
    var values: [String: any Sendable] = [:]
    for setting in declared {
      // Every text has been read once, when it was set or loaded.
      values[setting.name] = texts[setting.name].flatMap { try? setting.parseErased($0) } ?? setting.erasedDefault
    }
    let listeners = state.withLock { [values] state in
      state.layers = layers
      state.values = values
      return state.listeners
    }
    for listener in listeners { await listener(self) }
  }
}
