import Meanwhile
import MeanwhileData

/// Makes open indices of a manifest and the log behind it, at start. What is damaged is left out and told.
struct IndexRecovery {
  let segments: SegmentFiles
  let quarantine: String
  let time: any TimeSource
  let random: any RandomSource
  /// By uuid.
  private(set) var indices: [String: OpenIndex] = [:]
  private(set) var damages: [APIError] = []
  /// Ids of all files that the manifest names, those of indices that the log deletes again among them: the next start reads the same manifest.
  private var named: Set<UInt64> = []

  init(segments: SegmentFiles, quarantine: String, time: any TimeSource, random: any RandomSource) {
    self.segments = segments
    self.quarantine = quarantine
    self.time = time
    self.random = random
  }

  var indicesByName: [String: OpenIndex] {
    Dictionary(indices.values.map { ($0.writer.definition.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func report(_ found: [APIError]) { damages += found }

  /// Opens what a manifest names.
  mutating func open(_ manifest: IndexManifest) throws {
    for index in manifest.indices {
      named.formUnion(index.files.map(\.id))
      var kept: [IndexWriter.KeptSegment] = []
      var files: [UInt64: UInt64] = [:]
      for file in index.files {
        do {
          let segment = try segments.open(file.id)
          let deleted = file.deleted.isEmpty ? nil : try DeletedRowsCodec.decode(file.deleted, rowCount: segment.rowCount)
          kept.append(IndexWriter.KeptSegment(generation: file.generation, segment: segment, deleted: deleted))
          files[file.generation] = file.id
        } catch {
          try setAside(file.id, index.definition.name, error)
        }
      }
      let writer = try IndexWriter(
        index.definition, segments: kept, nextSequenceNumber: index.nextSequenceNumber, time: time, random: random)
      indices[index.definition.uuid] = OpenIndex(
        writer, uuid: index.definition.uuid, definitionVersion: index.definitionVersion, files: files)
    }
  }

  private mutating func setAside(_ id: UInt64, _ index: String, _ error: any Error) throws {
    let reason: String
    switch error {
    case let error as FileSystemError where error.kind == .notFound: reason = "file [\(segments.path(of: id))] is missing"
    case let error as FileSystemError: throw error
    case let error as APIError:
      reason = error.reason
      try segments.quarantine(id, to: quarantine)
    default:
      reason = "deleted rows of file [\(segments.path(of: id))] are damaged: \(error)"
      try segments.quarantine(id, to: quarantine)
    }
    damages.append(
      APIError(
        type: "corrupt_index_exception", reason: "a segment of index [\(index)] is left out: \(reason)", status: 500,
        metadata: ["index": .string(index)]))
  }

  /// Does again what an entry of the log did, unless the manifest has it already.
  mutating func replay(_ bytes: UnsafeRawBufferPointer, at position: LogPosition) {
    do {
      switch try IndexLogEntry(decoding: bytes) {
      case .create(let definition):
        guard indices[definition.uuid] == nil else { return }
        indices[definition.uuid] = OpenIndex(try IndexWriter(definition, time: time, random: random), uuid: definition.uuid)
      case .delete(let uuid): indices[uuid] = nil
      case .define(let definition, let version):
        guard let index = indices[definition.uuid], version > index.currentDefinitionVersion else { return }
        try index.writer.updateDefinition { $0 = definition }
        index.setDefinitionVersion(version)
      case .write(let uuid, let record): try indices[uuid]?.writer.replay(record)
      }
    } catch {
      damages.append(
        APIError(
          type: "translog_corrupted_exception",
          reason: "an entry of the index log in segment \(position.segment) at offset \(position.offset) cannot be applied: \(error)",
          status: 500))
    }
  }

  /// Makes everything visible: what a client could find before the restart it must find after it, and the log does not say what was refreshed.
  func publish() {
    for index in indices.values { index.writer.refresh() }
  }

  /// Removes files that no manifest names: of a flush that did not come to its end.
  func removeLeftovers() throws {
    for id in try segments.ids() where !named.contains(id) { try segments.fileSystem.remove(segments.path(of: id)) }
  }
}
