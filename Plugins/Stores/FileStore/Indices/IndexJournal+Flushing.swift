import Meanwhile
import MeanwhileData
import Synchronization

extension IndexJournal {
  /// Puts everything into files and drops the log that led there. Reads and writes go on meanwhile.
  func flush() async throws {
    try await flushing.perform { try await self.flushNow() }
  }

  /// A flush by whoever has the turn.
  func flushNow() async throws {
    do {
      // What is put in line before this job is in segments of the log that the manifest makes superfluous; what comes later is in those that stay.
      let (firstKept, refusedCount) = try await commit.perform { [health] log in (try log.roll(), health.refusedCount) }
      unflushedBytes.store(0, ordering: .relaxed)
      let superseded = try await work.run { try self.writeFiles() }
      try await commit.perform { [health, quarantine] log in
        health.acceptAgain(after: refusedCount)
        while let oldest = log.segments.first, oldest.number < firstKept { try log.removeOldestSegment(quarantine: quarantine) }
      }
      try await work.run { [segments, fileSystem] in
        for id in superseded { try fileSystem.remove(segments.path(of: id)) }
      }
    } catch {
      throw (error as? FileSystemError)?.apiError ?? error
    }
  }

  /// Writes segments that have no file, and the manifest.
  ///
  /// - Returns: files that the manifest does not name any more.
  private func writeFiles() throws -> [UInt64] {
    var manifest = IndexManifest()
    var flushed: [(index: OpenIndex, files: [UInt64: UInt64], new: [UInt64])] = []
    for (_, index) in indices.withLock({ $0.sorted { $0.key < $1.key } }) {
      mergeAll(of: index)
      let checkpoint = index.seal()
      let known = index.files.withLock { $0 }
      let analyzers = checkpoint.definition.mapping.analyzers
      var files: [UInt64: UInt64] = [:]
      var kept: [IndexManifest.KeptFile] = []
      var new: [UInt64] = []
      for segment in checkpoint.segments {
        let id: UInt64
        if let file = known[segment.generation] {
          id = file
        } else {
          id = try segments.write(segment.segment, analyzers: analyzers)
          new.append(segment.generation)
        }
        files[segment.generation] = id
        kept.append(
          IndexManifest.KeptFile(
            generation: segment.generation, id: id, deleted: segment.deleted.map(DeletedRowsCodec.encode) ?? []))
      }
      manifest.indices.append(
        IndexManifest.Index(
          definition: checkpoint.definition, definitionVersion: index.sealedDefinitionVersion,
          nextSequenceNumber: checkpoint.nextSequenceNumber, files: kept))
      flushed.append((index, files, new))
    }
    try fileSystem.syncDirectory(segments.directory)
    try fileSystem.replace(IndexManifest.fileName, in: directory, with: manifest.encoded)
    for (index, files, new) in flushed {
      index.files.withLock { $0 = files }
      for generation in new {
        // The file has the same layout as memory, so the segment may as well live there.
        guard let id = files[generation] else { continue }
        index.writer.swap(try segments.open(id), generation: generation)
      }
    }
    let named = Set(flushed.flatMap { $0.files.values })
    // With damage, a file that is not named may be all that is left of something.
    return foundDamages.isEmpty ? try segments.ids().filter { !named.contains($0) } : []
  }

  private func mergeAll(of index: OpenIndex) {
    do {
      while try index.writer.merge() {}
    } catch {
      // Damage, then: the segments stay as they are, and whoever reads them is told.
      report(error as? APIError ?? .internalFailure("\(error)"))
    }
  }

  /// Takes segments whose files were found damaged out of their indices, and moves the files aside: the rest of each index answers.
  func settleSuspects() async throws {
    let suspects = segments.takeSuspects()
    guard !suspects.isEmpty else { return }
    let open = indices.withLock { $0 }
    for id in suspects {
      for (name, index) in open {
        guard let generation = index.files.withLock({ $0.first { $0.value == id }?.key }) else { continue }
        index.writer.drop(generation: generation)
        index.files.withLock { $0[generation] = nil }
        report(
          APIError(
            type: "corrupt_index_exception",
            reason: "a segment of index [\(name)] is left out: file [\(segments.path(of: id))] is damaged and was moved to [\(quarantine)]",
            status: 500, metadata: ["index": .string(name)]))
      }
      do {
        try await work.run { [segments, quarantine] in try segments.quarantine(id, to: quarantine) }
      } catch let error as FileSystemError {
        report(error.apiError)
      }
    }
  }
}
