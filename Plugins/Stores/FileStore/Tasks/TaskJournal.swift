import Meanwhile
import Synchronization

/// The task half of a ``FileStore``: a log that holds the tasks, and an index in memory of where in it each lies.
///
/// There is no other file but large results: the log is the store. When most of it is outdated its oldest segment is cleaned: what is still needed is
/// appended again, and the segment removed. Always the oldest, so that what revokes an entry never goes before the entry itself.
final class TaskJournal: Sendable {
  let fileSystem: any FileSystem
  let resultsDirectory: String
  let state: TaskJournalState
  let commit: GroupCommit
  let work: BlockingWork
  private let files: LogFiles
  private let health: LogHealth
  private let random: any RandomSource
  private let inlineResultBytesMax: Int

  /// Reads what is there.
  ///
  /// - Parameter directory: its own; made if need be, inside of one that exists.
  init(_ directory: String, quarantine: String, options: FileStoreOptions, fileSystem: any FileSystem, random: any RandomSource) throws {
    let logDirectory = directory + "/log"
    resultsDirectory = directory + "/results"
    for path in [directory, logDirectory, resultsDirectory] { try fileSystem.makeDirectory(path) }
    try fileSystem.syncDirectory(directory)
    let state = TaskJournalState(quarantine: quarantine, logBytesMin: options.logBytesMin)
    var log = WriteAheadLog(
      fileSystem: fileSystem, directory: logDirectory, random: random, segmentBytesMax: options.segmentBytesMax,
      preamble: { TaskLogEntry.encodeHighest(state.index.withLock { $0.highestNumber }) })
    let damages = try log.recover { position, bytes in try state.replay(bytes, at: position) }
    state.report(damages)
    try state.retireDamaged(&log)
    self.fileSystem = fileSystem
    self.random = random
    self.state = state
    files = log.files
    health = log.health
    inlineResultBytesMax = options.inlineResultBytesMax
    work = BlockingWork(options.execution)
    commit = GroupCommit(log, name: "tasks", execution: options.execution) { state.clean(&$0) }
    try reconcileResults(removingLeftovers: damages.isEmpty)
  }

  /// Compares the result files with the index.
  private func reconcileResults(removingLeftovers: Bool) throws {
    var expected = state.index.withLock { $0.resultFiles }
    for name in try fileSystem.list(resultsDirectory) {
      guard let id = ResultFile.id(ofName: name) else { continue }
      let isKnown = expected.remove(id) != nil
      // With a damaged log, a file that nothing refers to may be all that is left of a result.
      if !isKnown, removingLeftovers { try fileSystem.remove(resultsDirectory + "/" + name) }
    }
    state.report(
      expected.sorted().map { id in
        APIError(
          type: "corrupt_index_exception", reason: "a stored result is missing: [\(resultsDirectory)/\(ResultFile.name(of: id))]",
          status: 500)
      })
  }

  // MARK: - Writing

  func put(_ record: TaskRecord, result: ChunkStream?, isNew: Bool) async throws {
    // First of all: a log that failed for good may have kept more than the index shows.
    try health.requireSound()
    let number = record.id.number
    let old = state.index.withLock { $0.slots[number] }
    guard (old == nil) == isNew else {
      guard isNew else { throw APIError.resourceNotFound(record.id.encoded) }
      throw APIError(type: "version_conflict_engine_exception", reason: "task [\(record.id.task)] exists already", status: 409)
    }
    let recordBytes = record.encodedForStore()
    let stored = try await store(result, orElse: Self.unchanged(old))
    let put = TaskLogEntry.TaskPut(
      number: number, expires: record.expires, isFinished: record.state.isFinished, record: recordBytes, result: stored.result)
    // Should this fail, the result's file stays: the log may have kept the entry all the same. The next start removes it if not.
    try await append(TaskLogEntry.encode(put, record: recordBytes, inline: stored.inline)) { $0.apply(put, at: $1) }
  }

  /// How an entry says that the result stays as it is. Only an inline result is left to the entry before, which lives as long as the result in it.
  private static func unchanged(_ old: TaskIndex.Slot?) -> TaskLogEntry.TaskPut.Result {
    switch old?.result {
    case nil, .some(.none): .none
    case .file(let reference): .file(reference)
    case .inline: .unchanged
    }
  }

  func remove(_ number: TaskNumber) async throws -> Bool {
    try health.requireSound()
    guard state.index.withLock({ $0.slots[number] != nil }) else { return false }
    try await append(TaskLogEntry.encodeRemove(number)) { index, _ in index.remove(number) }
    return true
  }

