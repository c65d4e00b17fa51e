import Meanwhile
import Testing

@testable import MeanwhileCBOR

@Suite struct CBORFormatTests {
  /// Of RFC 8949, appendix A, and what it says of lengths that are not told.
  static let examples: [(hex: String, json: String)] = [
    ("00", "0"), ("17", "23"), ("1818", "24"), ("1903e8", "1000"), ("1b000000e8d4a51000", "1000000000000"),
    ("1bffffffffffffffff", "18446744073709551615"), ("20", "-1"), ("3903e7", "-1000"), ("f90000", "0.0"), ("f93e00", "1.5"),
    ("f97bff", "65504.0"), ("fa47c35000", "100000.0"), ("fb3ff199999999999a", "1.1"), ("f90001", "5.960464477539063E-8"), ("f4", "false"),
    ("f5", "true"), ("f6", "null"), ("f7", "null"), ("60", #""""#), ("6161", #""a""#), ("62225c", #""\"\\""#), ("62c3bc", #""ü""#),
    ("4401020304", #""AQIDBA==""#), ("c074323031332d30332d32315432303a30343a30305a", #""2013-03-21T20:04:00Z""#), ("80", "[]"),
    ("83010203", "[1,2,3]"), ("8301820203820405", "[1,[2,3],[4,5]]"), ("a0", "{}"), ("a201020304", #"{"1":2,"3":4}"#),
    ("a26161016162820203", #"{"a":1,"b":[2,3]}"#), ("7f657374726561646d696e67ff", #""streaming""#), ("9fff", "[]"),
    ("9f018202039f0405ffff", "[1,[2,3],[4,5]]"), ("bf61610161629f0203ffff", #"{"a":1,"b":[2,3]}"#),
    ("826161bf61626163ff", #"["a",{"b":"c"}]"#),
  ]

  @Test(arguments: examples)
  func `a body becomes JSON`(_ hex: String, json: String) throws {
    #expect(try decoded(bytes(hex)) == json)
  }

  static let broken: [(hex: String, why: String)] = [
    ("", "unexpected end"), ("18", "unexpected end"), ("62c3", "unexpected end"), ("61ff", "invalid UTF-8"), ("9f01", "unexpected end"),
    ("8201", "unexpected end"), ("ff", "stop code"), ("bf6161ff", "name without its value"), ("a1f500", "no string"), ("1c", "reserved"),
    ("f97e00", "no number"), ("0000", "unexpected content"), ("c249010000000000000000", "beyond"), ("3bffffffffffffffff", "below"),
    ("9bffffffffffffffff00", "unexpected end"), ("5bffffffffffffffff", "unexpected end"), ("7f4161ff", "another kind"),
    ("f8ff", "simple value"),
  ]

  @Test(arguments: broken)
  func `what is broken is a 400 that says why`(_ hex: String, why: String) {
    let error = #expect(throws: APIError.self) { try decoded(bytes(hex)) }
    #expect(error?.status == 400 && error?.reason.contains(why) == true, "\(error?.reason ?? "")")
  }

  @Test func `depth and length are bounded, whatever the body says`() {
    let deep = [UInt8](repeating: 0x81, count: 1_000_000)
    #expect(throws: APIError.self) { try decoded(deep) }
    let long = #expect(throws: APIError.self) { try decoded([0x9F] + [UInt8](repeating: 0xF6, count: 1_000), bytesMax: 1_000) }
    #expect(long?.status == 413)
  }

  @Test(arguments: [
    (
      #"{"a":[1,-1,24,256,65536,4294967296,18446744073709551615]}"#,
      "bf61619f0120181819010 01a000100001b00000001000000001bffffffffffffffffffff"
    ),
    (#"[1.5,true,false,null,"ü"]"#, "9ffb3ff8000000000000f5f4f662c3bcff"), ("[]", "9fff"), (#"{"":{}}"#, "bf60bfffff"),
  ])
  func `a response is written`(_ json: String, hex: String) throws {
    let value = try JSONValue.parse(json)
    let written = encoded(value)
    #expect(written == bytes(hex.filter { $0 != " " }))
    #expect(try decoded(written) == json)
  }

  private func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }

  @Test func `values one after another become lines, whether or not something stands between them`() throws {
    let body: [[UInt8]] = [
      CBORFormat().encode(["a": 1]), [CBOR.stop], CBORFormat().encode([2]), CBORFormat().encode(["b": nil]), [CBOR.stop],
    ]
    var json = JSONWriter(bytesMax: 1_000, depthMax: 10)
    try CBORFormat().decodeLines(Array(body.joined()), into: &json)
    #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"a\":1}\n[2]\n{\"b\":null}\n")
    #expect(throws: APIError.self) { try CBORFormat().decodeLines(Array(body.joined().dropLast(2)), into: &json) }
  }

  @discardableResult
  private func decoded(_ bytes: [UInt8], bytesMax: Int = 1 << 20) throws -> String {
    var json = JSONWriter(bytesMax: bytesMax, depthMax: 256)
    try CBORFormat().decode(bytes, into: &json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  private func encoded(_ value: JSONValue) -> [UInt8] { CBORFormat().encode(value) }
}
