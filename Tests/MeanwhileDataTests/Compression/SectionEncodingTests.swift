import MeanwhileTestKit
import Testing

@testable import MeanwhileData

@Suite struct SectionEncodingTests {
  /// A value now and then, as columns have them.
  private func longs(_ random: inout SeededRandom, count: Int) -> [Int64] {
    let bits = random.below(64)
    let isAscending = random.below(2) == 0
    var previous = Int64(truncatingIfNeeded: random.next())
    return (0..<count).map { _ in
      let value = Int64(truncatingIfNeeded: random.next() >> UInt64(bits))
      previous = isAscending ? previous &+ value & 0xFFFF : value
      return random.below(500) == 0 ? Int64(truncatingIfNeeded: random.next()) : previous
    }
  }

  private func roundTrip<Element: Equatable & BitwiseCopyable>(_ values: [Element]) throws -> SectionEncoding? {
    guard let (encoding, bytes) = SectionEncoding.encode(Vector(values)) else { return nil }
    let decoded = try encoding.decode(UnsafeRawBufferPointer(bytes.buffer), as: Element.self, count: values.count)
    #expect(Array(decoded.buffer) == values)
    #expect(encoding.allows(values.count * MemoryLayout<Element>.stride, from: bytes.count))
    return encoding
  }

  @Test(arguments: 0..<120) func `whole numbers come back`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let values = longs(&random, count: 1 + random.below(5_000))
    _ = try roundTrip(values)
    _ = try roundTrip(values.map { UInt32(truncatingIfNeeded: $0) })
  }

  @Test func `extremes come back`() throws {
    _ = try roundTrip((0..<2_000).map { $0 % 2 == 0 ? Int64.min : .max })
    _ = try roundTrip((0..<2_000).map { Int64.max - Int64($0) })
    #expect(try roundTrip([Int64](repeating: .min, count: 100_000)) == .integers)
  }

  @Test(arguments: 0..<60) func `doubles come back, bit by bit`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(500 + seed))
    let power = PackedDoubles.powersOfTen[random.below(10)]
    let isWild = random.below(3) == 0
    let strange: [Double] = [-0.0, .infinity, .leastNonzeroMagnitude, 1e300, 0.1 + 0.2]
    var values: [Double] = []
    for _ in 0...random.below(4_000) {
      let isStrange = isWild && random.below(300) == 0
      values.append(isStrange ? strange[random.below(strange.count)] : Double(random.below(10_000_000) - 500) / power)
    }
    guard let (encoding, bytes) = SectionEncoding.encode(Vector(values)) else { return }
    let decoded = try encoding.decode(UnsafeRawBufferPointer(bytes.buffer), as: Double.self, count: values.count)
    #expect(decoded.buffer.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `numbers of few bits take few`() throws {
    let times: [Int64] = (0..<100_000).map { (row: Int64) -> Int64 in 1_735_689_600_000 + row * 1_296 + row % 7 }
    let made = try #require(SectionEncoding.encode(Vector(times)))
    #expect(made.bytes.count < 100_000)
    let prices: [Double] = (0..<10_000).map { Double($0) / 100 }
    #expect(try #require(SectionEncoding.encode(Vector(prices))).bytes.count < 20_000)
  }

  @Test(arguments: 0..<100) func `changed bytes are an error or other values, and never a crash`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(900 + seed))
    let values = longs(&random, count: 3_000)
    let doubles: [Double] = values.map { Double($0 & 0xFFFF) / 8 }
    let bytes: [UInt8] = values.map { UInt8(truncatingIfNeeded: $0 & 3) }
    var samples: [(SectionEncoding, [UInt8])] = []
    if let made = SectionEncoding.encode(Vector(values)) { samples.append((made.encoding, Array(made.bytes.buffer))) }
    if let made = SectionEncoding.encode(Vector(doubles)) { samples.append((made.encoding, Array(made.bytes.buffer))) }
    if let made = SectionEncoding.encode(Vector(bytes)) { samples.append((made.encoding, Array(made.bytes.buffer))) }
    for (encoding, bytes) in samples {
      for _ in 0..<20 {
        var damaged = bytes
        for _ in 0...random.below(3) { damaged[random.below(damaged.count)] = UInt8(random.below(256)) }
        if random.below(3) == 0 { damaged = Array(damaged.prefix(random.below(damaged.count + 1))) }
        damaged.withUnsafeBytes { raw in
          switch encoding {
          case .doubles: _ = try? encoding.decode(raw, as: Double.self, count: 3_000)
          case .blocks: _ = try? encoding.decode(raw, as: UInt8.self, count: 3_000)
          default: _ = try? encoding.decode(raw, as: Int64.self, count: 3_000)
          }
        }
      }
    }
  }
}
