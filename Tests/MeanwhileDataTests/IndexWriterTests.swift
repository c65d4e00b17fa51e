import Meanwhile
import Testing

@testable import MeanwhileData

@Suite struct IndexWriterTests {
  private func writer(_ mapping: JSONObject = [:]) throws -> IndexWriter {
    try IndexWriter(
      IndexDefinition(name: "test", uuid: "AAAAAAAAAAAAAAAAAAAAAA", created: Timestamp(milliseconds: 0), mapping: Mapping(parsing: mapping))
    )
  }

  private func index(_ id: String?, _ source: String) -> DocumentWrite {
    DocumentWrite(operation: .index, id: id, source: Array(source.utf8))
  }

  /// The cells of a field in all rows that stand, in order.
  private func cells(_ field: String, _ writer: IndexWriter) throws -> [Value] {
    var cells: [Value] = []
    for view in writer.snapshot().segments {
      let column = try view.segment.column(field)
      for row in 0..<view.segment.rowCount where view.deleted?[row] != true { cells.append(column?.value(atRow: row) ?? .null) }
    }
    return cells
  }

  @Test func `documents become columns with a mapping guessed from their values`() throws {
    let writer = try writer()
    let results = writer.write([
      index("1", #"{"name":"Ada","age":36,"tags":["b","a","b"],"score":1.5,"user":{"id":7},"ok":true,"at":"2024-01-02T03:04:05Z"}"#),
      index("2", #"{"name":"Gr\u00fcn","user.id":8,"tags":"z","gone":null,"none":[]}"#),
      index(nil, #"{"age":[3,1,2]}"#),
    ])
    #expect(results.map(\.outcome) == [.created, .created, .created])
    #expect(results[2].id.utf8.count == 20)
    writer.refresh()

    #expect(try cells("name.keyword", writer) == [.string("Ada"), .string("Grün"), .null])
    #expect(try cells("age", writer) == [.long(36), .null, .several([.long(1), .long(2), .long(3)])])
    #expect(try cells("tags.keyword", writer) == [.several([.string("a"), .string("b")]), .string("z"), .null])
    #expect(try cells("tags", writer)[0] == .several([.string("b"), .string("a"), .string("b")]))
    #expect(try cells("score", writer) == [.double(1.5), .null, .null])
    #expect(try cells("user.id", writer) == [.long(7), .long(8), .null])
    #expect(try cells("ok", writer) == [.boolean(true), .null, .null])
    #expect(try cells("at", writer) == [.long(1_704_164_645_000), .null, .null])
    let types = Dictionary(uniqueKeysWithValues: writer.definition.mapping.leaves.map { ($0.path, $0.field.type) })
    #expect(
      types == [
        "name": .text, "name.keyword": .keyword, "age": .long, "tags": .text, "tags.keyword": .keyword, "score": .float, "user.id": .long,
        "ok": .boolean, "at": .date,
      ])
  }

  @Test func `a write is seen by document at once and by snapshots after a refresh`() throws {
    let writer = try writer()
    _ = writer.write([index("1", #"{"n":1}"#)])
    #expect(try writer.document("1")?.version == 1)
    #expect(writer.snapshot().documentCount == 0)
    writer.refresh()
    let before = writer.snapshot()
    _ = writer.write([index("1", #"{"n":2}"#), DocumentWrite(operation: .delete, id: "2")])
    #expect(try writer.document("1")?.source == Array(#"{"n":2}"#.utf8))
    #expect(try cells("n", writer) == [.long(1)])
    writer.refresh()
    #expect(try cells("n", writer) == [.long(2)])
    #expect(before.documentCount == 1 && before.segments[0].deleted == nil)
  }

  @Test func `a refused document leaves nothing behind`() throws {
    let writer = try writer(["properties": ["n": ["type": "long"], "k": ["type": "keyword"]]])
    let results = writer.write([
      index("1", #"{"k":"a","n":"not a number"}"#), index("2", #"{"new":1,"n":"x"}"#), index("3", #"{"k":"c","n":3}"#),
      index("4", #"{"k":"#),
    ])
    guard case .failed(let error) = results[0].outcome else {
      Issue.record("accepted")
      return
    }
    #expect(error.type == "document_parsing_exception")
    #expect(
      error.reason
        == "[1:14] failed to parse field [n] of type [long] in document with id '1'. Preview of field's value: 'not a number'")
    #expect(error.cause?.error.reason == "For input string: \"not a number\"")
    #expect(results[2].outcome == .created && results[2].sequenceNumber == 0)
    writer.refresh()
    #expect(try cells("k", writer) == [.string("c")])
    #expect(try cells("n", writer) == [.long(3)])
    #expect(writer.definition.mapping.properties["new"] == nil)
    guard case .failed(let cut) = results[3].outcome else {
      Issue.record("accepted")
      return
    }
    #expect(cut.type == "document_parsing_exception" && cut.status == 400)
  }
}
