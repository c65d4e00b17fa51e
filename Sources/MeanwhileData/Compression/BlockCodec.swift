/// Compresses blocks of bytes by saying where they repeat themselves: fast to write, faster to read, in the manner of LZ4.
///
/// A block is a run of sequences. Each has a token, whose high half counts literal bytes and whose low half counts the bytes of a match less ``matchMin``; a half that is
/// full goes on in bytes of up to 255 until one is less. Then come the literals, and two bytes, low one first, that say how far back the match begins. The last sequence
/// ends with its literals.
public enum BlockCodec {
  /// Blocks are at most this long, so that every earlier byte is within reach of two bytes.
  public static let blockByteCountMax = 64 << 10
  /// Shorter matches would not pay for themselves.
  static let matchMin = 4
  /// No match begins so close to the end, so that eight bytes may be looked at anywhere.
  private static let tailByteCount = 12
  private static let hashBits = 13

  /// What compressing needs besides its input; one is used for block after block.
  public final class Scratch {
    fileprivate let places: UnsafeMutablePointer<UInt16>
    fileprivate let output: UnsafeMutablePointer<UInt8>

    public init() {
      places = .allocate(capacity: 1 << hashBits)
      output = .allocate(capacity: worstByteCount(of: blockByteCountMax))
    }

    deinit {
      places.deallocate()
      output.deallocate()
    }
  }

  /// So many bytes a block takes at most.
  static func worstByteCount(of byteCount: Int) -> Int { byteCount + byteCount / 255 + 16 }

  // MARK: Writing

