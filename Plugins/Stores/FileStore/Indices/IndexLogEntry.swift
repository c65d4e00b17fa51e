import Meanwhile
import MeanwhileData

/// An entry of the index log. Indices are named by their uuid, so that an entry never meets a later index of the same name.
enum IndexLogEntry {
  case create(IndexDefinition)
  case delete(uuid: String)
  /// A new definition; `version` counts an index's definitions, so that one that the manifest has already is passed over.
  case define(IndexDefinition, version: UInt64)
  /// A batch of documents; each change has a sequence number, by which one that a segment has already is passed over.
  case write(uuid: String, IndexLogRecord)

  private enum Kind: UInt8 {
    case create = 1
    case delete, define, write
    /// Its bytes in ``CompressedBytes``, and with them one of the other kinds.
    case compressed
  }

  /// About how many bytes it takes before it is compressed.
  var byteCount: Int {
    guard case .write(_, let record) = self else { return 256 }
    return record.byteCount + 64
  }

  private var encoded: [UInt8] {
    var writer = ByteWriter(capacity: byteCount)
    switch self {
    case .create(let definition):
      writer.append(Kind.create.rawValue)
      writer.append(prefixed: definition.encodedForStore)
    case .delete(let uuid):
      writer.append(Kind.delete.rawValue)
      writer.append(uuid)
    case .define(let definition, let version):
      writer.append(Kind.define.rawValue)
      writer.append(version)
      writer.append(prefixed: definition.encodedForStore)
    case .write(let uuid, let record):
      writer.append(Kind.write.rawValue)
      writer.append(uuid)
      record.append(to: &writer)
    }
    return writer.bytes
  }

  /// Shorter entries are left as they are.
  private static let compressedBytesMin = 4 << 10

  /// The entry as it is written to the log: a disk takes longer for the bytes of documents than it takes to compress them.
  var logged: [UInt8] {
    let entry = encoded
    guard entry.count >= Self.compressedBytesMin else { return entry }
    let compressed = CompressedBytes.encode(entry, after: [Kind.compressed.rawValue])
    return compressed.count < entry.count ? compressed : entry
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws {
    try self.init(decoding: Array(bytes))
  }

  private init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    guard let kind = Kind(rawValue: try reader.number()) else { throw CorruptData("not what the store writes") }
    switch kind {
    case .create: self = .create(try IndexDefinition(decodingFromStore: try reader.prefixed()))
    case .delete: self = .delete(uuid: try reader.text())
    case .define:
      let version: UInt64 = try reader.number()
      self = .define(try IndexDefinition(decodingFromStore: try reader.prefixed()), version: version)
    case .write:
      let uuid = try reader.text()
      self = .write(uuid: uuid, IndexLogRecord(bytes: reader.rest()))
    case .compressed:
      let entry = try CompressedBytes.decode(reader.rest())
      guard entry.first != Kind.compressed.rawValue else { throw CorruptData("not what the store writes") }
      try self.init(decoding: entry)
    }
  }
}

extension IndexDefinition {
  /// As JSON.
  var encodedForStore: [UInt8] {
    let object: JSONObject = [
      "name": .string(name), "uuid": .string(uuid), "created": .integer(created.milliseconds), "mapping": .object(mapping.json),
      "settings": .object(settings), "aliases": .object(aliases),
    ]
    return JSONValue.object(object).encoded()
  }

  init(decodingFromStore bytes: ArraySlice<UInt8>) throws {
    guard let object = (try? JSONValue.parse(bytes))?.object, let name = object["name"]?.string, let uuid = object["uuid"]?.string,
      let created = object["created"]?.int, let mapping = object["mapping"]?.object, let settings = object["settings"]?.object,
      let aliases = object["aliases"]?.object
    else { throw CorruptData("not what the store writes") }
    self.init(
      name: name, uuid: uuid, created: Timestamp(milliseconds: created), mapping: try Mapping(parsing: mapping), settings: settings,
      aliases: aliases)
  }
}
