import Meanwhile
import MeanwhileData

/// What the clauses of ``IndexStoreConformance`` write, and how they look at what is there.
enum IndexSample {
  static func definition(_ name: String) -> IndexDefinition {
    IndexDefinition(
      name: name, uuid: "u-\(name)", created: Timestamp(milliseconds: 1_700_000_000_000),
      mapping: Mapping(properties: ["n": FieldMapping(type: .long), "tag": FieldMapping(type: .keyword)]),
      settings: ["number_of_shards": "1"])
  }

  static func write(_ id: String?, _ source: String) -> DocumentWrite {
    DocumentWrite(operation: .index, id: id, source: Array(source.utf8))
  }

  /// The HTTP status that an outcome stands for.
  static func status(_ outcome: DocumentWriteResult.Outcome) -> Int {
    switch outcome {
    case .created: 201
    case .updated, .deleted: 200
    case .notFound: 404
    case .failed(let error): error.status
    }
  }

  /// A field's cells by document id.
  static func cells(_ field: String, _ snapshot: IndexSnapshot) throws -> [String: Value] {
    var cells: [String: Value] = [:]
    for view in snapshot.segments {
      let ids = try view.segment.column(MetadataField.id)
      let column = try view.segment.column(field)
      for row in 0..<view.segment.rowCount where view.deleted?[row] != true {
        guard case .bytes(let id)? = ids?.value(atRow: row) else {
          throw ConformanceFailure(clause: "a snapshot holds together", detail: "row [\(row)] has no id")
        }
        let name = String(decoding: id, as: UTF8.self)
        guard cells.updateValue(column?.value(atRow: row) ?? .null, forKey: name) == nil else {
          throw ConformanceFailure(clause: "a snapshot holds together", detail: "document [\(name)] is there twice")
        }
      }
    }
    return cells
  }

  static func cells(_ field: String, _ store: any IndexStore) async throws -> [String: Value] {
    try cells(field, try await store.snapshot(of: "a"))
  }

  static func sources(_ store: any IndexStore) async throws -> [String: [UInt8]] {
    try await cells(MetadataField.source, store).mapValues { value in
      guard case .bytes(let bytes) = value else {
        throw ConformanceFailure(clause: "a snapshot holds together", detail: "a document without its source")
      }
      return bytes
    }
  }

  /// Checks that inverted indexes, where segments have them, say of each term what the texts say.
  static func checkIndexes(_ snapshot: IndexSnapshot, _ check: Check) throws {
    for view in snapshot.segments {
      for (path, analyzer) in snapshot.definition.mapping.analyzers {
        guard let column = try view.segment.column(path), let index = try view.segment.invertedIndex(path, analyzer: analyzer) else {
          continue
        }
        var expected: [[UInt8]: [UInt32]] = [:]
        for row in 0..<view.segment.rowCount {
          var terms: Set<[UInt8]> = []
          for case .bytes(let text) in column.value(atRow: row).elements {
            terms.formUnion(analyzer.terms(of: String(decoding: text, as: UTF8.self)))
          }
          for term in terms { expected[term, default: []].append(UInt32(row)) }
        }
        var found: [[UInt8]: [UInt32]] = [:]
        for term in 0..<index.terms.count {
          let postings = try index.postings(ofTerm: term)
          found[Array(index.terms[term])] = (0..<postings.count).map { postings.rows[$0] }
        }
        try check.equal(found, expected, "the inverted index of [\(path)]")
      }
    }
  }

  /// A document with fields that come and go, of every shape that a mapping can take in.
  static func randomDocument(_ random: inout SeededRandom) -> [UInt8] {
    var object = JSONObject()
    if random.chance(0.8) { object["n"] = .integer(.random(in: -1_000...1_000, using: &random)) }
    if random.chance(0.5) { object["tag"] = .array((0..<Int.random(in: 0...3, using: &random)).map { .string("t\($0)") }) }
    if random.chance(0.3) { object["text"] = .string(String(repeating: "ü\"\\\n☃", count: .random(in: 0...60, using: &random))) }
    if random.chance(0.3) {
      object["user"] = ["name": .string("u\(UInt8.random(in: 0...9, using: &random))"), "admin": .bool(random.chance(0.5))]
    }
    if random.chance(0.3) { object["ratio"] = .double(.random(in: -1...1, using: &random)) }
    if random.chance(0.1) { object["nothing"] = .null }
    guard random.chance(0.5) else { return JSONValue.object(object).encoded() }
    // The same values in spellings of their own: a store keeps documents byte by byte.
    let written = object.members.map { "\"\($0.name)\" : \($0.value.text())" }
    let spelled = spellings.filter { _ in random.chance(0.2) }.shuffled(using: &random)
    return Array("{ \((written + spelled).joined(separator: random.chance(0.5) ? ",\n" : " , ")) }".utf8)
  }

  /// Members whose values a column has in one spelling and a document in another, or in the same.
  private static let spellings: [String] = [
    #""at":"2025-03-04T05:06:07.089Z""#, #""on":"2025-03-04""#, #""price":1.50"#, #""weight":2.5"#, #""share":1e-3"#, #""zero":-0"#,
    #""escaped":"\u0061\/""#, #""list":[3,1,2]"#, #""lists":[["b"],["a"]]"#, #""deep":{"er":[{"x":1},{"x":2}]}"#, #""flag":true"#,
  ]
}

extension Check {
  /// Checks that something is refused with an error of a type and a status.
  func failing(_ type: String, _ status: Int, _ body: () async throws -> Void) async throws {
    let error = try await throwing("what should be a \(type)", body)
    try that((error as? APIError)?.type == type && (error as? APIError)?.status == status, "threw \(error), not \(type)")
  }
}
