import MeanwhileTestKit
import Testing

@testable import MeanwhileData

@Suite struct BlockCodecTests {
  private func compressed(_ bytes: [UInt8]) -> [UInt8] {
    let scratch = BlockCodec.Scratch()
    return bytes.withUnsafeBufferPointer { Array(BlockCodec.compress($0, scratch)) }
  }

  private func decompressed(_ block: [UInt8], count: Int) throws -> [UInt8] {
    var out = [UInt8](repeating: 0, count: count)
    var damage: CorruptData?
    out.withUnsafeMutableBufferPointer { target in
      block.withUnsafeBufferPointer { block in
        do throws(CorruptData) { try BlockCodec.decompress(block, into: target) } catch { damage = error }
      }
    }
    if let damage { throw damage }
    return out
  }

  /// Bytes of some alphabet with repetitions, near and far.
  private func sample(_ random: inout SeededRandom) -> [UInt8] {
    let size = random.below(4) == 0 ? random.below(BlockCodec.blockByteCountMax + 1) : random.below(400)
    let letters = 1 + random.below(200)
    var bytes: [UInt8] = []
    while bytes.count < size {
      if bytes.count > 8, random.below(3) > 0 {
        let start = random.below(bytes.count)
        bytes += bytes[start..<min(bytes.count, start + 1 + random.below(300))]
      } else {
        for _ in 0...random.below(40) { bytes.append(UInt8(random.below(letters))) }
      }
    }
    return Array(bytes.prefix(size))
  }

  @Test(arguments: 0..<200) func `what is compressed comes back`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let bytes = sample(&random)
    let block = compressed(bytes)
    #expect(block.count <= BlockCodec.worstByteCount(of: bytes.count))
    #expect(try decompressed(block, count: bytes.count) == bytes)
  }

  @Test func `repetition takes little room`() {
    #expect(compressed([UInt8](repeating: 7, count: 65_536)).count < 300)
    let line = Array(#"{"status":200,"message":"all is well"}"#.utf8)
    #expect(compressed((0..<100).flatMap { _ in line }).count < line.count + 60)
  }

  @Test(arguments: 0..<100) func `a changed block is an error or other bytes, and never a crash`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(1_000 + seed))
    let bytes = sample(&random)
    let block = compressed(bytes)
    for _ in 0..<50 {
      var damaged = block
      for _ in 0...random.below(4) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
      if random.below(4) == 0 { damaged = Array(damaged.prefix(random.below(damaged.count + 1))) }
      do { #expect(try decompressed(damaged, count: bytes.count).count == bytes.count) } catch { #expect(error is CorruptData) }
    }
  }

  @Test(arguments: 0..<40) func `bytes of any length come back, and damage to them is found or harmless`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(2_000 + seed))
    var bytes: [UInt8] = []
    for _ in 0..<random.below(6) { bytes += sample(&random) }
    let encoded = CompressedBytes.encode(bytes)
    #expect(try CompressedBytes.decode(encoded[...]) == bytes)
    for _ in 0..<20 {
      var damaged = encoded
      damaged[random.below(damaged.count)] ^= 1 << UInt8(random.below(8))
      if let other = try? CompressedBytes.decode(damaged[...]) { #expect(other.count <= 256 * encoded.count) }
    }
  }
}
