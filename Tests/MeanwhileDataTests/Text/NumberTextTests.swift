import Meanwhile
import MeanwhileData
import Testing

@Suite struct NumberTextTests {
  @Test func wholeNumbersAreStrict() {
    #expect(NumberText.parseInt64("-9223372036854775808") == .min)
    #expect(NumberText.parseInt64("+7") == 7)
    #expect(NumberText.parseUInt64("18446744073709551615") == .max)
    for bad in ["", "-", "+", "1.0", " 1", "1 ", "0x1", "9223372036854775808", "１"] { #expect(NumberText.parseInt64(bad) == nil) }
    #expect(NumberText.parseUInt64("-1") == nil)
  }

  @Test(arguments: [
    "0", "1.5", "-0.1", "123456.789", "1e3", "1.7976931348623157E308", "4.9E-324", "0.30000000000000004", "9007199254740993", ".5", "5.",
  ])
  func decimalsReadAsSwiftReadsThem(text: String) {
    let expected = Double(text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? text + "0" : text)
    #expect(NumberText.parseDouble(text) == expected)
  }

  @Test func decimalsAreStrict() {
    for bad in ["", "-", ".", "1e", "0x1p3", "inf", "nan", "1e999", "1,5", "1.2.3", " 1", "--1"] {
      #expect(NumberText.parseDouble(bad) == nil)
    }
    #expect(NumberText.parseDouble("Infinity") == .infinity)
    #expect(NumberText.parseDouble("NaN")?.isNaN == true)
  }

  @Test func doublesPrintAsJavaPrintsThem() {
    var random = SystemRandomNumberGenerator()
    var values: [Double] = [
      0, -0.0, 1, 9.1, 40, 0.001, 0.00099, 1e7, 9_999_999, 123_456.125, 0.1 + 0.2, .pi, -2.5, 1e-300, .nan, .infinity, 0.1234567,
    ]
    for _ in 0..<2_000 {
      values.append(Double.random(in: -1e7...1e7, using: &random))
      values.append((Double.random(in: 0...1e5, using: &random) * 100).rounded() / 100)
    }
    for value in values {
      let out = VectorBuilder<UInt8>()
      NumberText.append(value, to: out)
      #expect(String(decoding: out.buffer, as: UTF8.self) == JSONText.javaSpelling(of: value))
    }
  }

  @Test func integersPrintInFull() {
    for value in [Int64.min, -1, 0, 7, .max] {
      let out = VectorBuilder<UInt8>()
      NumberText.append(value, to: out)
      #expect(String(decoding: out.buffer, as: UTF8.self) == String(value))
    }
    #expect(UnsignedLong.decode(UnsignedLong.encode(.max)) == .max)
    #expect(UnsignedLong.encode(5) < UnsignedLong.encode(.max))
  }
}
