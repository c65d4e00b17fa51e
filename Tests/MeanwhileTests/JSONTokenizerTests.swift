import Testing

@testable import Meanwhile

struct JSONTokenizerTests {
  static let texts = [
    #"{"a":[1,-2.5,1.0E10,true,false,null,"x",{}],"b":{"c":[]},"ü":"é\"\\/\b\f\n\r\t"}"#, "[]", "0", #""""#, "-12345678901234567890",
    "null",
    #"{"":[[[]],{"":""}]}"#,
  ]

  @Test("JSON stays what it is, wherever its chunks end", arguments: texts)
  func chunks(_ text: String) throws {
    let bytes = Array(text.utf8)
    let value = try JSONValue.parse(bytes)
    for size in 1...bytes.count {
      var tokenizer = JSONTokenizer(JSONWriter())
      for start in stride(from: 0, to: bytes.count, by: size) {
        tokenizer.read(Array(bytes[start..<min(start + size, bytes.count)]), isLast: false)
      }
      tokenizer.read([], isLast: true)
      #expect(try JSONValue.parse(tokenizer.encoder.bytes) == value, "in chunks of \(size)")
    }
  }

  @Test(
    "Escapes are characters",
    arguments: [(#""\u00e9\u0041""#, "éA"), (#""\ud83d\ude00""#, "😀"), (#""\ud83d""#, "\u{FFFD}"), (#""\u12""#, "\u{FFFD}")])
  func escapes(_ json: String, text: String) throws {
    var tokenizer = JSONTokenizer(JSONWriter())
    tokenizer.read(Array(json.utf8), isLast: true)
    #expect(try JSONValue.parse(tokenizer.encoder.bytes) == .string(text))
  }

  @Test("What is no JSON breaks nothing", arguments: ["}]{", "\"", "\\", "{\"a\"", "[1,", "tru", "{]}[", "\"\\", "\"\\u1"])
  func nonsense(_ text: String) throws {
    var tokenizer = JSONTokenizer(FilteringEncoder(JSONWriter(style: .pretty), try FilterPath("a")))
    tokenizer.read(Array(text.utf8), isLast: true)
  }

  @Test("What is pretty is laid out as the tree is")
  func pretty() throws {
    let value = try JSONValue.parse(#"{"a":[1,{"b":[]}],"c":{}}"#)
    var tokenizer = JSONTokenizer(JSONWriter(style: .pretty))
    tokenizer.read(value.encoded(), isLast: true)
    #expect(String(decoding: tokenizer.encoder.bytes, as: UTF8.self) == value.text(.pretty))
  }

  @Test(
    "A number is whole where it can be",
    arguments: [
      ("0", .integer(0)), ("-9223372036854775808", .integer(.min)), ("9223372036854775807", .integer(.max)),
      ("18446744073709551615", .unsigned(.max)),
      ("18446744073709551616", .double(18446744073709551616)), ("1.0", .double(1)), ("1e3", .double(1000)), ("-0", .integer(0)),
    ] as [(String, JSONNumber)])
  func numbers(_ text: String, number: JSONNumber) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { JSONNumber($0) } == number)
  }
}
