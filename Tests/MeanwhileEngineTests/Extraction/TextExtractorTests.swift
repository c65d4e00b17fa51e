import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// The columns that texts are cut into.
@Suite struct TextExtractorTests {
  /// The extractor's values of one text, or of a row's several.
  private func values(_ extractor: TextExtractor, _ texts: String...) -> [String: Value] {
    let column = ColumnBuilder.column(of: [.several(texts.map { .string($0) })], type: .keyword)
    let frame = EvaluationFrame(
      rowCount: 1, page: Page(rowCount: 1, columns: []), warnings: Warnings(), settings: QuerySettings(now: Timestamp(milliseconds: 0)),
      origin: .none)
    let columns = extractor.columns(of: column, frame)
    return Dictionary(uniqueKeysWithValues: zip(extractor.fields, columns).map { ($0.name, $1.value(atRow: 0)) })
  }

  @Test(arguments: [
    ("%{a} %{b}", "", "x y", ["a": "x", "b": "y"]), ("%{a} - %{b};", "", "x - y z;", ["a": "x", "b": "y z"]), ("%{a} %{b}", "", "x", [:]),
    ("%{+a} %{b} %{+a}", ",", "x y z", ["a": "x,z", "b": "y"]), ("%{+a/2} %{+a/1}", "", "x y", ["a": "yx"]),
    ("%{a->} %{b}", "", "x   y", ["a": "x", "b": "y"]), ("%{a} %{?skip} %{} %{b}", "", "x y z w", ["a": "x", "b": "w"]),
    ("[%{a}]", "", "[]", ["a": ""]),
  ])
  func dissects(pattern: String, separator: String, text: String, expected: [String: String]) throws {
    let found = values(.dissect(try DissectPattern(pattern, separator: separator)), text).filter { $0.value != .null }
    #expect(found == expected.mapValues { .string($0) })
  }

  @Test(arguments: ["no key", "%{a}%{b}", "%{*a} %{&a}", "%{a"]) func refusesDissection(pattern: String) {
    #expect(throws: CapturePatternError.self) { try DissectPattern(pattern) }
  }

  @Test func groks() throws {
    let patterns = try GrokPatterns(["%{TIMESTAMP_ISO8601:at} %{IP:ip} %{EMAILADDRESS:who} %{NUMBER:n:int}"])
    #expect(
      values(.grok(patterns), "2023-01-23T12:15:00Z 127.0.0.1 some.email@foo.com 42") == [
        "at": .string("2023-01-23T12:15:00Z"), "ip": .string("127.0.0.1"), "who": .string("some.email@foo.com"), "n": .long(42),
      ])
  }

  @Test func grokAddsUpValues() throws {
    let patterns = try GrokPatterns(["%{WORD:a} %{WORD:a}"])
    #expect(values(.grok(patterns), "x y", "no", "z w") == ["a": .several(["x", "y", "z", "w"].map { .string($0) })])
  }

  @Test(arguments: ["%{NOSUCH:a}", "(?<a>x", "%{WORD:a:int} %{WORD:a}"]) func refusesPatterns(pattern: String) {
    #expect(throws: CapturePatternError.self) { try GrokPatterns([pattern]) }
  }

  /// A pattern of the library, and a text that it matches as a whole.
  @Test(arguments: [
    ("IPV6", "fe80::1"), ("IPV6", "::ffff:1.2.3.4"), ("IPV4", "255.1.20.3"), ("HTTPDATE", "10/Oct/2000:13:55:36 -0700"),
    ("MAC", "00:1A:2b:3c:4d:5e"),
    ("UUID", "123e4567-e89b-12d3-a456-426614174000"), ("URI", "https://user:pw@example.com:8080/a/b?c=d"), ("LOGLEVEL", "WARN"),
    ("QS", "\"a \\\" b\""),
    ("SYSLOGTIMESTAMP", "Jan  3 10:11:12"), ("BASE16NUM", "0xFF"), ("WINPATH", "C:\\a\\b"), ("JAVACLASS", "org.example.Main"),
    ("INT", "-12"),
    ("COMBINEDAPACHELOG", "1.2.3.4 - frank [10/Oct/2000:13:55:36 -0700] \"GET /a HTTP/1.0\" 200 2326 \"http://x/\" \"Mozilla/4.08\""),
  ])
  func libraryMatches(name: String, text: String) throws {
    let found = values(.grok(try GrokPatterns(["^%{\(name):whole}$"])), text)["whole"]
    #expect(found == .string(text))
  }

  @Test func everyPatternOfTheLibraryCompiles() throws {
    for name in GrokLibrary.patterns.keys.sorted() { _ = try GrokPatterns(["%{\(name)}"]) }
  }

  @Test func takesURIsApart() {
    let found = values(.uriParts, "http://me:pw@www.example.com:80/a/b.gif?key=val#frag").filter { $0.value != .null }
    #expect(
      found == [
        "scheme": .string("http"), "user_info": .string("me:pw"), "username": .string("me"), "password": .string("pw"),
        "domain": .string("www.example.com"), "port": .long(80), "path": .string("/a/b.gif"), "extension": .string("gif"),
        "query": .string("key=val"), "fragment": .string("frag"),
      ])
  }
}
