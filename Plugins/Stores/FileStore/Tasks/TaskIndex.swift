import Meanwhile

/// Where each task's record and result lie: all that is held in memory of them.
struct TaskIndex: Sendable {
  /// A run of bytes in the log.
  struct Extent: Sendable, Hashable {
    var segment: UInt64
    var offset: Int64
    var length: Int
    var checksum: UInt32
  }

  enum Result: Sendable, Hashable {
    case none
    case inline(Extent)
    case file(ResultFile.Reference)

    var liveBytes: Int {
      if case .inline(let extent) = self { return extent.length }
      return 0
    }

    /// In the log or in a file.
    var bytes: Int {
      switch self {
      case .none: 0
      case .inline(let extent): extent.length
      case .file(let reference): reference.byteCount
      }
    }
  }

  struct Slot: Sendable, Hashable {
    var record: Extent
    var expires: Timestamp
    var result: Result

    var liveBytes: Int { TaskLogEntry.recordOffset + LogFormat.tableEntryBytes + record.length + result.liveBytes }
    var storedBytes: Int { record.length + result.bytes }
  }

  private(set) var slots: [TaskNumber: Slot] = [:]
  /// The tasks that have not finished.
  private(set) var unfinished: Set<TaskNumber> = []
  private(set) var highestNumber: TaskNumber = 0
  /// Bytes of the log that are still needed.
  private(set) var liveBytes = 0
  /// Bytes of records and results, wherever they lie.
  private(set) var storedBytes = 0
  private var expiry = ExpiryIndex()

  /// Takes in what was put at a position of the log.
  ///
  /// - Returns: the file of a result that was replaced.
  @discardableResult
  mutating func apply(_ put: TaskLogEntry.TaskPut, at position: LogPosition) -> ResultFile.Reference? {
    let old = slots[put.number]
    let recordOffset = position.offset + Int64(TaskLogEntry.recordOffset)
    let record = Extent(segment: position.segment, offset: recordOffset, length: put.recordLength, checksum: put.recordChecksum)
    let result: Result =
      switch put.result {
      case .none: .none
      case .inline(let length, let checksum):
        .inline(Extent(segment: position.segment, offset: recordOffset + Int64(put.recordLength), length: length, checksum: checksum))
      case .file(let reference): .file(reference)
      case .unchanged: old?.result ?? .none
      }
    let slot = Slot(record: record, expires: put.expires, result: result)
    slots[put.number] = slot
    if put.isFinished { unfinished.remove(put.number) } else { unfinished.insert(put.number) }
    liveBytes += slot.liveBytes - (old?.liveBytes ?? 0)
    storedBytes += slot.storedBytes - (old?.storedBytes ?? 0)
    highestNumber = max(highestNumber, put.number)
    expiry.set(put.number, expires: put.expires)
    guard case .file(let reference)? = old?.result, old?.result != result else { return nil }
    return reference
  }

  /// - Returns: the file of its result, if it had one.
  @discardableResult
  mutating func remove(_ number: TaskNumber) -> ResultFile.Reference? {
    guard let old = slots.removeValue(forKey: number) else { return nil }
    liveBytes -= old.liveBytes
    unfinished.remove(number)
    storedBytes -= old.storedBytes
    expiry.remove(number)
    guard case .file(let reference) = old.result else { return nil }
    return reference
  }

  mutating func raiseHighestNumber(to number: TaskNumber) {
    highestNumber = max(highestNumber, number)
  }

  mutating func numbers(expiringBefore moment: Timestamp, limit: Int) -> [TaskNumber] {
    expiry.numbers(before: moment, limit: limit)
  }

  /// The numbers above one, in order, at most `limit` of them.
  func numbers(after number: TaskNumber, limit: Int) -> [TaskNumber] {
    Array(slots.keys.filter { $0 > number }.sorted().prefix(limit))
  }

  /// The ids of all results that are in files.
  var resultFiles: Set<UInt64> {
    var ids: Set<UInt64> = []
    for slot in slots.values {
      if case .file(let reference) = slot.result { ids.insert(reference.id) }
    }
    return ids
  }

  /// Whether anything that a task needs lies in a segment.
  func needs(_ number: TaskNumber, segment: UInt64) -> Bool {
    guard let slot = slots[number] else { return false }
    if slot.record.segment == segment { return true }
    guard case .inline(let extent) = slot.result else { return false }
    return extent.segment == segment
  }
}
