import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

/// Full text by inverted index, against the same by reading texts.
@Suite struct TextLookupTests {
  private static let words = ["sea", "storm", "night", "river", "stone", "seaside", "light"]

  private func snapshot(indexed: Bool, _ writer: IndexWriter) -> IndexSnapshot {
    var snapshot = writer.snapshot()
    guard !indexed else { return snapshot }
    for place in snapshot.segments.indices {
      let segment = snapshot.segments[place].segment
      snapshot.segments[place].segment = Segment(rowCount: segment.rowCount, fields: segment.fields) { try segment.column($0) }
    }
    return snapshot
  }

  private func writer() throws -> IndexWriter {
    let mapping = try Mapping(parsing: ["properties": ["t": ["type": "text"], "n": ["type": "long"]]])
    let writer = try IndexWriter(
      IndexDefinition(name: "a", uuid: "u", created: Timestamp(milliseconds: 0), mapping: mapping))
    var random = SystemRandomNumberGenerator()
    for part in 0..<3 {
      var writes: [DocumentWrite] = []
      for number in 0..<700 {
        let texts = (0..<[0, 1, 1, 2][Int.random(in: 0..<4, using: &random)]).map { _ in
          JSONValue.string(
            (0..<Int.random(in: 0...60, using: &random)).map { _ in Self.words.randomElement() ?? "" }.joined(separator: " "))
        }
        writes.append(
          DocumentWrite(
            operation: .index, id: "\(part)-\(number)",
            source: JSONValue.object(["t": .array(texts), "n": .integer(Int64(number))]).encoded()))
      }
      writes += (0..<50).map { DocumentWrite(operation: .delete, id: "\(part)-\($0 * 7)") }
      _ = writer.write(writes)
      writer.refresh()
    }
    return writer
  }

  /// Ids of the documents that a query means, with their scores.
  private func scores(_ query: String, _ snapshot: IndexSnapshot) async throws -> [String: Double] {
    let parsed = try SearchQuery(parsing: JSONValue.parse(query))
    var compiler = SearchQueryCompiler([snapshot], now: Timestamp(milliseconds: 0))
    let condition = try compiler.condition(parsed)
    let score = try compiler.score(parsed) {}
    let columns = [compiler.metadata("_id"), compiler.metadata("_score")]
    let scan = Plan.Scan(snapshots: [snapshot], columns: compiler.fields.columns, filter: condition, score: score)
    let settings = QuerySettings(now: Timestamp(milliseconds: 0))
    let pages = try await Executor(ExecutionContext(settings: settings)).pages(.project(.scan(scan), columns))
    var found: [String: Double] = [:]
    for page in pages {
      for row in 0..<page.rowCount {
        guard case .bytes(let id) = page.columns[0].value(atRow: row), case .double(let score) = page.columns[1].value(atRow: row) else {
          continue
        }
        found[String(decoding: id, as: UTF8.self)] = score
      }
    }
    return found
  }

  @Test(arguments: [
    #"{"match":{"t":"storm"}}"#, #"{"match":{"t":"storm night unknown"}}"#, #"{"match":{"t":{"query":"storm night","operator":"and"}}}"#,
    #"{"match":{"t":{"query":"sea storm night river","minimum_should_match":3}}}"#, #"{"match_phrase":{"t":"storm night"}}"#,
    #"{"match_phrase":{"t":"sea sea storm"}}"#, #"{"match_phrase":{"t":"sea unknown"}}"#, #"{"term":{"t":"river"}}"#,
    #"{"terms":{"t":["river","unknown","sea"]}}"#, #"{"prefix":{"t":"sea"}}"#, #"{"wildcard":{"t":"s*e"}}"#,
    #"{"regexp":{"t":"s(ea|torm)"}}"#,
    #"{"range":{"t":{"gte":"riv","lt":"sto"}}}"#, #"{"query_string":{"query":"t:(storm AND night) OR t:light"}}"#,
    #"{"bool":{"should":[{"match":{"t":"storm"}},{"range":{"n":{"lt":100}}}],"must_not":{"match":{"t":"night"}}}}"#,
  ])
  func `an index finds what reading finds, and scores it the same`(query: String) async throws {
    let writer = try writer()
    let read = try await scores(query, snapshot(indexed: false, writer))
    let looked = try await scores(query, snapshot(indexed: true, writer))
    #expect(read == looked)
    #expect(query.contains("sea unknown") == read.isEmpty)
  }
}
