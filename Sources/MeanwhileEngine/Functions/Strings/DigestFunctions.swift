import MeanwhileData

/// `HASH`, `MD5`, `SHA1`, `SHA256`.
extension ScalarFunction {
  static let md5 = digest("md5", .md5, "900150983cd24fb0d6963f7d28e17f72")
  static let sha1 = digest("sha1", .sha1, "a9993e364706816aba3e25717850c26c9cd0d89d")
  static let sha256 = digest("sha256", .sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

  private static func digest(_ name: String, _ algorithm: MessageDigest, _ ofABC: String) -> ScalarFunction {
    declare(
      name,
      FunctionDocumentation(
        category: .string, syntax: "\(name.uppercased())(input)", summary: "The \(algorithm.rawValue) digest, in hexadecimal digits.",
        examples: [.init("ROW x = \(name.uppercased())(\"abc\")", ofABC)]), count: 1...1, [.string], result: { _ in .keyword }
    ) { _, _ throws(FunctionError) in
      let cache = DictionaryCache<DictionaryMapping>()
      return { columns, frame in
        frame.mapText(columns[0], type: .keyword, cache: cache) { text, out in
          algorithm.appendHexadecimal(of: text) { out.append($0) }
          return true
        }
      }
    }
  }

  static let hash = declare(
    "hash",
    FunctionDocumentation(
      category: .string, syntax: "HASH(algorithm, input)",
      summary: "A digest of the input, in hexadecimal digits: MD5, SHA-1, SHA-224, SHA-256, SHA-384 or SHA-512.",
      examples: [.init("ROW x = HASH(\"md5\", \"abc\")", "900150983cd24fb0d6963f7d28e17f72")]), count: 2...2, [.string],
    result: { _ in .keyword }
  ) { arguments, _ throws(FunctionError) in
    if case .bytes(let bytes)? = arguments[0].constant {
      let name = String(decoding: bytes, as: UTF8.self)
      guard MessageDigest(named: name) != nil else {
        throw FunctionError("invalid algorithm for [", quotingCall: "]: \(name) MessageDigest not available")
      }
    }
    return { columns, frame in
      guard let (cells, nulls, isConstant) = frame.allBytes(columns) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      return frame.makeBytes(RowSet(nulls: nulls, isConstant: isConstant, of: frame), type: .keyword) {
        row, out throws(EvaluationFailure) in
        let name = String(decoding: cells[0][row], as: UTF8.self)
        guard let algorithm = MessageDigest(named: name) else {
          throw EvaluationFailure("java.security.NoSuchAlgorithmException: \(name) MessageDigest not available")
        }
        algorithm.appendHexadecimal(of: cells[1][row]) { out.append($0) }
        return true
      }
    }
  }
}
