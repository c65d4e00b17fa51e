import Meanwhile
import MeanwhileData
import MeanwhileFileStore
import MeanwhileTestKit

/// A workload on an index store that remembers what was acknowledged, and checks a store against it; like ``TaskWorkload``, for documents.
struct IndexWorkload {
  struct Violation: Error, CustomStringConvertible {
    var description: String
  }

  /// A document of one index; the index is named by its uuid, since a name may be used again.
  private struct Key: Hashable {
    var uuid: String
    var id: String
  }

  /// A batch that threw: all of it is there, or nothing.
  private struct Doubt {
    var uuid: String
    var sources: [String: [UInt8]?]
  }

  static let names = ["access", "events"]

  private var random: SeededRandom
  /// By name, the uuids that may be there; nil is absence.
  private var uuids: [String: Set<String?>] = [:]
  private var documents: [Key: Set<[UInt8]?>] = [:]
  private var settings: [String: Set<Int64>] = [:]
  private var doubt: Doubt?
  private var counter: Int64 = 0
  private(set) var acknowledgedCount = 0

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
    for name in Self.names { uuids[name] = [nil] }
  }

  mutating func run(_ count: Int, on store: FileStore, files: SimulatedFileSystem) async {
    for _ in 0..<count where !files.hasLostPower { await step(store) }
  }

  private mutating func step(_ store: FileStore) async {
    counter += 1
    let name = Self.names[Int(random.next() % 2)]
    // What the store shows of the index decides what can be done with it.
    guard let uuid = try? await store.index(name)?.definition.uuid else { return await create(name, store) }
    switch Int.random(in: 0..<20, using: &random) {
    case 0: await delete(name, uuid, store)
    case 1: await define(name, uuid, store)
    case 2: try? await store.flush()
    case 3: try? await store.refresh(name)
    default: await write(name, uuid, store)
    }
  }

  private mutating func create(_ name: String, _ store: FileStore) async {
    let uuid = "uuid-\(counter)"
    let definition = IndexDefinition(
      name: name, uuid: uuid, created: Timestamp(milliseconds: counter), mapping: Mapping(), settings: ["counter": .integer(counter)])
    settings[uuid] = [counter]
    do {
      try await store.createIndex(definition)
      uuids[name] = [uuid]
      acknowledgedCount += 1
    } catch {
      uuids[name, default: []].insert(uuid)
    }
  }

  private mutating func delete(_ name: String, _ uuid: String, _ store: FileStore) async {
    do {
      try await store.deleteIndex(name)
      uuids[name] = [nil]
      acknowledgedCount += 1
    } catch {
      uuids[name, default: []].insert(nil)
    }
  }

  private mutating func define(_ name: String, _ uuid: String, _ store: FileStore) async {
    let value = counter
    do {
      try await store.updateDefinition(of: name) { $0.settings["counter"] = .integer(value) }
      settings[uuid] = [value]
      acknowledge(name, uuid)
    } catch {
      settings[uuid, default: []].insert(value)
    }
  }

  private mutating func write(_ name: String, _ uuid: String, _ store: FileStore) async {
    var batch: [DocumentWrite] = []
    var sources: [String: [UInt8]?] = [:]
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let id = "d\(random.next() % 24)"
      // Each id once a batch, so that what a batch leaves is plain.
      guard sources[id] == nil else { continue }
      if random.chance(0.2) {
        sources[id] = .some(nil)
        batch.append(DocumentWrite(operation: .delete, id: id))
      } else {
        let text = String(repeating: "word\(counter) ", count: Int.random(in: 1...30, using: &random))
        let source = Array("{\"n\":\(counter),\"text\":\"\(text)\",\"f\(random.next() % 5)\":\"x\"}".utf8)
        sources[id] = .some(source)
        batch.append(DocumentWrite(operation: .index, id: id, source: source))
      }
    }
    do {
      let results = try await store.write(batch, to: name)
      for result in results {
        if case .failed = result.outcome { continue }
        documents[Key(uuid: uuid, id: result.id)] = sources[result.id].map { [$0] }
      }
      doubt = nil
      acknowledge(name, uuid)
    } catch {
      for (id, source) in sources { documents[Key(uuid: uuid, id: id), default: [nil]].insert(source) }
      doubt = Doubt(uuid: uuid, sources: sources)
    }
  }

  /// Something was acknowledged about an index, so it is there.
  private mutating func acknowledge(_ name: String, _ uuid: String) {
    uuids[name] = [uuid]
    acknowledgedCount += 1
  }

  /// Compares a store with what was acknowledged, and takes what it has for settled.
  mutating func check(_ store: FileStore) async throws {
    guard store.damages.isEmpty else { throw Violation(description: "damage where only power was lost: \(store.damages)") }
    let listed = try await store.indices().map(\.definition)
    for name in Self.names {
      let definition = listed.first { $0.name == name }
      guard uuids[name, default: []].contains(definition?.uuid) else {
        throw Violation(description: "index \(name) is \(definition?.uuid ?? "absent"), not one of \(uuids[name] ?? [])")
      }
      uuids[name] = [definition?.uuid]
      guard let definition else { continue }
      try await check(name, definition, store)
    }
    doubt = nil
  }

  private mutating func check(_ name: String, _ definition: IndexDefinition, _ store: FileStore) async throws {
    let uuid = definition.uuid
    let counter = definition.settings["counter"]?.int ?? -1
    guard settings[uuid, default: []].contains(counter) else {
      throw Violation(description: "the counter of \(name) is \(counter), not one of \(settings[uuid] ?? [])")
    }
    settings[uuid] = [counter]
    var present: [String: [UInt8]] = [:]
    for number in 0..<24 {
      let id = "d\(number)"
      let allowed = documents[Key(uuid: uuid, id: id)] ?? [nil]
      let source = try await store.document(id, in: name)?.source
      guard allowed.contains(source) else {
        let found = source.map { String(decoding: $0.prefix(24), as: UTF8.self) } ?? "absent"
        throw Violation(description: "document \(id) of \(name) is \(found); \(allowed.count) other states were right")
      }
      documents[Key(uuid: uuid, id: id)] = [source]
      if let source { present[id] = source }
    }
    if let doubt, doubt.uuid == uuid {
      let applied = doubt.sources.filter { (present[$0.key] ?? nil) == $0.value && $0.value != nil }.count
      let writes = doubt.sources.filter { $0.value != nil }.count
      guard applied == 0 || applied == writes else {
        throw Violation(description: "a batch of \(writes) documents is there by \(applied)")
      }
    }
    try await store.refresh(name)
    let found = try Self.documents(of: try await store.snapshot(of: name))
    guard found == present else {
      throw Violation(description: "the snapshot of \(name) has \(found.keys.sorted()), not \(present.keys.sorted()), or other sources")
    }
  }

  /// The documents that a snapshot has, by id.
  static func documents(of snapshot: IndexSnapshot) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for view in snapshot.segments {
      guard case .bytes(let ids)? = try view.segment.column(MetadataField.id)?.values,
        case .bytes(let sources)? = try view.segment.column(MetadataField.source)?.values
      else { throw Violation(description: "a segment without ids or sources") }
      for row in 0..<view.segment.rowCount where view.deleted?[row] != true {
        guard found.updateValue(Array(sources[row]), forKey: ids.string(row)) == nil else {
          throw Violation(description: "document \(ids.string(row)) is there twice")
        }
      }
    }
    return found
  }
}
