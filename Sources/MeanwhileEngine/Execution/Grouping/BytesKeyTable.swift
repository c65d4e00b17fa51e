import MeanwhileData

/// Numbers the distinct runs of bytes in the order of their first appearance. Where there is a dictionary, each of its entries is hashed once.
final class BytesKeyTable {
  private struct Entry {
    var hash: UInt32
    /// The number plus one; 0 is empty.
    var mark: UInt32
  }

  /// The numbers plus one of a dictionary's entries.
  private final class Memo {
    let dictionary: BytesVector
    let marks: UnsafeMutablePointer<UInt32>

    init(_ dictionary: BytesVector) {
      self.dictionary = dictionary
      marks = .allocate(capacity: max(1, dictionary.count))
      marks.initialize(repeating: 0, count: max(1, dictionary.count))
    }

    deinit { marks.deallocate() }
  }

  /// By number; what null's place holds means nothing.
  let keys = BytesVectorBuilder()
  private(set) var nullNumber: UInt32?
  private let seed = KeyHash.seed
  private var entries = [Entry](repeating: Entry(hash: 0, mark: 0), count: 64)
  private var used = 0
  private var memos: [Memo] = []

  var count: Int { keys.count }

  var byteCount: Int {
    keys.byteCount + entries.count * MemoryLayout<Entry>.stride + memos.reduce(0) { $0 + $1.dictionary.count * 4 }
  }

  /// Numbers a batch.
  func number(_ values: Column.Values, nulls: Bitmap?, into numbers: UnsafeMutablePointer<UInt32>) {
    switch values {
    case .ordinals(let ordinals, let dictionary, _): number(ordinals, dictionary, nulls, into: numbers)
    case .bytes(let values):
      for row in 0..<values.count {
        numbers[row] = nulls.map { $0[row] } ?? false ? numberOfNull() : number(of: values[row])
      }
    default: break
    }
  }

  private func number(_ ordinals: Vector<UInt32>, _ dictionary: BytesVector, _ nulls: Bitmap?, into numbers: UnsafeMutablePointer<UInt32>) {
    let memo = memo(of: dictionary)
    let marks = memo.marks
    if let nulls {
      for row in 0..<ordinals.count {
        numbers[row] = nulls[row] ? numberOfNull() : number(ofEntry: Int(ordinals[row]), dictionary, marks)
      }
    } else {
      let ordinals = ordinals.buffer
      for row in 0..<ordinals.count { numbers[row] = number(ofEntry: Int(ordinals[row]), dictionary, marks) }
    }
    withExtendedLifetime((memo, ordinals)) {}
  }

  @inline(__always)
  private func number(ofEntry entry: Int, _ dictionary: BytesVector, _ marks: UnsafeMutablePointer<UInt32>) -> UInt32 {
    let mark = marks[entry]
    return mark != 0 ? mark &- 1 : newNumber(ofEntry: entry, dictionary, marks)
  }

  @inline(never)
  private func newNumber(ofEntry entry: Int, _ dictionary: BytesVector, _ marks: UnsafeMutablePointer<UInt32>) -> UInt32 {
    let number = number(of: dictionary[entry])
    marks[entry] = number &+ 1
    return number
  }

  private func memo(of dictionary: BytesVector) -> Memo {
    if let last = memos.last, last.dictionary.isIdentical(to: dictionary) { return last }
    if let index = memos.firstIndex(where: { $0.dictionary.isIdentical(to: dictionary) }) {
      memos.append(memos.remove(at: index))
      return memos[memos.count - 1]
    }
    if memos.count >= 8 { memos.removeFirst() }
    let memo = Memo(dictionary)
    memos.append(memo)
    return memo
  }

  func numberOfNull() -> UInt32 {
    if let nullNumber { return nullNumber }
    keys.endValue()
    let number = UInt32(truncatingIfNeeded: keys.count - 1)
    nullNumber = number
    return number
  }

  /// The number of one run of bytes.
  func number(of value: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = UInt32(truncatingIfNeeded: KeyHash.bytes(value, seed))
    let mask = entries.count - 1
    var index = Int(hash) & mask
    while true {
      let entry = entries[index]
      if entry.mark == 0 { break }
      if entry.hash == hash, compareBytes(key(Int(entry.mark) - 1), value) == 0 { return entry.mark - 1 }
      index = (index + 1) & mask
    }
    keys.append(value)
    let number = UInt32(truncatingIfNeeded: keys.count - 1)
    entries[index] = Entry(hash: hash, mark: number + 1)
    used += 1
    if used * 2 > entries.count { grow() }
    return number
  }

  private func key(_ number: Int) -> UnsafeBufferPointer<UInt8> {
    let start = Int(keys.offsets[number])
    let end = Int(keys.offsets[number + 1])
    return UnsafeBufferPointer(rebasing: keys.bytes.buffer[start..<end])
  }

  private func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(hash: 0, mark: 0), count: old.count * 2)
    let mask = entries.count - 1
    for entry in old where entry.mark != 0 {
      var place = Int(entry.hash) & mask
      while entries[place].mark != 0 { place = (place + 1) & mask }
      entries[place] = entry
    }
  }

  /// A copy of the keys, by number.
  func snapshot() -> BytesVector {
    let copy = BytesVectorBuilder(capacity: count)
    for number in 0..<count { copy.append(key(number)) }
    return copy.finish()
  }
}
