import Meanwhile
import Testing

@testable import MeanwhileData

@Suite struct IndexResolverTests {
  private let resolver: IndexResolver = {
    func index(_ name: String, aliases: JSONObject = [:]) -> IndexSummary {
      IndexSummary(
        definition: IndexDefinition(name: name, uuid: name, created: Timestamp(milliseconds: 0), mapping: Mapping(), aliases: aliases),
        documentCount: 0, deletedCount: 0, byteCount: 0)
    }
    return IndexResolver([
      index(".hidden"), index("logs-1", aliases: ["logs": [:]]), index("logs-2", aliases: ["logs": [:]]), index("people"),
    ])
  }()

  @Test(arguments: [
    ("", ["logs-1", "logs-2", "people"]), ("_all", ["logs-1", "logs-2", "people"]), ("people,logs-1,people", ["people", "logs-1"]),
    ("logs-*,-logs-1", ["logs-2"]), ("*,-logs*", ["people"]), ("logs", ["logs-1", "logs-2"]), (".h*", [".hidden"]), ("nothing*", []),
  ])
  func `an expression names indices`(expression: String, names: [String]) throws {
    #expect(try resolver.resolve(expression) == names)
  }

  /// At 23:30 on the fourth of March 2025, universal time.
  private let now: Int64 = 1_741_131_000_000

  @Test(arguments: [
    ("logs", "logs"), ("<logs-{now/d}>", "logs-2025.03.04"), ("<logs-{now/M-1M{yyyy.MM}}>", "logs-2025.02"),
    ("<{now/d{yyyy.MM.dd|+02:00}}-x>", "2025.03.05-x"), (#"<a\{b\}-{now{yyyy}}>"#, "a{b}-2025"),
  ])
  func `a name may have date math`(name: String, resolved: String) throws {
    #expect(try IndexName.resolvingDateMath(name, nowMillis: now) == resolved)
  }

  @Test(arguments: ["<logs-{now/d>", "<logs-}>", "<{now{}}>", "<{now/x}>", "<{now{yyyy|Nowhere/Land}}>"])
  func `date math that makes no sense is refused`(name: String) {
    #expect(throws: APIError.self) { try IndexName.resolvingDateMath(name, nowMillis: now) }
  }

  @Test func `missing names are errors unless they may be missing`() throws {
    #expect(throws: APIError.indexNotFound("gone")) { try resolver.resolve("people,gone") }
    var options = IndexResolver.Options()
    options.ignoreUnavailable = true
    #expect(try resolver.resolve("people,gone", options: options) == ["people"])
    options.allowNoIndices = false
    #expect(throws: APIError.indexNotFound("gone*")) { try resolver.resolve("gone*", options: options) }
    options = try IndexResolver.Options(["expand_wildcards": "all"])
    #expect(try resolver.resolve("*", options: options).first == ".hidden")
  }
}
