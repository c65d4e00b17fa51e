import Meanwhile
import MeanwhileData

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension AggregateFunction {
  static let countDistinct = AggregateFunction(
    name: "count_distinct",
    documentation: FunctionDocumentation(
      category: .aggregate, syntax: "COUNT_DISTINCT(field, [precision])",
      summary: "The number of different values: exact up to the precision (3,000 unless given, 40,000 at most), close to it beyond.",
      propagatesNull: false, examples: [.init("ROW a = [1, 2, 2, 3] | STATS n = COUNT_DISTINCT(a)", "3")])
  ) { arguments throws(FunctionError) in
    try arguments.expectCount("count_distinct", 1...2)
    try arguments.expect(0, .extremes)
    try arguments.expect(1, TypeSet([.integer, .long, .unsignedLong], ["whole number except counter types"]))
    try arguments.expectConstant(1)
    var precision = 3_000
    if arguments.count > 1, case .long(let wanted)? = arguments[1].constant { precision = Int(max(0, min(wanted, 40_000))) }
    let exactMax = precision
    return Resolution(type: .long) { frame in CountDistinctState(exactMax: exactMax, frame.signals) }
  }
}

/// Counts different values by 64-bit hashes: a set while there are few, HyperLogLog beyond. All groups' hashes lie in one table, and a group's own are
/// chained, so that a group can leave for its registers.
final class CountDistinctState: AggregateState {
  private struct Slot: BitwiseCopyable {
    var hash: UInt64
    var group: UInt32
    /// The group's next slot plus one, by place in ``found``.
    var next: UInt32
  }

  private let exactMax: Int
  private let signals: QuerySignals
  private let counts = GroupBuffer<UInt32>(0)
  private let heads = GroupBuffer<UInt32>(0)
  private var found: [Slot] = []
  private var places = [UInt32](repeating: 0, count: 64)
  private var sketches: [Int: HyperLogLog] = [:]
  private let seed = KeyHash.seed
  /// The hash of each entry of the dictionary that was met last, and which entries each group has shown.
  private var dictionary: BytesVector?
  private var hashes: [UInt64] = []
  private var seen: [UInt64] = []
  private static let seenWordsMax = 1 << 18

  init(exactMax: Int, _ signals: QuerySignals) {
    self.exactMax = exactMax
    self.signals = signals
  }

  var byteCount: Int {
    counts.byteCount + heads.byteCount + found.capacity * MemoryLayout<Slot>.stride + places.count * 4 + hashes.count * 8 + seen.count * 8
      + sketches.count * HyperLogLog.byteCount
  }

  func update(_ arguments: [Column], groups: UnsafeBufferPointer<UInt32>, groupCount: Int) {
    grow(groupCount)
    let column = arguments[0]
    switch column.values {
    case .none: break
    case .booleans: AggregateInput<UInt8>(column, groups)?.forEach { value, group in add(hash(UInt64(value)), group) }
    case .longs: AggregateInput<Int64>(column, groups)?.forEach { value, group in add(hash(UInt64(bitPattern: value)), group) }
    case .doubles:
      AggregateInput<Double>(column, groups)?.forEach { value, group in add(hash((value == 0 ? 0 : value).bitPattern), group) }
    case .ordinals(let ordinals, let dictionary, _) where column.offsets == nil && !column.isConstant:
      update(ordinals, dictionary, column.nulls, groups, groupCount)
    default: column.forEachBytes(groups) { value, group in add(KeyHash.bytes(value, seed), group) }
    }
  }

  private func grow(_ groupCount: Int) {
    counts.grow(to: groupCount)
    heads.grow(to: groupCount)
  }

  @inline(__always)
  private func hash(_ bits: UInt64) -> UInt64 {
    // Twice, since one multiplication leaves patterns that registers would see.
    KeyHash.mix(KeyHash.mix(bits, seed), seed &+ 0x632B_E59B_D9B4_E019)
  }

