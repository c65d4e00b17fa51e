#if CLI
import ArgumentParser
import Meanwhile

struct ExportCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes the documents of an index to standard output.",
    usage: "meanwhile export --index <index> [--format ndjson|csv|tsv] [--query <query>] [--data <dir> | --server <url>]",
    discussion:
      "As NDJSON every document comes as it was written. As CSV or TSV there is a column for every field of the mapping, and several values of "
      + "one field are a JSON array; `meanwhile import` reads all of them.")

  @Option(help: "The index to write out.")
  var index: String

  @Option(help: "How to write it: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = ImportFormat.ndjson

  @Option(help: "Only the documents that this query string means, such as 'status:404'.")
  var query: String?

  @OptionGroup var service: ServiceOptions

  /// Documents asked for at a time.
  private static let pageSize: Int64 = 5_000

  func run(in program: Program) async throws {
    try await service.withService(of: program) { service in
      let writer = try await writer(for: service)
      Terminal.write(output: writer.head)
      var after: JSONValue?
      while true {
        let hits = try await page(after: after, of: service)
        guard let last = hits.last else { return }
        var out: [UInt8] = []
        for hit in hits { writer.append(hit["_source"]?.object ?? JSONObject(), to: &out) }
        Terminal.write(output: out)
        after = last["sort"]
      }
    }
  }

  private func page(after: JSONValue?, of service: any ServiceAccess) async throws -> [JSONValue] {
    var body: JSONObject = ["size": .integer(Self.pageSize), "sort": ["_seq_no"], "track_total_hits": false]
    if let query { body["query"] = ["query_string": ["query": .string(query)]] }
    if let after { body["search_after"] = after }
    let answer = try await service.json(.post, "/\(PercentEncoding.encode(index))/_search", body: .object(body))
    return answer["hits"]?["hits"]?.array ?? []
  }

  private func writer(for service: any ServiceAccess) async throws -> DocumentWriter {
    guard format != .ndjson else { return DocumentWriter(format: format, columns: []) }
    let answer = try await service.json(.get, "/\(PercentEncoding.encode(index))/_mapping")
    var columns: [String] = []
    for member in answer.object?.members ?? [] {
      let properties = member.value["mappings"]?["properties"]?.object ?? JSONObject()
      for column in DocumentWriter.columns(of: properties) where !columns.contains(column) { columns.append(column) }
    }
    return DocumentWriter(format: format, columns: columns)
  }
}
#endif
