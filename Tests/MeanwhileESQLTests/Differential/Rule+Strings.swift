import MeanwhileData

extension Rule {
  private static let separators: [Cell] = [.text("."), .text(","), .text(" ")]
  private static let counts: [Cell] = [.whole(0), .whole(1), .whole(2), .whole(5), .whole(1000)]

  private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> Cell {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return .text(String(view))
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { [" ", "\n", "\t", "\r"].contains(scalar) }

  static let strings: [Rule] = [
    .single("CONCAT($0, $1)", [.of(.keyword), .of(.keyword)], .keyword) { .text($0[0].string + $0[1].string) },
    .single("LEFT($0, $1)", [.of(.keyword), .one(.integer, counts)], .keyword) {
      text($0[0].string.unicodeScalars.prefix(Int($0[1].wholeNumber)))
    },
    .single("RIGHT($0, $1)", [.of(.keyword), .one(.integer, counts)], .keyword) {
      text($0[0].string.unicodeScalars.suffix(Int($0[1].wholeNumber)))
    },
    .single(
      "SUBSTRING($0, $1, $2)",
      [.of(.keyword), .one(.integer, [.whole(1), .whole(2), .whole(-2), .whole(0), .whole(30), .whole(-30)]), .one(.integer, counts)],
      .keyword
    ) { cells in
      let scalars = Array(cells[0].string.unicodeScalars)
      let start = Int(cells[1].wholeNumber)
      // Counted from 1; from the end where it is negative; 0 is the start as well.
      let from = min(max(start > 0 ? start - 1 : start < 0 ? scalars.count + start : 0, 0), scalars.count)
      return text(scalars[from...].prefix(Int(cells[2].wholeNumber)))
    },
    .single("TRIM($0)", [.of(.keyword)], .keyword) {
      text($0[0].string.unicodeScalars.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    },
    .single("LTRIM($0)", [.of(.keyword)], .keyword) { text($0[0].string.unicodeScalars.drop(while: isSpace)) },
    .single("TO_UPPER($0)", [.of(.keyword)], .keyword) { .text($0[0].string.uppercased()) },
    .single("TO_LOWER($0)", [.of(.keyword)], .keyword) { .text($0[0].string.lowercased()) },
    .single("REVERSE($0)", [.of(.keyword)], .keyword) { .text(String($0[0].string.reversed())) },
    .single("REPEAT($0, $1)", [.of(.keyword), .one(.integer, [.whole(0), .whole(1), .whole(3)])], .keyword) {
      .text(String(repeating: $0[0].string, count: Int($0[1].wholeNumber)))
    },
    .single(
      "REPLACE($0, $1, $2)",
      [.of(.keyword), .one(.keyword, [.text("a"), .text("l"), .text("é")]), .one(.keyword, [.text(""), .text("<>")])], .keyword
    ) {
      .text($0[0].string.split(separator: $0[1].string, omittingEmptySubsequences: false).joined(separator: $0[2].string))
    },
    .single("SPLIT($0, $1)", [.of(.keyword), .one(.keyword, separators)], .keyword) { cells in
      Cell(cells[0].string.split(separator: cells[1].string, omittingEmptySubsequences: false).map { .text(String($0)) })
    },
    .single("TO_BASE64($0)", [.of(.keyword)], .keyword) { cells in
      let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
      var bits = cells[0].string.utf8.map { byte in (0..<8).map { byte >> (7 - $0) & 1 } }.flatMap { $0 }
      while bits.count % 6 != 0 { bits.append(0) }
      var result = stride(from: 0, to: bits.count, by: 6).map { alphabet[bits[$0..<$0 + 6].reduce(0) { $0 * 2 + Int($1) }] }
      while result.count % 4 != 0 { result.append("=") }
      return .text(String(result))
    },
    .single("URL_ENCODE_COMPONENT($0)", [.of(.keyword)], .keyword) { cells in
      .text(
        cells[0].string.utf8.map { byte in
          let isPlain = 48...57 ~= byte || 65...90 ~= byte || 97...122 ~= byte || Array("-._~".utf8).contains(byte)
          return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined())
    },
    .of("MV_CONCAT($0, $1)", [.of(.keyword), .one(.keyword, [.text(";"), .text("")])], .keyword) { cells in
      cells[0] == .null ? .null : .text(cells[0].elements.map(\.string).joined(separator: cells[1].string))
    },
  ]

  // MARK: - Addresses

  private static let networks: [(text: String, meaning: Cell)] = [
    ("\"10.0.0.0/8\"", .several([.address(10, 0, 0, 0), .whole(104)])),
    ("\"127.0.0.1/32\"", .several([.address(127, 0, 0, 1), .whole(128)])),
    ("\"0.0.0.0/0\"", .several([.address(0, 0, 0, 0), .whole(96)])),
    ("\"fe80::/10\"", .several([.address(groups: [0xFE80, 0, 0, 0, 0, 0, 0, 0]), .whole(10)])),
    ("\"2001:db8::/33\"", .several([.address(groups: [0x2001, 0xDB8, 0, 0, 0, 0, 0, 0]), .whole(33)])),
  ]

  private static func bits(_ cell: Cell) -> [Bool] {
    guard case .address(let bytes) = cell else { return [] }
    return bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } }
  }

  static let addresses: [Rule] = [
    .of("CIDR_MATCH($0, $1)", [.of(.ip), .word(networks)], .boolean) { cells in
      guard cells[0].elements.count == 1, case .several(let network) = cells[1] else { return .null }
      let length = Int(network[1].wholeNumber)
      return .boolean(bits(cells[0]).prefix(length) == bits(network[0]).prefix(length))
    },
    .single("IP_PREFIX($0, 20, 61)", [.of(.ip)], .ip) { cells in
      let isVersion4 = bits(cells[0]).prefix(96) == bits(.address(0, 0, 0, 0)).prefix(96)
      let length = isVersion4 ? 96 + 20 : 61
      let kept = bits(cells[0]).enumerated().map { $0 < length && $1 }
      return .address(stride(from: 0, to: 128, by: 8).map { kept[$0..<$0 + 8].reduce(0) { $0 * 2 + ($1 ? 1 : 0) } })
    },
  ]
}
