import Meanwhile
import MeanwhileData

/// Which files make up the indices: one small file that is replaced in one step, so that a flush is there as a whole or not at all.
struct IndexManifest: Sendable {
  struct KeptFile: Sendable, Hashable {
    var generation: UInt64
    /// Names the file.
    var id: UInt64
    /// ``DeletedRowsCodec``'s bytes; empty where nothing is deleted.
    var deleted: [UInt8]
  }

  struct Index: Sendable {
    var definition: IndexDefinition
    /// How many times the definition had been changed.
    var definitionVersion: UInt64
    /// Every write below this is in the files.
    var nextSequenceNumber: Int64
    var files: [KeptFile]
  }

  static let fileName = "manifest"
  private static let magic: UInt64 = 0x5453_464E_414D_574D  // "MWMANFST"
  private static let version: UInt32 = 1
  private static let headBytes = 16

  var indices: [Index] = []

  init() {}

  var encoded: [UInt8] {
    var body = ByteWriter()
    body.append(varint: UInt64(indices.count))
    for index in indices {
      body.append(prefixed: index.definition.encodedForStore)
      body.append(index.definitionVersion)
      body.append(index.nextSequenceNumber)
      body.append(varint: UInt64(index.files.count))
      for file in index.files {
        body.append(file.generation)
        body.append(file.id)
        body.append(prefixed: file.deleted)
      }
    }
    var manifest = ByteWriter(capacity: Self.headBytes + body.bytes.count)
    manifest.append(Self.magic)
    manifest.append(Self.version)
    manifest.append(CRC32C.checksum(body.bytes))
    manifest.append(contentsOf: body.bytes)
    return manifest.bytes
  }

  /// - Throws: ``APIError`` (500) that names the file where it cannot be read; without it nothing is known of the indices, so the store does not open.
  init(decoding bytes: [UInt8], path: String) throws(APIError) {
    do {
      try self.init(decoding: bytes)
    } catch let error as APIError {
      throw error
    } catch {
      throw APIError(type: "corrupt_index_exception", reason: "[\(path)] is damaged: it fails its checksum or is cut off", status: 500)
    }
  }

  private init(decoding bytes: [UInt8]) throws {
    var reader = ByteReader(bytes)
    guard try reader.number(UInt64.self) == Self.magic else { throw CorruptData("not what the store writes") }
    let version = try reader.number(UInt32.self)
    guard version <= Self.version else {
      throw APIError(
        type: "illegal_state_exception",
        reason: "the indices were written by a newer version of Meanwhile (format \(version); this one knows \(Self.version))", status: 500)
    }
    guard try reader.number(UInt32.self) == CRC32C.checksum(Array(bytes[Self.headBytes...])) else {
      throw CorruptData("not what the store writes")
    }
    for _ in 0..<(try reader.varint()) {
      var index = Index(
        definition: try IndexDefinition(decodingFromStore: try reader.prefixed()), definitionVersion: try reader.number(),
        nextSequenceNumber: try reader.number(), files: [])
      for _ in 0..<(try reader.varint()) {
        index.files.append(KeptFile(generation: try reader.number(), id: try reader.number(), deleted: Array(try reader.prefixed())))
      }
      indices.append(index)
    }
  }
}
