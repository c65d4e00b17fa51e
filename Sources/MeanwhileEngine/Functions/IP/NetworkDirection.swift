import MeanwhileData

extension ScalarFunction {
  /// `NETWORK_DIRECTION(source, destination, internalNetworks)`.
  static let networkDirection = declare(
    "network_direction",
    FunctionDocumentation(
      category: .ip, syntax: "NETWORK_DIRECTION(source_ip, destination_ip, internal_networks)",
      summary:
        "Whether traffic is `inbound`, `outbound`, `internal` or `external`, as seen from some networks, which are blocks or names such as `private`.",
      examples: [
        .init("ROW x = NETWORK_DIRECTION(TO_IP(\"10.0.0.1\"), TO_IP(\"1.1.1.1\"), [\"private\"])", "outbound")
      ]), count: 3...3, [.ip, .ip, .string], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      let ends = columns.prefix(2).map(frame.single)
      guard let rows = frame.rows(of: ends + [columns[2]]), let sources = frame.bytes(ends[0]), let targets = frame.bytes(ends[1]),
        let networks = BytesSlots(columns[2])
      else { return .nulls(.keyword, rowCount: frame.rowCount) }
      var known: [String: NamedNetwork] = [:]
      return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
        guard let source = IPAddress(bytes: sources[row]), let target = IPAddress(bytes: targets[row]) else { return false }
        var isInside = (source: false, target: false)
        for slot in columns[2].slots(ofRow: row) {
          let name = String(decoding: networks[slot], as: UTF8.self)
          guard let network = known[name] ?? NamedNetwork(name) else {
            throw EvaluationFailure(illegalArgument: "'\(name)' is not an IP string literal.")
          }
          known[name] = network
          isInside.source = isInside.source || network.contains(source)
          isInside.target = isInside.target || network.contains(target)
        }
        let direction =
          switch isInside {
          case (true, true): "internal"
          case (true, false): "outbound"
          case (false, true): "inbound"
          case (false, false): "external"
          }
        for byte in direction.utf8 { out.append(byte) }
        return true
      }
    }
  }
}

/// A block of addresses, by its notation or by a name, as ingest's `network_direction` processor has them.
private struct NamedNetwork {
  private let blocks: [IPNetwork]
  private let isInverted: Bool

  private static let named: [String: [String]] = [
    "loopback": ["127.0.0.0/8", "::1/128"], "private": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"],
    "multicast": ["224.0.0.0/4", "ff00::/8"], "link_local_unicast": ["169.254.0.0/16", "fe80::/10"],
    "link_local_multicast": ["224.0.0.0/24", "ff02::/16"], "interface_local_multicast": ["ff01::/16"],
    "unspecified": ["0.0.0.0/32", "::/128"],
    "unicast": ["224.0.0.0/4", "ff00::/8", "0.0.0.0/32", "::/128", "255.255.255.255/32"],
    "global_unicast": [
      "224.0.0.0/4", "ff00::/8", "0.0.0.0/32", "::/128", "255.255.255.255/32", "127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10",
    ],
    "public": [
      "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8", "127.0.0.0/8", "::1/128", "0.0.0.0/32", "::/128", "169.254.0.0/16",
      "fe80::/10",
      "224.0.0.0/4", "ff00::/8",
    ],
  ]
  private static let inverted: Set<String> = ["public", "unicast", "global_unicast"]

  init?(_ name: String) {
    let texts = Self.named[name] ?? [name]
    blocks = texts.compactMap(IPNetwork.init(parsing:))
    guard blocks.count == texts.count else { return nil }
    isInverted = Self.inverted.contains(name)
  }

  func contains(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } != isInverted }
}
