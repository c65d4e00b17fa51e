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
