import Meanwhile
import Testing

@testable import MeanwhileSmile

@Suite struct SmileFormatTests {
  @Test(arguments: [
    "[]", "{}", "0", "-1", "15", "16", "-16", "-17", "2147483648", "-9223372036854775808", "9223372036854775807", "18446744073709551615",
    "9223372036854775808", "0.0", "1.5", "-1.0E-7", "true", "false", "null", #""""#, #""a""#, #"{"":{}}"#, #"{"a":[1,{"b":"ü"}],"é":null}"#,
    "\"" + String(repeating: "a", count: 32) + "\"", "\"" + String(repeating: "a", count: 33) + "\"",
    "\"" + String(repeating: "a", count: 64) + "\"", "\"" + String(repeating: "a", count: 65) + "\"",
    "\"" + String(repeating: "ü", count: 16) + "\"", "\"" + String(repeating: "ü", count: 32) + "\"",
    "\"" + String(repeating: "ü", count: 33) + "\"", "{\"" + String(repeating: "n", count: 64) + "\":1}",
    "{\"" + String(repeating: "n", count: 65) + "\":1}", "{\"" + String(repeating: "ü", count: 28) + "\":1}",
    "{\"" + String(repeating: "ü", count: 29) + "\":1}",
  ])
  func `what is written reads the same`(_ json: String) throws {
    #expect(try decoded(SmileFormat().encode(try JSONValue.parse(json))) == json)
  }

  /// Written as the format's specification says, with what this project's own writer does not use.
  static let documents: [(body: [UInt8], json: String)] = [
    // Names that are shared: "a", "b", and "a" again.
    ([1, 0xF8, 0xFA, 0x80, 0x61, 0xC2, 0x80, 0x62, 0xC4, 0xFB, 0xFA, 0x40, 0xC6, 0xFB, 0xF9], #"[{"a":1,"b":2},{"a":3}]"#),
    // Strings that are shared.
    ([2, 0xF8, 0x41, 0x68, 0x69, 0x01, 0x41, 0x79, 0x6F, 0x02, 0xF9], #"["hi","hi","yo","yo"]"#),
    // A long reference, to the first.
    ([3, 0xF8, 0x41, 0x68, 0x69, 0xEC, 0x00, 0xF9, 0xFF], #"["hi","hi"]"#),
    // A 32-bit float.
    ([0, 0x28, 0x03, 0x7E, 0x00, 0x00, 0x00], "1.5"),
    // Raw binary, and binary at seven bits a byte.
    ([4, 0xFD, 0x83, 0x01, 0x02, 0x03], #""AQID""#),
    ([0, 0xE8, 0x83, 0x00, 0x40, 0x40, 0x03], #""AQID""#),
    // A negative big integer.
    ([0, 0x26, 0x81, 0x7F, 0x01], "-1"),
  ]

  @Test(arguments: documents)
  func `a body becomes JSON`(_ body: [UInt8], json: String) throws {
    #expect(try decoded(Smile.magic + body) == json)
  }

  static let broken: [(body: [UInt8], why: String)] = [
    ([], "does not begin"), ([0x10, 0x21], "does not begin"), ([0], "unexpected end"), ([0, 0xF8], "unexpected end"),
    ([0, 0xE0, 0x61], "unexpected end"), ([0, 0x41, 0x61], "unexpected end"), ([0, 0x80, 0xFF, 0xFF], "invalid UTF-8"),
    ([2, 0x01], "has not been"), ([0, 0xF8, 0x41, 0x68, 0x69, 0x01], "has not been"), ([1, 0xFA, 0x40], "has not been"),
    ([0, 0xFB], "begins no value"), ([0, 0xF9], "begins no value"), ([0, 0xFA, 0xF9], "begins no name"),
    ([0, 0x21, 0x21], "unexpected content"),
    ([0, 0x2A, 0x80], "decimal"), ([0, 0xFD, 0x7F, 0x7F, 0x7F, 0xBF], "unexpected end"), ([0, 0xE8, 0x84, 0x00], "unexpected end"),
    ([0, 0x25] + [UInt8](repeating: 0x7F, count: 11), "beyond"), ([0, 0x29, 0, 0, 0, 0, 0, 0, 0, 0, 0], "unexpected end"),
    ([0, 0x29, 0, 0x7F, 0x78, 0, 0, 0, 0, 0, 0, 0], "no number"),
  ]

  @Test(arguments: broken)
  func `what is broken is a 400 that says why`(_ body: [UInt8], why: String) {
    let error = #expect(throws: APIError.self) { try decoded(Smile.magic + body) }
    #expect(error?.status == 400 && error?.reason.contains(why) == true, "\(error?.reason ?? "")")
  }

  @Test func `depth and length are bounded, whatever the body says`() {
    #expect(throws: APIError.self) { try decoded(Smile.magic + [0] + [UInt8](repeating: 0xF8, count: 1_000_000)) }
    // A string that is said once and meant a thousand times.
    let name = [UInt8](repeating: 0x61, count: 64)
    let bomb: [UInt8] = Smile.magic + [2, 0xF8, 0x7F] + name + [UInt8](repeating: 0x01, count: 1_000)
    let error = #expect(throws: APIError.self) { try decoded(bomb, bytesMax: 10_000) }
    #expect(error?.status == 413)
  }

  @Test func `values one after another become lines, whether or not something stands between them`() throws {
    let body: [[UInt8]] = [
      SmileFormat().encode(["a": 1]), [Smile.endOfContent], SmileFormat().encode([2]), SmileFormat().encode(["b": nil]),
      [Smile.endOfContent],
    ]
    var json = JSONWriter(bytesMax: 1_000, depthMax: 10)
    try SmileFormat().decodeLines(Array(body.joined()), into: &json)
    #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"a\":1}\n[2]\n{\"b\":null}\n")
    #expect(throws: APIError.self) { try SmileFormat().decodeLines(Array(body.joined().dropLast(2)), into: &json) }
  }

  @discardableResult
  private func decoded(_ bytes: [UInt8], bytesMax: Int = 1 << 20) throws -> String {
    var json = JSONWriter(bytesMax: bytesMax, depthMax: 256)
    try SmileFormat().decode(bytes, into: &json)
    return String(decoding: json.bytes, as: UTF8.self)
  }
}