  private func update(
    _ ordinals: Vector<UInt32>, _ entries: BytesVector, _ nulls: Bitmap?, _ groups: UnsafeBufferPointer<UInt32>, _ groupCount: Int
  ) {
    if dictionary.map({ !$0.isIdentical(to: entries) }) ?? true {
      dictionary = entries
      hashes = (0..<entries.count).map { KeyHash.bytes(entries[$0], seed) }
      seen = []
    }
    let stride = (entries.count + 63) / 64
    let words = stride * groupCount
    guard words <= Self.seenWordsMax else {
      for row in 0..<groups.count where nulls?[row] != true { add(hashes[Int(ordinals[row])], Int(groups[row])) }
      return
    }
    if seen.count < words { seen += [UInt64](repeating: 0, count: words - seen.count) }
    for row in 0..<groups.count where nulls?[row] != true {
      let ordinal = Int(ordinals[row])
      let word = Int(groups[row]) &* stride &+ ordinal >> 6
      let bit: UInt64 = 1 << UInt64(ordinal & 63)
      if seen[word] & bit != 0 { continue }
      seen[word] |= bit
      add(hashes[ordinal], Int(groups[row]))
    }
  }

  private func add(_ hash: UInt64, _ group: Int) {
    if !sketches.isEmpty, sketches[group] != nil {
      sketches[group]?.add(hash)
      return
    }
    let mask = places.count - 1
    var place = Int(truncatingIfNeeded: KeyHash.mix(hash ^ UInt64(group), seed)) & mask
    while places[place] != 0 {
      let slot = found[Int(places[place]) - 1]
      if slot.hash == hash, slot.group == UInt32(truncatingIfNeeded: group) { return }
      place = (place + 1) & mask
    }
    found.append(Slot(hash: hash, group: UInt32(truncatingIfNeeded: group), next: heads[group]))
    places[place] = UInt32(truncatingIfNeeded: found.count)
    heads[group] = UInt32(truncatingIfNeeded: found.count)
    counts[group] += 1
    if counts[group] > UInt32(exactMax) { sketch(group) }
    if found.count * 2 > places.count { rehash() }
  }

  /// A group that has become too large gets registers.
  private func sketch(_ group: Int) {
    var sketch = HyperLogLog()
    forEachHash(of: group) { sketch.add($0) }
    sketches[group] = sketch
  }

  private func forEachHash(of group: Int, _ body: (UInt64) -> Void) {
    var next = heads[group]
    while next != 0 {
      let slot = found[Int(next) - 1]
      body(slot.hash)
      next = slot.next
    }
  }

  private func rehash() {
    places = [UInt32](repeating: 0, count: places.count * 2)
    let mask = places.count - 1
    for (index, slot) in found.enumerated() {
      var place = Int(truncatingIfNeeded: KeyHash.mix(slot.hash ^ UInt64(slot.group), seed)) & mask
      while places[place] != 0 { place = (place + 1) & mask }
      places[place] = UInt32(truncatingIfNeeded: index + 1)
    }
  }

  func merge(_ other: any AggregateState, groups: [UInt32], groupCount: Int) throws {
    grow(groupCount)
    guard let other = other as? CountDistinctState else { return }
    for group in 0..<min(other.counts.count, groups.count) {
      // A group may hold thousands of hashes.
      if group & 0xFF == 0 { try signals.check() }
      let own = Int(groups[group])
      guard let sketch = other.sketches[group] else {
        other.forEachHash(of: group) { add($0, own) }
        continue
      }
      if sketches[own] == nil { self.sketch(own) }
      sketches[own]?.add(sketch)
    }
  }

  func result(groupCount: Int) -> Column {
    grow(groupCount)
    let cells = (0..<groupCount).map { Value.long(sketches[$0]?.estimate ?? Int64(counts[$0])) }
    return ColumnBuilder.column(of: cells, type: .long)
  }
}

/// Estimates how many different hashes were added (Flajolet et al. 2007, with 64-bit hashes and linear counting for few).
struct HyperLogLog {
  private static let precision: UInt64 = 14
  private var registers = [UInt8](repeating: 0, count: 1 << 14)

  static let byteCount = 1 << 14

  mutating func add(_ hash: UInt64) {
    let register = Int(hash >> (64 - Self.precision))
    let rank = UInt8(((hash << Self.precision) | (1 << (Self.precision - 1))).leadingZeroBitCount + 1)
    registers[register] = max(registers[register], rank)
  }

  mutating func add(_ other: HyperLogLog) {
    for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
  }

  var estimate: Int64 {
    let size = Double(registers.count)
    var sum = 0.0
    var empty = 0
    for rank in registers {
      sum += 1 / Double(UInt64(1) << UInt64(rank))
      empty += rank == 0 ? 1 : 0
    }
    let raw = 0.7213 / (1 + 1.079 / size) * size * size / sum
    guard raw <= 2.5 * size, empty > 0 else { return Int64(raw.rounded()) }
    // Linear counting: size · ln(size / empty).
    return Int64((size * log(size / Double(empty))).rounded())
  }
}
