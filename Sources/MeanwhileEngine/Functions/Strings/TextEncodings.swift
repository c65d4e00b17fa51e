import MeanwhileData

/// Base64 and the percent encoding of URLs.
extension ScalarFunction {
  static let toBase64 = encoding(
    "to_base64", "The string in Base64.", example: .init("ROW x = TO_BASE64(\"elastic\")", "ZWxhc3RpYw==")
  ) { text, out throws(EvaluationFailure) in
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for start in stride(from: 0, to: text.count, by: 3) {
      let group = (0..<3).map { start + $0 < text.count ? UInt32(text[start + $0]) : 0 }
      let bits = group[0] << 16 | group[1] << 8 | group[2]
      let used = min(3, text.count - start) + 1
      for place in 0..<4 { out.append(place < used ? digits[Int(bits >> UInt32(18 - place * 6)) & 63] : UInt8(ascii: "=")) }
    }
  }

  static let fromBase64 = encoding(
    "from_base64", "The string that was written in Base64.", example: .init("ROW x = FROM_BASE64(\"ZWxhc3RpYw==\")", "elastic")
  ) { text, out throws(EvaluationFailure) in
    var end = text.count
    while end > 0, text[end - 1] == UInt8(ascii: "="), text.count - end < 2 { end -= 1 }
    if end % 4 == 1 {
      throw EvaluationFailure(illegalArgument: "Last unit does not have enough valid bits")
    }
    var bits: UInt32 = 0
    var count = 0
    for index in 0..<end {
      let digit: UInt8
      switch text[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = text[index] - UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = text[index] - UInt8(ascii: "a") + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = text[index] - UInt8(ascii: "0") + 52
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      case let other: throw EvaluationFailure(illegalArgument: "Illegal base64 character \(String(other, radix: 16))")
      }
      bits = bits << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
  }

  static let urlEncode = encoding(
    "url_encode", "The string as a value of an HTML form: spaces are `+`.",
    example: .init("ROW x = URL_ENCODE(\"a b&c\")", "a+b%26c")
  ) { text, out throws(EvaluationFailure) in percentEncode(text, spaceIsPlus: true, out) }

  static let urlEncodeComponent = encoding(
    "url_encode_component", "The string as part of a URL: spaces are `%20`.",
    example: .init("ROW x = URL_ENCODE_COMPONENT(\"a b&c\")", "a%20b%26c")
  ) { text, out throws(EvaluationFailure) in percentEncode(text, spaceIsPlus: false, out) }

  static let urlDecode = encoding(
    "url_decode", "The string that was encoded for a URL.", example: .init("ROW x = URL_DECODE(\"a+b%26c\")", "a b&c")
  ) { text, out throws(EvaluationFailure) in
    var at = 0
    while at < text.count {
      switch text[at] {
      case UInt8(ascii: "+"): out.append(0x20)
      case UInt8(ascii: "%"):
        let digits = at + 2 < text.count ? text.part(at + 1, 2).map { Character(Unicode.Scalar($0)).hexDigitValue } : []
        guard digits.count == 2, let high = digits[0], let low = digits[1] else {
          throw EvaluationFailure(illegalArgument: "URLDecoder: Incomplete trailing escape (%) pattern")
        }
        out.append(UInt8(high * 16 + low))
        at += 2
      default: out.append(text[at])
      }
      at += 1
    }
  }

  private static func percentEncode(_ text: UnsafeBufferPointer<UInt8>, spaceIsPlus: Bool, _ out: VectorBuilder<UInt8>) {
    let digits = Array("0123456789ABCDEF".utf8)
    let marks = spaceIsPlus ? Array("-_.*".utf8) : Array("-_.~".utf8)
    for byte in text {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        out.append(byte)
      case 0x20 where spaceIsPlus: out.append(UInt8(ascii: "+"))
      case _ where marks.contains(byte): out.append(byte)
      default:
        out.append(UInt8(ascii: "%"))
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
      }
    }
  }

  private static func encoding(
    _ name: String, _ summary: String, example: FunctionDocumentation.Example,
    _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>, VectorBuilder<UInt8>) throws(EvaluationFailure) -> Void
  ) -> ScalarFunction {
    declare(
      name, FunctionDocumentation(category: .string, syntax: "\(name.uppercased())(string)", summary: summary, examples: [example]),
      count: 1...1, [.string], result: { _ in .keyword }
    ) { _, _ throws(FunctionError) in
      { columns, frame in
        guard let cells = frame.bytes(columns[0]) else { return .nulls(.keyword, rowCount: frame.rowCount) }
        let rows = RowSet(nulls: cells.nulls, isConstant: cells.isConstant, of: frame)
        return frame.makeBytes(rows, type: .keyword) { row, out throws(EvaluationFailure) in
          try body(cells[row], out)
          return true
        }
      }
    }
  }
}
