import Meanwhile
import MeanwhileData
import Synchronization

/// The index half of a ``FileStore``: writers in memory, a log of all that is done to them, and segments in files.
///
/// A write changes the writer and puts its record in the log's line while the index is held, so that the log has records in the order of their effects; it
/// is acknowledged once the record is durable. A flush writes the segments that have no file, then one manifest, and drops the log before it.
final class IndexJournal: Sendable {
  let fileSystem: any FileSystem
  let directory: String
  let quarantine: String
  let segments: SegmentFiles
  let commit: GroupCommit
  let health: LogHealth
  let work: BlockingWork
  private let time: any TimeSource
  private let random: any RandomSource
  /// Bytes of documents that are in memory and the log alone before they are written to segment files; may be changed at any time.
  let bufferBytes: Atomic<Int>
  /// By name.
  let indices: Mutex<[String: OpenIndex]>
  private let damages: Mutex<[APIError]>
  /// One flush at a time.
  let flushing = TurnQueue()
  /// The flush that a full buffer began.
  private let background = Mutex<Task<Void, Never>?>(nil)
  /// Bytes that were put in the log since the last flush began.
  let unflushedBytes: Atomic<Int>

  /// Reads what is there.
  ///
  /// - Parameter directory: its own; made if need be, inside of one that exists.
  init(
    _ directory: String, quarantine: String, options: FileStoreOptions, fileSystem: any FileSystem, time: any TimeSource,
    random: any RandomSource
  ) throws {
    let logDirectory = directory + "/log"
    let segmentsDirectory = directory + "/segments"
    for path in [directory, logDirectory, segmentsDirectory] { try fileSystem.makeDirectory(path) }
    try fileSystem.syncDirectory(directory)
    segments = SegmentFiles(segmentsDirectory, fileSystem: fileSystem, random: random)
    var recovery = IndexRecovery(segments: segments, quarantine: quarantine, time: time, random: random)
    let manifest = directory + "/" + IndexManifest.fileName
    if try fileSystem.exists(manifest) {
      try recovery.open(try IndexManifest(decoding: try fileSystem.contents(of: manifest), path: manifest))
    }
    var log = WriteAheadLog(
      fileSystem: fileSystem, directory: logDirectory, random: random, segmentBytesMax: options.segmentBytesMax, stopsAtFailure: true)
    recovery.report(try log.recover { position, bytes in recovery.replay(bytes, at: position) })
    recovery.publish()
    if recovery.damages.isEmpty { try recovery.removeLeftovers() }
    self.fileSystem = fileSystem
    self.directory = directory
    self.quarantine = quarantine
    self.time = time
    self.random = random
    bufferBytes = Atomic(options.flushBytes)
    indices = Mutex(recovery.indicesByName)
    damages = Mutex(recovery.damages)
    unflushedBytes = Atomic(Int(log.byteCount))
    health = log.health
    work = BlockingWork(options.execution)
    // What could be read of a damaged log is put into files before anything else, so that the log can be moved aside.
    if log.segments.contains(where: \.isDamaged) { log.health.refuse(.internalFailure("the log is damaged")) }
    commit = GroupCommit(log, name: "indices", execution: options.execution) { _ in }
  }

  var foundDamages: [APIError] { damages.withLock { $0 } }

  func report(_ damage: APIError) {
    damages.withLock { if !$0.contains(damage) { $0.append(damage) } }
  }

  // MARK: - Writing

  func create(_ definition: IndexDefinition) async throws {
    try IndexName.check(definition.name)
    try await prepareToWrite()
    let index = OpenIndex(try IndexWriter(definition, time: time, random: random), uuid: definition.uuid)
    let ticket = try indices.withLock { indices -> CommitTicket in
      if let known = indices[definition.name] { throw APIError.indexAlreadyExists(known.writer.definition) }
      indices[definition.name] = index
      // In line while the table is held: nothing can be written to the index before.
      return enqueue(.create(definition))
    }
    try await ticket.value()
  }

