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

    /// About what it takes: the result, the request, and the record around them.
    var bytes: Int { (result ?? []).reduce(512 + record.request.body.count) { $0 + $1.count } }
  }

  private(set) var entries: [TaskNumber: Entry] = [:]
  private(set) var highestNumber: TaskNumber = 0
  private(set) var bytes = 0
  private var expiry = ExpiryIndex()

  mutating func set(_ entry: Entry) {
    let number = entry.record.id.number
    bytes += entry.bytes - (entries.updateValue(entry, forKey: number)?.bytes ?? 0)
    highestNumber = max(highestNumber, number)
    expiry.set(number, expires: entry.record.expires)
  }

  mutating func remove(_ number: TaskNumber) -> Bool {
    expiry.remove(number)
    guard let entry = entries.removeValue(forKey: number) else { return false }
    bytes -= entry.bytes
    return true
  }

  mutating func numbers(expiringBefore moment: Timestamp, limit: Int) -> [TaskNumber] {
    expiry.numbers(before: moment, limit: limit)
  }
}