  /// - Parameter block: of at most ``blockByteCountMax`` bytes.
  /// - Returns: the compressed block; valid until the scratch is used again.
  public static func compress(_ block: UnsafeBufferPointer<UInt8>, _ scratch: Scratch) -> UnsafeBufferPointer<UInt8> {
    precondition(block.count <= blockByteCountMax)
    guard let source = block.baseAddress else {
      scratch.output[0] = 0
      return UnsafeBufferPointer(start: scratch.output, count: 1)
    }
    let raw = UnsafeRawPointer(source)
    scratch.places.initialize(repeating: 0, count: 1 << hashBits)
    var writer = Writer(source: source, output: scratch.output)
    let last = block.count - tailByteCount
    var at = 1
    var start = 0
    while at < last {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt32.self)
      let place = slot(of: word)
      let candidate = Int(scratch.places[place])
      scratch.places[place] = UInt16(truncatingIfNeeded: at)
      guard candidate < at, raw.loadUnaligned(fromByteOffset: candidate, as: UInt32.self) == word else {
        // The longer nothing repeats, the larger the steps.
        at += 1 + (at - start) >> 6
        continue
      }
      var matchStart = at
      var distanceStart = candidate
      while matchStart > start, distanceStart > 0, source[matchStart - 1] == source[distanceStart - 1] {
        matchStart -= 1
        distanceStart -= 1
      }
      let end = matchEnd(raw, from: at + matchMin, candidate + matchMin, limit: block.count - 5)
      writer.sequence(literals: start..<matchStart, distance: matchStart - distanceStart, matchByteCount: end - matchStart)
      // A place inside of the match, where the next repetition may begin.
      let inside = end - 2
      scratch.places[slot(of: raw.loadUnaligned(fromByteOffset: inside, as: UInt32.self))] = UInt16(truncatingIfNeeded: inside)
      at = end
      start = end
    }
    writer.literals(start..<block.count)
    return UnsafeBufferPointer(start: scratch.output, count: writer.count)
  }

  /// Where the last place of four bytes is remembered: the high bits of a product with 2^32 divided by the golden ratio.
  @inline(__always)
  private static func slot(of word: UInt32) -> Int { Int((word &* 2_654_435_761) >> UInt32(32 - hashBits)) }

  /// Where two runs cease to be equal.
  @inline(__always)
  private static func matchEnd(_ raw: UnsafeRawPointer, from start: Int, _ other: Int, limit: Int) -> Int {
    var at = start
    var candidate = other
    while at + 8 <= limit {
      let difference =
        raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ raw.loadUnaligned(fromByteOffset: candidate, as: UInt64.self)
      if difference != 0 { return at + difference.littleEndian.trailingZeroBitCount / 8 }
      at += 8
      candidate += 8
    }
    while at < limit, raw.load(fromByteOffset: at, as: UInt8.self) == raw.load(fromByteOffset: candidate, as: UInt8.self) {
      at += 1
      candidate += 1
    }
    return at
  }

  private struct Writer {
    let source: UnsafePointer<UInt8>
    let output: UnsafeMutablePointer<UInt8>
    var count = 0

    @inline(__always)
    mutating func sequence(literals: Range<Int>, distance: Int, matchByteCount: Int) {
      let match = matchByteCount - matchMin
      token(literals: literals.count, match: min(match, 15))
      copy(literals)
      output[count] = UInt8(truncatingIfNeeded: distance)
      output[count + 1] = UInt8(truncatingIfNeeded: distance >> 8)
      count += 2
      if match >= 15 { rest(match - 15) }
    }

    mutating func literals(_ range: Range<Int>) {
      token(literals: range.count, match: 0)
      copy(range)
    }

    @inline(__always)
    private mutating func token(literals: Int, match: Int) {
      output[count] = UInt8(truncatingIfNeeded: min(literals, 15) << 4 | match)
      count += 1
      if literals >= 15 { rest(literals - 15) }
    }

    private mutating func rest(_ length: Int) {
      var length = length
      while length >= 255 {
        output[count] = 255
        count += 1
        length -= 255
      }
      output[count] = UInt8(truncatingIfNeeded: length)
      count += 1
    }

    @inline(__always)
    private mutating func copy(_ range: Range<Int>) {
      (output + count).update(from: source + range.lowerBound, count: range.count)
      count += range.count
    }
  }

  // MARK: Reading

  /// Fills a buffer with what a block holds, trusting nothing in it.
  ///
  /// - Throws: ``CorruptData`` where the block does not fill the buffer exactly.
  public static func decompress(
    _ block: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(CorruptData) {
    guard let source = block.baseAddress else { throw CorruptData("a compressed block is empty", offset: 0) }
    guard let out = target.baseAddress else { return }
    var at = 0
    var filled = 0
    while at < block.count {
      let token = Int(source[at])
      at += 1
      let literals = try length(token >> 4, block, &at)
      guard literals <= block.count - at, literals <= target.count - filled else {
        throw CorruptData("a compressed block runs over", offset: at)
      }
      (out + filled).update(from: source + at, count: literals)
      at += literals
      filled += literals
      if at == block.count { break }
      guard at + 2 <= block.count else { throw CorruptData("a compressed block is cut off", offset: at) }
      let distance = Int(source[at]) | Int(source[at + 1]) << 8
      at += 2
      let match = try length(token & 15, block, &at) + matchMin
      guard distance > 0, distance <= filled, match <= target.count - filled else {
        throw CorruptData("a compressed block refers to what is not there", offset: at)
      }
      copy(out + filled, distance: distance, count: match)
      filled += match
    }
    guard filled == target.count else { throw CorruptData("a compressed block is too short", offset: at) }
  }

  @inline(__always)
  private static func length(_ half: Int, _ block: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(CorruptData) -> Int {
    guard half == 15 else { return half }
    var length = 15
    while at < block.count {
      let byte = block[at]
      at += 1
      length += Int(byte)
      if byte < 255 { return length }
    }
    throw CorruptData("a compressed block is cut off", offset: at)
  }

  /// A match may overlap what it makes: then its bytes repeat.
  @inline(__always)
  private static func copy(_ target: UnsafeMutablePointer<UInt8>, distance: Int, count: Int) {
    guard distance < count else { return target.update(from: target - distance, count: count) }
    for index in 0..<count { target[index] = target[index - distance] }
  }
}