  /// Makes an entry durable, then visible, then removes the result file that it outdated.
  private func append(
    _ entry: [UInt8], apply: @escaping @Sendable (inout TaskIndex, LogPosition) -> ResultFile.Reference?
  ) async throws {
    let outdated = OutdatedResult()
    try await commit.append(entry) { [state] position in
      let reference = state.index.withLock { apply(&$0, position) }
      if let reference { outdated.reference.withLock { $0 = reference } }
    }
    if let reference = outdated.reference.withLock({ $0 }) { await removeFile(of: reference) }
  }

  /// Takes a result in: small ones to go into the log, large ones into a file, which is durable when this returns.
  private func store(
    _ result: ChunkStream?, orElse other: TaskLogEntry.TaskPut.Result
  ) async throws -> (result: TaskLogEntry.TaskPut.Result, inline: [UInt8]) {
    guard let result else { return (other, []) }
    var buffer: [UInt8] = []
    var writer: ResultFile.Writer?
    do {
      for try await chunk in result {
        buffer.append(contentsOf: chunk)
        guard buffer.count > (writer == nil ? inlineResultBytesMax : ResultFile.frameBytesMax) else { continue }
        writer = try await write(buffer, writer)
        buffer.removeAll(keepingCapacity: true)
      }
      guard writer != nil else { return (.inline(length: buffer.count, checksum: CRC32C.checksum(buffer)), buffer) }
      let finished = try await write(buffer, writer)
      try await work.run { [fileSystem, resultsDirectory] in
        try finished.file.sync()
        try fileSystem.syncDirectory(resultsDirectory)
      }
      return (.file(finished.reference), [])
    } catch {
      if let writer { await removeFile(of: writer.reference) }
      throw (error as? FileSystemError)?.apiError ?? error
    }
  }

  private func write(_ bytes: [UInt8], _ writer: ResultFile.Writer?) async throws -> ResultFile.Writer {
    try await work.run { [fileSystem, resultsDirectory, random] in
      var next: ResultFile.Writer
      if let writer {
        next = writer
      } else {
        let id = random.next()
        next = ResultFile.Writer(file: try fileSystem.open(resultsDirectory + "/" + ResultFile.name(of: id), .create), id: id)
      }
      try next.append(bytes)
      return next
    }
  }

  /// Removes a file that nothing refers to. Should that fail, the next start does it.
  private func removeFile(of reference: ResultFile.Reference) async {
    try? await work.run { [fileSystem, resultsDirectory] in
      try fileSystem.remove(resultsDirectory + "/" + ResultFile.name(of: reference.id))
    }
  }

  // MARK: - Reading

  func load(_ number: TaskNumber) throws -> TaskRecord? {
    guard let (bytes, _) = try state.readRecord(of: number, files) else { return nil }
    return try state.decodeRecord(bytes, number)
  }

  func result(of number: TaskNumber) async throws -> ChunkStream? {
    guard let slot = state.index.withLock({ $0.slots[number] }) else { return nil }
    switch slot.result {
    case .none: return nil
    case .inline:
      // Read here and now: it is small, and almost always in the page cache.
      return try state.readInlineResult(of: number, files).map { ChunkStream([$0]) }
    case .file(let reference):
      do {
        let file = try await work.run { [fileSystem, resultsDirectory] in
          try fileSystem.open(resultsDirectory + "/" + ResultFile.name(of: reference.id), .read)
        }
        return ResultFile.stream(file, reference, work: work)
      } catch let error as FileSystemError {
        // Replaced or removed in the meantime, or gone.
        guard error.kind == .notFound, state.index.withLock({ $0.slots[number]?.result }) != slot.result else { throw error.apiError }
        return nil
      }
    }
  }

  /// The records of some tasks; one that is damaged is left out and told.
  ///
  /// - Throws: where the disk fails, since what cannot be read now is not lost.
  func records(_ numbers: [TaskNumber]) throws -> [TaskRecord] {
    try numbers.compactMap { number in
      do {
        return try load(number)
      } catch let damage as APIError where damage.isDamage {
        state.report([damage])
        return nil
      }
    }
  }

  func close() async {
    try? await commit.perform { $0.close() }
  }
}

/// Carries the outdated result file of an entry from the log's thread to the one who appended it.
private final class OutdatedResult: Sendable {
  let reference = Mutex<ResultFile.Reference?>(nil)
}
