import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// Random queries over random documents, answered twice: by the server, and row by row by a reference that shares no code with it.
///
/// `MEANWHILE_DIFFERENTIAL_SEEDS=500` tries that many seeds instead of a few, `MEANWHILE_DIFFERENTIAL_SEED=17` this one alone.
@Suite("Differential", .timeLimit(.minutes(10)))
struct DifferentialTests {
  private static let queriesPerSeed = 60

  private static let seeds: [UInt64] = {
    if let one = environment("MEANWHILE_DIFFERENTIAL_SEED").flatMap(UInt64.init) { return [one] }
    return Array(1...(environment("MEANWHILE_DIFFERENTIAL_SEEDS").flatMap(UInt64.init) ?? 8))
  }()

  private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

  @Test("the server and the reference give the same answers", arguments: seeds)
  func agree(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let documents = ReferenceTable.documents(&random)
    let service = try await Self.service(over: documents, &random)
    for number in 0..<Self.queriesPerSeed {
      let query = RandomQuery(over: documents, index: "things", SeededGenerator(seed: seed << 16 | UInt64(number)))
      let request = EndpointRequest(.post, "/_query", json: ["query": .string(query.text)])
      let response = await service.respond(to: request)
      let answer = try JSONValue.parse(await response.collectBody())
      let complaint = Comparison(query.table, isOrdered: query.isOrdered).complaint(about: answer)
      #expect(complaint == nil, "seed \(seed), query \(number):\n\(query.text)\n\(complaint ?? "")")
    }
  }

  /// A service whose index `things` has the documents, in several segments, with others between them that were deleted.
  private static func service(over documents: ReferenceTable, _ random: inout SeededGenerator) async throws -> Service {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.add(ESQLLanguage())
    builder.provide(store, as: (any IndexStore).self)
    var mapping = Mapping()
    for column in documents.columns {
      guard let type = FieldType(rawValue: column.type.name) else { continue }
      mapping.properties[column.name] = FieldMapping(type: type)
    }
    try await store.createIndex(IndexDefinition(name: "things", uuid: "things", created: Timestamp(milliseconds: 0), mapping: mapping))
    for (number, row) in documents.rows.enumerated() {
      let members = zip(documents.columns, row).filter { $1 != .null }.map { column, cell in
        JSONObject.Member(name: column.name, value: cell.json(column.type))
      }
      let source = Array(JSONValue.object(JSONObject(members)).text().utf8)
      var writes = [DocumentWrite(operation: .index, id: "\(number)", source: source)]
      if random.chance(20) {
        writes.append(DocumentWrite(operation: .index, id: "gone", source: source))
      }
      for result in try await store.write(writes, to: "things") {
        guard case .failed(let error) = result.outcome else { continue }
        Issue.record("document \(number) was refused: \(error)")
      }
      if random.chance(8) { try await store.refresh("things") }
    }
    _ = try await store.write([DocumentWrite(operation: .delete, id: "gone", source: [])], to: "things")
    try await store.refresh("things")
    return try await builder.build()
  }
}

/// What the reference says, against what the server answered.
private struct Comparison {
  private let expected: ReferenceTable
  private let isOrdered: Bool

  init(_ expected: ReferenceTable, isOrdered: Bool) {
    self.expected = expected
    self.isOrdered = isOrdered
  }

  /// What is wrong with an answer; nil where nothing is.
  func complaint(about answer: JSONValue) -> String? {
    guard let columns = answer["columns"]?.array, let values = answer["values"]?.array else { return answer.text() }
    let found = columns.map { "\($0["name"]?.string ?? "") \($0["type"]?.string ?? "")" }
    let wanted = expected.columns.map { "\($0.name) \($0.type.name)" }
    guard found == wanted else { return "expected columns \(wanted)\nfound columns    \(found)" }
    var answered = values.map { row in zip(expected.columns, row.array ?? []).map { Self.text(of: $1, $0.type) } }
    var reference = expected.rows.map { row in zip(expected.columns, row).map { Self.text(of: $1.json($0.type), $0.type) } }
    if !isOrdered {
      answered.sort { $0.lexicographicallyPrecedes($1) }
      reference.sort { $0.lexicographicallyPrecedes($1) }
    }
    guard answered != reference else { return nil }
    guard answered.count == reference.count else { return "expected \(reference.count) rows, found \(answered.count)" }
    for (row, (left, right)) in zip(reference, answered).enumerated() where left != right {
      let differing = left.indices.filter { left[$0] != right[$0] }
      return "row \(row):\n" + differing.map { "  \(wanted[$0]): expected \(left[$0]), found \(right[$0])" }.joined(separator: "\n")
    }
    return nil
  }

  /// A cell in one spelling, whatever the zero's sign.
  private static func text(of value: JSONValue, _ type: DataType) -> String {
    switch value {
    case .array(let values): "[" + values.map { text(of: $0, type) }.joined(separator: ", ") + "]"
    case .double(let value): "\(value == 0 ? 0 : value)"
    case .integer(let value) where type == .double: "\(Double(value))"
    default: value.text()
    }
  }
}
