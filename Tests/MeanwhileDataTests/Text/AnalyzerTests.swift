import MeanwhileData
import Testing

@Suite struct AnalyzerTests {
  @Test(arguments: [
    (Analyzer.standard, "The QUICK brown-foxes!", ["the", "quick", "brown", "foxes"]),
    (.standard, "can't stop example.com 3.14 1,000 a,b x_y", ["can't", "stop", "example.com", "3.14", "1,000", "a", "b", "x_y"]),
    (.standard, "Crème ÉCLAIR naïve", ["crème", "éclair", "naïve"]), (.standard, "日本語 カタカナ", ["日", "本", "語", "カタカナ"]),
    (.standard, "end. 'quoted' 10.0.0.1", ["end", "quoted", "10.0.0.1"]), (.standard, "", []), (.standard, "...", []),
    (.simple, "It's 2 late", ["it", "s", "late"]), (.whitespace, "A-b  C.d\n", ["A-b", "C.d"]), (.keyword, "New York", ["New York"]),
    (.stop, "The fox is in the box", ["fox", "box"]),
  ])
  func cutsTextsIntoTerms(analyzer: Analyzer, text: String, terms: [String]) {
    #expect(analyzer.terms(of: text).map { String(decoding: $0, as: UTF8.self) } == terms)
  }

  @Test func tellsPositionsAndOffsets() {
    var text = "The quick the Fox"
    text.withUTF8 { bytes in
      var tokens = Analyzer.stop.tokens(of: bytes)
      #expect(tokens.next() == TokenIterator.Token(bytes: 4..<9, position: 1))
      #expect(tokens.next() == TokenIterator.Token(bytes: 14..<17, position: 3))
      #expect(tokens.next() == nil)
    }
  }

  @Test func survivesWhatIsNotUTF8() {
    let broken: [UInt8] = [0x61, 0xFF, 0x62, 0xE3, 0x81]
    broken.withUnsafeBufferPointer { bytes in
      var tokens = Analyzer.standard.tokens(of: bytes)
      var count = 0
      while tokens.next() != nil { count += 1 }
      #expect(count == 2)
    }
  }

  @Test func longTermsAreCut() {
    #expect(Analyzer.standard.terms(of: String(repeating: "a", count: 3_000)).count == 3)
  }
}
