import MeanwhileData
import Synchronization

/// The texts that a function makes of each combination of the entries of some dictionaries, so that they are made once rather than once a row.
final class CombinationCache: Sendable {
  fileprivate struct Entry {
    /// Holding the dictionaries keeps their addresses, by which they are known, from being used again.
    let dictionaries: [BytesVector]
    var rowsSeen: Int
    var mapping: DictionaryMapping?
    var isHopeless = false
  }

  private let entries = Mutex<[Entry]>([])
  private static let entriesMax = 16
  private static let combinationsMax = 1 << 16
  private static let bytesMax = 16 << 20

  /// A text a row, by a dictionary of combinations.
  ///
  /// - Parameters:
  ///   - cells: constants, and columns with a dictionary.
  ///   - make: appends the text of a choice of entries, one for each of the cells; false where there is none.
  /// - Returns: nil where the rows are better made one by one.
  func column(
    _ cells: [BytesCells], nulls: Bitmap?, type: DataType, rowCount: Int, make: ([Int], VectorBuilder<UInt8>) -> Bool
  ) -> Column? {
    guard cells.allSatisfy({ $0.isConstant || $0.ordinals != nil }) else { return nil }
    let varying = cells.filter { !$0.isConstant }
    var combinations = 1
    for cell in varying {
      let (product, overflow) = combinations.multipliedReportingOverflow(by: max(1, cell.values.count))
      guard !overflow, product <= Self.combinationsMax else { return nil }
      combinations = product
    }
    guard let mapping = mapping(of: cells, varying.map(\.values), combinations, rowCount, make) else { return nil }
    let numbers = Vector<UInt32>(count: rowCount) { target in
      target.initialize(repeating: 0, count: rowCount)
      for cell in varying {
        guard let ordinals = cell.ordinals?.buffer else { continue }
        let count = UInt32(truncatingIfNeeded: cell.values.count)
        for row in 0..<rowCount { target[row] = target[row] &* count &+ ordinals[row] }
      }
      let table = mapping.ordinals.buffer
      for row in 0..<rowCount { target[row] = table[Int(target[row])] }
    }
    return withExtendedLifetime((varying, mapping)) {
      Column(type: type, rowCount: rowCount, values: .ordinals(numbers, mapping.dictionary, isSorted: false), nulls: nulls)
    }
  }

  private func mapping(
    of cells: [BytesCells], _ dictionaries: [BytesVector], _ combinations: Int, _ rowCount: Int,
    _ make: ([Int], VectorBuilder<UInt8>) -> Bool
  ) -> DictionaryMapping? {
    let (found, isDue): (DictionaryMapping?, Bool) = entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.isOf(dictionaries) }) else {
        if entries.count >= Self.entriesMax { entries.removeFirst() }
        entries.append(Entry(dictionaries: dictionaries, rowsSeen: rowCount))
        return (nil, rowCount >= combinations)
      }
      entries[index].rowsSeen += rowCount
      return (entries[index].mapping, !entries[index].isHopeless && entries[index].rowsSeen >= combinations)
    }
    if let found { return found }
    guard isDue else { return nil }
    let made = Self.mapping(of: cells, combinations, make)
    entries.withLock { entries in
      guard let index = entries.firstIndex(where: { $0.isOf(dictionaries) }) else { return }
      if made == nil { entries[index].isHopeless = true } else { entries[index].mapping = made }
    }
    return made
  }

  /// The last of the varying cells varies fastest.
  private static func mapping(
    of cells: [BytesCells], _ combinations: Int, _ make: ([Int], VectorBuilder<UInt8>) -> Bool
  ) -> DictionaryMapping? {
    let table = BytesKeyTable()
    let scratch = VectorBuilder<UInt8>()
    var isComplete = true
    var choice = [Int](repeating: 0, count: cells.count)
    let ordinals = Vector<UInt32>(count: combinations) { target in
      target.initialize(repeating: 0, count: combinations)
      for combination in 0..<combinations {
        var rest = combination
        for index in cells.indices.reversed() {
          guard !cells[index].isConstant else {
            choice[index] = cells[index].ordinals.map { Int($0[0]) } ?? 0
            continue
          }
          let count = max(1, cells[index].values.count)
          choice[index] = rest % count
          rest /= count
        }
        scratch.truncate(to: 0)
        guard make(choice, scratch), table.keys.bytes.count + scratch.count <= bytesMax else {
          isComplete = false
          return
        }
        target[combination] = table.number(of: scratch.buffer)
      }
    }
    return isComplete ? DictionaryMapping(ordinals: ordinals, dictionary: table.snapshot(), hasNulls: false) : nil
  }
}

extension CombinationCache.Entry {
  fileprivate func isOf(_ others: [BytesVector]) -> Bool {
    dictionaries.count == others.count && zip(dictionaries, others).allSatisfy { $0.isIdentical(to: $1) }
  }
}
