import MeanwhileData

/// Values with a grudge: the ends of ranges, the empty, the long, what looks like something else.
enum Sample {
  /// The types that columns and expressions have.
  static let types: [DataType] = [
    .boolean, .integer, .long, .unsignedLong, .double, .keyword, .date, .dateNanos, .ip, .version,
  ]

  static func cell(of type: DataType, _ random: inout SeededGenerator) -> Cell {
    switch type {
    case .boolean: return .boolean(random.chance(50))
    case .integer:
      let edges: [Int64] = [0, 1, -1, 2, 3, 7, 10, 100, -5, 46341, 2_147_483_647, -2_147_483_647]
      return .whole(random.chance(70) ? random.pick(edges) : Int64(random.below(2_000)) - 1_000)
    case .long:
      let edges: [Int64] = [0, 1, -1, 2, 3, 10, 3_000_000_000, 9_007_199_254_740_993, .max, -.max, 3_037_000_500, -86_400_000]
      return .whole(random.chance(70) ? random.pick(edges) : Int64(random.below(2_000_000)) - 1_000_000)
    case .unsignedLong:
      let edges: [UInt64] = [0, 1, 2, 10, 1 << 63, .max, .max - 1, 4_294_967_296]
      return .unsigned(random.chance(70) ? random.pick(edges) : UInt64(random.below(1_000_000)))
    case .double:
      let edges: [Double] = [0, 1, -1, 0.5, 1.5, 2.5, -2.5, 3, 1e308, -1e308, 1e-300, 12345678.25, 0.001, 1e15, 9.5e18]
      return .double(random.chance(70) ? random.pick(edges) : Double(random.below(8_000) - 4_000) / 8)
    case .keyword, .text:
      let edges = [
        "", "a", "ab", "Ab", "b", "hello world", "Hello World", "  padded ", "é", "naïve", "日本語", "😀 smile", "a.b.c", "foo*bar",
        "back\\slash", "\"quoted\"", "42", "-1.5", "true", "TRUE", "aaaa", "x,y,,z", "1e3", "2147483648", "line\nbreak",
      ]
      return .text(random.pick(edges))
    case .date:
      let edges: [Int64] = [
        0, -1, 1, 951_782_400_000, 1_577_836_799_999, 1_709_164_800_000, -2_208_988_800_000, 1_698_069_301_543, 4_102_444_800_000,
      ]
      return .whole(random.chance(60) ? random.pick(edges) : Int64(random.below(1_700_000_000)) * 1_000 + Int64(random.below(1_000)))
    case .dateNanos:
      let edges: [Int64] = [0, 1, 999_999_999, 1_698_069_301_543_123_456, 1_577_836_799_999_999_999, 951_782_400_000_000_000]
      return .whole(random.chance(60) ? random.pick(edges) : Int64(random.below(1_700_000_000)) * 1_000_000_000 + Int64(random.below(999)))
    case .ip:
      let edges: [Cell] = [
        .address(127, 0, 0, 1), .address(10, 1, 2, 3), .address(10, 200, 0, 1), .address(255, 255, 255, 255), .address(0, 0, 0, 0),
        .address(groups: [0, 0, 0, 0, 0, 0, 0, 1]), .address(groups: [0xFE80, 0, 0, 0, 0xCAE2, 0x65FF, 0xFECE, 0xFEB9]),
        .address(groups: [0x2001, 0xDB8, 0, 0, 1, 0, 0, 1]), .address(groups: [0, 0, 0, 0, 0, 0, 0, 0]),
      ]
      return random.pick(edges)
    case .version:
      return .version(
        random.pick(["1.0.0", "1.2.3", "1.10.0", "2.0.0-alpha", "2.0.0-alpha.1", "2.0.0-alpha.beta", "2.0.0", "0.0.1", "bad"]))
    default: return .null
    }
  }
}
