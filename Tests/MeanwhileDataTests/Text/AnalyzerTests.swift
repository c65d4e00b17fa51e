import MeanwhileData
import Testing

@Suite struct AnalyzerTests {
  @Test(arguments: [
    (Analyzer.standard, "The QUICK brown-foxes!", ["the", "quick", "brown", "foxes"]),
    (.standard, "can't stop example.com 3.14 1,000 a,b x_y", ["can't", "stop", "example.com", "3.14", "1,000", "a", "b", "x_y"]),
    (.standard, "Crème ÉCLAIR naïve", ["crème", "éclair", "naïve"]), (.standard, "日本語 カタカナ", ["日", "本", "語", "カタカナ"]),
    (.standard, "end. 'quoted' 10.0.0.1", ["end", "quoted", "10.0.0.1"]), (.standard, "", []), (.standard, "...", []),
    (.simple, "It's 2 late", ["it", "s", "late"]), (.whitespace, "A-b  C.d\n", ["A-b", "C.d"]), (.keyword, "New York", ["New York"]),
    (.stop, "The fox is in the box", ["fox", "box"]), (.english, "The dogs' owners: the DOG'S running", ["dog", "owner", "dog", "run"]),
    (.english, "O’Neil’s fox’s", ["o’neil", "fox"]), (.english, "3.5s it's", ["3.5"]),
  ])
  func cutsTextsIntoTerms(analyzer: Analyzer, text: String, terms: [String]) {
    #expect(analyzer.terms(of: text).map { String(decoding: $0, as: UTF8.self) } == terms)
  }

  /// The examples of Porter's paper, each after all steps, and words that no rule may touch.
  @Test func takesEnglishWordsToTheirStems() {
    let stems = """
      caresses caress ponies poni ties ti cats cat feed feed agreed agre plastered plaster bled bled motoring motor sing sing conflated conflat \
      troubled troubl sized size hopping hop tanned tan falling fall hissing hiss fizzed fizz failing fail filing file happy happi sky sky \
      relational relat conditional condit rational ration valenci valenc hesitanci hesit digitizer digit conformabli conform radicalli radic \
      differentli differ vileli vile analogousli analog vietnamization vietnam predication predic operator oper feudalism feudal \
      decisiveness decis hopefulness hope callousness callous formaliti formal sensitiviti sensit sensibiliti sensibl triplicate triplic \
      formative form formalize formal electriciti electr electrical electr hopeful hope goodness good revival reviv allowance allow \
      inference infer airliner airlin gyroscopic gyroscop adjustable adjust defensible defens irritant irrit replacement replac \
      adjustment adjust dependent depend adoption adopt homologou homolog communism commun activate activ angulariti angular \
      homologous homolog effective effect bowdlerize bowdler probate probat rate rate cease ceas controll control roll roll \
      apology apolog yes ye yyyed yy ss ss és és élans élan
      """.split(separator: " ")
    for pair in stride(from: 0, to: stems.count, by: 2) {
      let found = Analyzer.english.terms(of: String(stems[pair])).last.map { String(decoding: $0, as: UTF8.self) }
      #expect(found == String(stems[pair + 1]), "\(stems[pair])")
    }
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
