import Meanwhile
import Synchronization

/// What the callers of a ``TaskJournal`` and its log's thread share: the index, and the damages that were found.
final class TaskJournalState: Sendable {
  let index = Mutex(TaskIndex())
  private let damages = Mutex<[APIError]>([])
  /// Set when a segment could not be cleaned; trying again after every block would help nobody.
  private let hasGivenUpCleaning = Mutex(false)
  private let quarantine: String
  private let logBytesMin: Int

  private static let relocationBlockBytes = 1 << 20

  init(quarantine: String, logBytesMin: Int) {
    self.quarantine = quarantine
    self.logBytesMin = logBytesMin
  }

  var foundDamages: [APIError] { damages.withLock { $0 } }

  func report(_ found: [APIError]) {
    damages.withLock { damages in damages += found.filter { !damages.contains($0) } }
  }

  /// Takes in an entry of the log that is read at start.
  func replay(_ bytes: UnsafeRawBufferPointer, at position: LogPosition) throws {
    let entry: TaskLogEntry
    do {
      entry = try TaskLogEntry.decode(bytes)
    } catch {
      // Its checksum is right, so it was written this way.
      throw APIError(
        type: "illegal_state_exception",
        reason: "the task log has an entry that this version of Meanwhile cannot read, in segment \(position.segment) at offset "
          + "\(position.offset)", status: 500)
    }
    index.withLock { index in
      switch entry {
      case .put(let put): index.apply(put, at: position)
      case .remove(let number): index.remove(number)
      case .highest(let number): index.raiseHighestNumber(to: number)
      }
    }
  }

  // MARK: - Cleaning

  /// Cleans the oldest segment when more than half of a log that is long enough is outdated.
  func clean(_ log: inout WriteAheadLog) {
    guard log.segments.count > 1, !hasGivenUpCleaning.withLock({ $0 }) else { return }
    let liveBytes = index.withLock { $0.liveBytes }
    guard log.byteCount > Int64(max(logBytesMin, 2 * liveBytes)) else { return }
    do {
      try cleanOldest(&log)
    } catch {
      hasGivenUpCleaning.withLock { $0 = true }
      report([(error as? FileSystemError)?.apiError ?? error as? APIError ?? .internalFailure("\(error)")])
    }
  }

  /// Moves damaged segments aside, once all that is still needed of them and of older ones was appended again.
  func retireDamaged(_ log: inout WriteAheadLog) throws {
    guard let lastDamaged = log.segments.last(where: \.isDamaged)?.number else { return }
    if log.segments.last?.number == lastDamaged { try log.startSegment() }
    while let oldest = log.segments.first, oldest.number <= lastDamaged { try cleanOldest(&log) }
  }

  private func cleanOldest(_ log: inout WriteAheadLog) throws {
    guard let oldest = log.segments.first else { return }
    var numbers: Set<TaskNumber> = []
    try log.visitEntries(of: oldest.number) { _, bytes in
      guard case .put(let put) = try TaskLogEntry.decode(bytes) else { return }
      if index.withLock({ $0.needs(put.number, segment: oldest.number) }) { numbers.insert(put.number) }
    }
    var puts: [TaskLogEntry.TaskPut] = []
    var entries: [[UInt8]] = []
    var byteCount = 0
    for number in numbers.sorted() {
      guard let (put, entry) = try relocated(number, log.files) else { continue }
      puts.append(put)
      entries.append(entry)
      byteCount += entry.count
      if byteCount >= Self.relocationBlockBytes {
        try relocate(&puts, &entries, &log)
        byteCount = 0
      }
    }
    try relocate(&puts, &entries, &log)
    try log.removeOldestSegment(quarantine: quarantine)
  }

  /// A task as one entry again: its record, and its result where that is in the log.
  private func relocated(_ number: TaskNumber, _ files: LogFiles) throws -> (TaskLogEntry.TaskPut, [UInt8])? {
    guard let (record, slot) = try readRecord(of: number, files) else { return nil }
    var inline: [UInt8] = []
    let result: TaskLogEntry.TaskPut.Result
    switch slot.result {
    case .none: result = .none
    case .file(let reference): result = .file(reference)
    case .inline(let extent):
      inline = try readInlineResult(of: number, files) ?? []
      result = .inline(length: extent.length, checksum: extent.checksum)
    }
    let isFinished = index.withLock { !$0.unfinished.contains(number) }
    let put = TaskLogEntry.TaskPut(number: number, expires: slot.expires, isFinished: isFinished, record: record, result: result)
    return (put, TaskLogEntry.encode(put, record: record, inline: inline))
  }

  private func relocate(_ puts: inout [TaskLogEntry.TaskPut], _ entries: inout [[UInt8]], _ log: inout WriteAheadLog) throws(APIError) {
    guard !entries.isEmpty else { return }
    let positions = try log.append(entries)
    index.withLock { index in
      for (put, position) in zip(puts, positions) { index.apply(put, at: position) }
    }
    puts = []
    entries = []
  }

  // MARK: - Reading

  func readRecord(of number: TaskNumber, _ files: LogFiles) throws(APIError) -> (bytes: [UInt8], slot: TaskIndex.Slot)? {
    try read(number, files) { $0.record }
  }

  func readInlineResult(of number: TaskNumber, _ files: LogFiles) throws(APIError) -> [UInt8]? {
    try read(number, files) { slot in
      if case .inline(let extent) = slot.result { extent } else { nil }
    }?.bytes
  }

  func decodeRecord(_ bytes: [UInt8], _ number: TaskNumber) throws(APIError) -> TaskRecord {
    do {
      return try TaskRecord(decodingFromStore: bytes)
    } catch {
      throw APIError(
        type: "illegal_state_exception", reason: "the record of task number \(number) cannot be read by this version of Meanwhile",
        status: 500)
    }
  }

  private func read(
    _ number: TaskNumber, _ files: LogFiles, _ part: (TaskIndex.Slot) -> TaskIndex.Extent?
  ) throws(APIError) -> (bytes: [UInt8], slot: TaskIndex.Slot)? {
    var missing: TaskIndex.Extent?
    while let slot = index.withLock({ $0.slots[number] }), let extent = part(slot) {
      guard let file = files[extent.segment] else {
        // Its segment was cleaned between the two looks: look again where it is now. A second miss of the same place is a fault.
        guard missing != extent else { throw .internalFailure("the store is closed") }
        missing = extent
        continue
      }
      do {
        let bytes = try file.read(at: extent.offset, count: extent.length)
        guard bytes.count == extent.length, CRC32C.checksum(bytes) == extent.checksum else {
          throw ResultFile.damage(file.path, at: extent.offset)
        }
        return (bytes, slot)
      } catch let error as APIError {
        throw error
      } catch {
        throw (error as? FileSystemError)?.apiError ?? .internalFailure("\(error)")
      }
    }
    return nil
  }
}

extension APIError {
  /// Whether it says that what is stored cannot be read, now or ever; not so of a disk that fails, which may recover.
  var isDamage: Bool { type != "i_o_exception" }
}
