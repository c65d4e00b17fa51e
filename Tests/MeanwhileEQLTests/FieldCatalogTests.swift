import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEQL

private func definition(_ name: String, _ properties: [String: FieldMapping]) -> IndexDefinition {
  IndexDefinition(name: name, uuid: "u", created: Timestamp(milliseconds: 0), mapping: Mapping(properties: properties))
}

@Suite("Fields of several indices")
struct FieldCatalogTests {
  private let catalog = FieldCatalog([
    definition(
      "one",
      [
        "pid": FieldMapping(type: .long), "status": FieldMapping(type: .keyword), "where": FieldMapping(type: .geoPoint),
        "category": FieldMapping(type: .alias, parameters: ["path": "status"]),
        "name": FieldMapping(type: .text, multiFields: ["keyword": FieldMapping(type: .keyword)]), "body": FieldMapping(type: .text),
        "started": FieldMapping(type: .date, parameters: ["format": "yyyy"]),
        "items": FieldMapping(type: .nested, properties: ["id": FieldMapping(type: .long)]),
        "process": FieldMapping(type: .object, properties: ["pid": FieldMapping(type: .integer)]),
      ]),
    definition("two", ["status": FieldMapping(type: .long), "pid": FieldMapping(type: .long)]),
  ])

  @Test func fields() {
    #expect(catalog.resolve("pid") == .field(.init(name: "pid", path: "pid", type: .long)))
    #expect(catalog.resolve("process.pid") == .field(.init(name: "process.pid", path: "process.pid", type: .integer)))
    #expect(catalog.resolve("started") == .field(.init(name: "started", path: "started", type: .date, dateFormat: "yyyy")))
    #expect(catalog.resolve("nothing") == .unknown)
  }

  @Test("Analysed text is read through a sub-field that keeps whole values, if it has one")
  func text() {
    #expect(catalog.resolve("name") == .field(.init(name: "name", path: "name.keyword", type: .keyword)))
    #expect(catalog.resolve("body") == .field(.init(name: "body", path: "body", type: .text)))
  }

  @Test("An alias stands for its target")
  func alias() {
    let aliases = FieldCatalog([
      definition("one", ["type": FieldMapping(type: .keyword), "category": FieldMapping(type: .alias, parameters: ["path": "type"])])
    ])
    #expect(aliases.resolve("category") == .field(.init(name: "category", path: "type", type: .keyword)))
  }

  @Test("An alias in one index and a field in another are not the same field")
  func ambiguousAlias() {
    let catalog = FieldCatalog([
      definition("one", ["type": FieldMapping(type: .keyword), "category": FieldMapping(type: .alias, parameters: ["path": "type"])]),
      definition("two", ["category": FieldMapping(type: .keyword)]),
    ])
    #expect(catalog.resolve("category") == .unusable("Cannot use field [category]: it stands for different fields in different indices"))
  }

  static let unusable: [(name: String, message: String)] = [
    ("where", "Cannot use field [where] with unsupported type [geo_point]"),
    (
      "status",
      "Cannot use field [status] due to ambiguities being mapped as [2] incompatible types: [keyword] in [one], [long] in [two]"
    ),
    ("items", "Cannot use field [items] type [nested] due to nested fields not being supported yet"),
  ]

  @Test(arguments: unusable)
  func saysWhy(_ example: (name: String, message: String)) {
    #expect(catalog.resolve(example.name) == .unusable(example.message))
  }

  @Test func suggestions() {
    #expect(Suggestions.text(for: "pib", among: ["pid", "ppid", "md5"]) == ", did you mean any of [pid, ppid]?")
    #expect(Suggestions.text(for: "md4", among: ["md5", "host"]) == ", did you mean [md5]?")
    #expect(Suggestions.text(for: "xxx", among: ["md5", "host"]) == "")
  }
}
