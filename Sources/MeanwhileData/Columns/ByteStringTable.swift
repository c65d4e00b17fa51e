#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Gives every distinct byte string a number, in the order in which they first came: an open-addressing hash table over one run of bytes.
public final class ByteStringTable {
  /// The distinct strings, by ordinal.
  public let strings: BytesVectorBuilder
  @exclusivity(unchecked) private var hashes = VectorBuilder<UInt32>()
  /// Ordinal plus one; 0 is free. Never more than half full.
  @exclusivity(unchecked) private var slots: VectorBuilder<UInt32>
  @exclusivity(unchecked) private var mask: Int

  public init() {
    strings = BytesVectorBuilder()
    slots = VectorBuilder(capacity: 64)
    slots.append(repeating: 0, count: 64)
    mask = 63
  }

  public var count: Int { hashes.count }
  public var byteCount: Int { strings.byteCount + hashes.byteCount + slots.byteCount }

  /// The string's ordinal, given now or before.
  @inline(__always)
  public func ordinal(of string: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let hash = BytesHash.hash(string)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { return insert(string, tag: tag, hash: hash, at: slot) }
      let ordinal = Int(entry) - 1
      if hashes[ordinal] == tag, equals(ordinal, string) { return entry - 1 }
      slot = (slot + 1) & mask
    }
  }

  /// The string's ordinal; nil where it never came.
  func find(_ string: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = BytesHash.hash(string)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let ordinal = Int(slots[slot]) - 1
      if equals(ordinal, string) { return ordinal }
      slot = (slot + 1) & mask
    }
    return nil
  }

  @inline(__always)
  private func equals(_ ordinal: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(strings.offsets[ordinal])
    let length = Int(strings.offsets[ordinal + 1]) - start
    guard length == string.count else { return false }
    guard length > 0, let other = string.baseAddress, let own = strings.bytes.buffer.baseAddress else { return true }
    return memcmp(own + start, other, length) == 0
  }

  private func insert(_ string: UnsafeBufferPointer<UInt8>, tag: UInt32, hash: UInt64, at slot: Int) -> UInt32 {
    let ordinal = UInt32(truncatingIfNeeded: count)
    strings.append(string)
    hashes.append(tag)
    slots[slot] = ordinal + 1
    if count * 2 > mask { grow() }
    return ordinal
  }

  private func grow() {
    let size = (mask + 1) * 4
    slots = VectorBuilder(capacity: size)
    slots.append(repeating: 0, count: size)
    mask = size - 1
    let all = strings.bytes.buffer
    for ordinal in 0..<count {
      let string = UnsafeBufferPointer(rebasing: all[Int(strings.offsets[ordinal])..<Int(strings.offsets[ordinal + 1])])
      var slot = Int(truncatingIfNeeded: BytesHash.hash(string)) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(truncatingIfNeeded: ordinal) + 1
    }
  }

  /// The strings in bytewise order, and for each ordinal so far its place in that order.
  ///
  /// - Parameter isUsed: strings that it denies are left out; their place is 0.
  func sorted(isUsed: (Int) -> Bool = { _ in true }) -> (strings: BytesVector, places: Vector<UInt32>) {
    let all = strings.bytes.buffer
    struct Entry {
      var prefix: UInt64
      var ordinal: UInt32
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for ordinal in 0..<count where isUsed(ordinal) {
      let string = UnsafeBufferPointer(rebasing: all[Int(strings.offsets[ordinal])..<Int(strings.offsets[ordinal + 1])])
      entries.append(Entry(prefix: ByteOrder.prefix(of: string), ordinal: UInt32(truncatingIfNeeded: ordinal)))
    }
    func string(_ ordinal: UInt32) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(rebasing: all[Int(strings.offsets[Int(ordinal)])..<Int(strings.offsets[Int(ordinal) + 1])])
    }
    entries.sort { left, right in
      left.prefix != right.prefix ? left.prefix < right.prefix : ByteOrder.isLess(string(left.ordinal), string(right.ordinal))
    }
    let ordered = BytesVectorBuilder(capacity: entries.count)
    let places = Vector<UInt32>(count: count) { target in
      target.initialize(repeating: 0, count: count)
      for (place, entry) in entries.enumerated() {
        ordered.append(string(entry.ordinal))
        target[Int(entry.ordinal)] = UInt32(truncatingIfNeeded: place)
      }
    }
    return (ordered.finish(), places)
  }
}

/// The bytewise order of strings.
enum ByteOrder {
  /// The first eight bytes as a number whose order is theirs.
  static func prefix(of string: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<8 { value = value << 8 | (index < string.count ? UInt64(string[index]) : 0) }
    return value
  }

  static func isLess(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    let shared = min(left.count, right.count)
    if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
      let order = memcmp(first, second, shared)
      if order != 0 { return order < 0 }
    }
    return left.count < right.count
  }

  static func isEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    guard left.count > 0, let first = left.baseAddress, let second = right.baseAddress else { return true }
    return memcmp(first, second, left.count) == 0
  }
}
