import MeanwhileData
import Synchronization

/// What a kernel computed for each entry of a dictionary, so that it need not be computed again for each batch, let alone each row.
///
/// A dictionary's table is made once as many rows have asked as it has entries: before that, evaluating the rows costs less.
final class DictionaryCache<Table: Sendable>: Sendable {
  private struct Entry {
    /// Holding the dictionary keeps its address, by which it is known, from being used again.
    let dictionary: BytesVector
    var rowsSeen: Int
    var table: Table?
  }

  private let entries = Mutex<[Entry]>([])
  /// Dictionaries remembered: a few segments that are read at the same time.
  private static var entriesMax: Int { 16 }

  /// The table of a dictionary; nil while making it would not pay.
  ///
  /// - Parameter rowCount: rows that ask.
  func table(of dictionary: BytesVector, rowCount: Int, make: (BytesVector) -> Table) -> Table? {
    let (found, isDue): (Table?, Bool) = entries.withLock { entries in
      if let index = entries.firstIndex(where: { $0.dictionary.isIdentical(to: dictionary) }) {
        entries[index].rowsSeen += rowCount
        return (entries[index].table, entries[index].rowsSeen >= dictionary.count)
      }
      if entries.count >= Self.entriesMax { entries.removeFirst() }
      entries.append(Entry(dictionary: dictionary, rowsSeen: rowCount, table: nil))
      return (nil, rowCount >= dictionary.count)
    }
    if let found { return found }
    guard isDue else { return nil }
    let table = make(dictionary)
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.dictionary.isIdentical(to: dictionary) }) else { return }
      entries[index].table = table
    }
    return table
  }
}

extension BytesVector {
  /// Whether both are the same run of memory.
  func isIdentical(to other: BytesVector) -> Bool { offsets.base == other.offsets.base && offsets.count == other.offsets.count }
}
