/// Hashing of grouping keys: a multiplication folded onto itself, with a seed of this process so that nobody can choose keys that collide.
enum KeyHash {
  @usableFromInline static let seed: UInt64 = {
    var generator = SystemRandomNumberGenerator()
    return generator.next() | 1
  }()

  @inline(__always)
  static func mix(_ value: UInt64, _ seed: UInt64) -> UInt64 {
    let product = (value ^ seed).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    return product.high ^ product.low
  }

  static func bytes(_ value: UnsafeBufferPointer<UInt8>, _ seed: UInt64) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: value.count)
    guard let start = value.baseAddress else { return mix(hash, seed) }
    let raw = UnsafeRawPointer(start)
    var index = 0
    while index &+ 8 <= value.count {
      hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self), seed)
      index &+= 8
    }
    var rest: UInt64 = 0
    while index < value.count {
      rest = rest << 8 | UInt64(start[index])
      index &+= 1
    }
    return mix(hash ^ rest, seed)
  }
}
