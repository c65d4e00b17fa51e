import MeanwhileData

extension ScalarFunction {
  static let cidrMatch = declare(
    "cidr_match",
    FunctionDocumentation(
      category: .ip, syntax: "CIDR_MATCH(ip, block, …)", summary: "Whether an address lies in one of several blocks.",
      examples: [.init("ROW x = CIDR_MATCH(TO_IP(\"10.1.2.3\"), \"10.0.0.0/8\")", "true")]), count: 2...Int.max, [.ip, .string],
    result: { _ in .boolean }
  ) { arguments, _ throws(FunctionError) in
    var blocks: [IPNetwork] = []
    for index in arguments.indices.dropFirst() {
      try arguments.expectConstant(index)
      for case .bytes(let text) in arguments[index].constant?.elements ?? [] {
        let text = String(decoding: text, as: UTF8.self)
        guard let block = IPNetwork(parsing: text) ?? IPAddress(parsing: text).flatMap({ IPNetwork(address: $0, prefixLength: 128) }) else {
          throw FunctionError("'\(text)' is not an IP string literal.")
        }
        blocks.append(block)
      }
    }
    let cache = DictionaryCache<Vector<UInt8>>()
    let wanted = blocks
    return { columns, frame in
      frame.mapBytes(columns[0], cache: cache, type: .boolean) { bytes in
        guard let address = IPAddress(bytes: bytes) else { return 0 }
        for block in wanted where block.contains(address) { return 1 }
        return 0
      }
    }
  }

  static let ipPrefix = declare(
    "ip_prefix",
    FunctionDocumentation(
      category: .ip, syntax: "IP_PREFIX(ip, lengthV4, lengthV6)", summary: "An address with all bits behind a prefix cleared.",
      examples: [.init("ROW x = IP_PREFIX(TO_IP(\"1.2.3.4\"), 24, 0)", "1.2.3.0")]), count: 3...3, [.ip, .integer], result: { _ in .ip }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      let columns = columns.map(frame.single)
      let v4 = frame.cells(columns[1], of: Int64.self)
      let v6 = frame.cells(columns[2], of: Int64.self)
      guard let addresses = frame.bytes(columns[0]), let v4, let v6, let rows = frame.rows(of: columns) else {
        return .nulls(.ip, rowCount: frame.rowCount)
      }
      return frame.makeBytes(rows, type: .ip) { row, out throws(EvaluationFailure) in
        guard let address = IPAddress(bytes: addresses[row]) else { return false }
        let (short, long) = (v4[row], v6[row])
        if short < 0 || short > 32 {
          throw EvaluationFailure(illegalArgument: "Prefix length v4 must be in range [0, 32], found \(short)")
        }
        if long < 0 || long > 128 {
          throw EvaluationFailure(illegalArgument: "Prefix length v6 must be in range [0, 128], found \(long)")
        }
        guard let block = IPNetwork(address: address, prefixLength: Int(address.isV4 ? short + 96 : long)) else { return false }
        block.first.append(to: out)
        return true
      }
    }
  }
}
