import Meanwhile

/// Task records and their results by number, with an index by expiry.
struct TaskTable: Sendable {
  /// An object, so that the dictionary's spare places cost a pointer each and not a record.
  final class Entry: Sendable {
    let record: TaskRecord
    /// The result's bytes in chunks; nil where there is none.
    let result: [[UInt8]]?

    init(record: TaskRecord, result: [[UInt8]]?) {
      self.record = record
      self.result = result
    }
  }

  private(set) var entries: [TaskNumber: Entry] = [:]
  private(set) var highestNumber: TaskNumber = 0
  private var expiry = ExpiryIndex()

  mutating func set(_ entry: Entry) {
    let number = entry.record.id.number
    entries[number] = entry
    highestNumber = max(highestNumber, number)
    expiry.set(number, expires: entry.record.expires)
  }

  mutating func remove(_ number: TaskNumber) -> Bool {
    expiry.remove(number)
    return entries.removeValue(forKey: number) != nil
  }

  mutating func numbers(expiringBefore moment: Timestamp, limit: Int) -> [TaskNumber] {
    expiry.numbers(before: moment, limit: limit)
  }
}
