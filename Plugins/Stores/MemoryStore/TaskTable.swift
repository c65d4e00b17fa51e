import Meanwhile

/// Task records and their results by number, with an index by expiry.
struct TaskTable: Sendable {
  struct Entry: Sendable {
    var record: TaskRecord
    /// The result's chunks as they were written; nil where there is none.
    var result: [[UInt8]]?
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
