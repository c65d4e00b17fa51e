import Meanwhile
import Testing

@testable import MeanwhileData

/// The reader of documents agrees with the reader of JSON values on what is JSON, whatever bytes come.
@Suite struct DocumentReaderTests {
  /// Whether bytes are read as JSON; a name that no field can have is another matter.
  private func accepts(_ bytes: [UInt8]) throws -> Bool {
    let builder = try SegmentBuilder(mapping: Mapping(dynamic: .false))
    return bytes.withUnsafeBufferPointer { source in
      do throws(DocumentFault) {
        _ = try builder.add(source, id: source, version: 1, sequenceNumber: 0, skipsUnmapped: true)
        return true
      } catch {
        if case .syntax = error.reason { return false }
        return true
      }
    }
  }

  @Test(arguments: [
    #"{}"#, #" {"a" : [ ] , "b":{"c":[{},[[]]]}} "#, #"{"a":"\u00e9\ud83d\ude00\n"}"#, #"{"a":-0.5e+10,"b":0}"#, "{\"a\":\"ü☃😀\"}",
  ])
  func `JSON objects are read`(text: String) throws { #expect(try accepts(Array(text.utf8))) }

  @Test(arguments: [
    "", "[]", "1", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":+1}"#, #"{"a":"\x"}"#, #"{"a":"\ud800"}"#,
    "{\"a\":\"\n\"}",
    #"{"a":tru}"#, #"{"a":1}}"#, #"{'a':1}"#, #"{"a":1 "b":2}"#, #"{"a":[1,]}"#, #"{"a":nul"#,
  ])
  func `anything else is refused`(text: String) throws { #expect(try !accepts(Array(text.utf8))) }

  @Test(arguments: [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x98], [0x80], [0xFF]] as [[UInt8]])
  func `invalid UTF-8 is refused`(bytes: [UInt8]) throws {
    #expect(try !accepts(Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)))
  }

  @Test func `nesting has a limit`() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(try !accepts(Array("{\"a\":\(deep)".utf8)))
    #expect(try accepts(Array("{\"a\":\(String(repeating: "[", count: 100))\(String(repeating: "]", count: 100))}".utf8)))
  }

  @Test func `mutated documents are refused or accepted as JSON values are`() throws {
    let original = Array(#"{"name":"Gr\u00fcn \"x\"","n":[1,-2.5e3,null],"o":{"t":true,"f":false,"s":"☃ and more text"},"e":{}}"#.utf8)
    var random = Knuth(state: 7)
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(original[Int.random(in: 0..<original.count, using: &random)], at: place)
        }
      }
      var isObject = false
      if case .object? = try? JSONValue.parse(bytes, depthMax: 150) { isObject = true }
      let isAccepted = try accepts(bytes)
      #expect(isAccepted == isObject, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

/// Random numbers that repeat: Knuth's linear congruential generator, its high bits first.
private struct Knuth: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state.byteSwapped ^ (state >> 32)
  }
}