  func delete(_ name: String) async throws {
    try await prepareToWrite()
    let ticket = try indices.withLock { indices -> CommitTicket in
      guard let index = indices.removeValue(forKey: name) else { throw APIError.indexNotFound(name) }
      return enqueue(.delete(uuid: index.uuid))
    }
    try await ticket.value()
  }

  func updateDefinition(of name: String, _ change: @Sendable (inout IndexDefinition) throws -> Void) async throws {
    try await prepareToWrite()
    let index = try open(name)
    let held = HeldTicket()
    try index.writer.updateDefinition(
      journal: { definition in held.set(self.enqueue(.define(definition, version: index.nextDefinitionVersion()))) }, change)
    try await held.ticket?.value()
  }

  func write(_ batch: [DocumentWrite], to name: String) async throws -> [DocumentWriteResult] {
    try await prepareToWrite()
    let index = try open(name)
    let held = HeldTicket()
    let results = await index.writing.perform {
      index.writer.write(batch) { held.set(self.enqueue(.write(uuid: index.uuid, $0))) }
    }
    try await held.ticket?.value()
    await makeRoom()
    return results
  }

  /// Begins a flush once there is a buffer's worth of documents in memory, and does not wait for it. Who has filled two more buffers before it is done waits, so
  /// that never more than three are in memory.
  private func makeRoom() async {
    let bytesMax = bufferBytes.load(ordering: .relaxed)
    guard unflushedBytes.load(ordering: .relaxed) >= bytesMax else { return }
    guard work.isConcurrent else { return await flushInBackground() }
    let running = background.withLock { task -> Task<Void, Never>? in
      if let task { return task }
      task = Task {
        await flushInBackground()
        background.withLock { $0 = nil }
      }
      return nil
    }
    if let running, unflushedBytes.load(ordering: .relaxed) / 2 >= bytesMax { await running.value }
  }

  private func flushInBackground() async {
    await flushing.perform {
      // Whoever waited here may find that it has been done.
      guard self.unflushedBytes.load(ordering: .relaxed) >= self.bufferBytes.load(ordering: .relaxed) else { return }
      // What cannot be flushed is in the log; the next write is told why.
      _ = try? await self.flushNow()
    }
  }

  private func enqueue(_ entry: IndexLogEntry) -> CommitTicket {
    unflushedBytes.add(entry.byteCount, ordering: .relaxed)
    return commit.enqueue { entry.logged }
  }

  /// Sees to it that the log takes entries, before anything is changed in memory.
  ///
  /// After an entry was refused, what is in memory is ahead of the log, and later entries would make no sense without it. A flush makes it durable.
  private func prepareToWrite() async throws {
    try health.requireSound()
    try await settleSuspects()
    guard let refusal = health.refusal else { return }
    try await flush()
    guard health.refusal == nil else { throw refusal }
  }

  // MARK: - Reading

  func open(_ name: String) throws(APIError) -> OpenIndex {
    guard let index = indices.withLock({ $0[name] }) else { throw .indexNotFound(name) }
    return index
  }

  func refresh(_ name: String) async throws {
    try await settleSuspects()
    let index = try open(name)
    index.writer.refresh()
    try await work.run { _ = try index.writer.merge() }
  }

  func snapshot(of name: String) async throws -> IndexSnapshot {
    try await settleSuspects()
    return try open(name).writer.snapshot()
  }

  func close() async {
    await background.withLock { $0 }?.value
    if health.refusal == nil, unflushedBytes.load(ordering: .relaxed) > 0 { _ = try? await flush() }
    try? await commit.perform { $0.close() }
  }
}

/// Carries the ticket of an entry out of the closure that makes it.
private final class HeldTicket: Sendable {
  private let held = Mutex<CommitTicket?>(nil)

  var ticket: CommitTicket? { held.withLock { $0 } }

  func set(_ ticket: CommitTicket) { held.withLock { $0 = ticket } }
}
