import Meanwhile
import MeanwhileESQL
import MeanwhileEngine
import MeanwhileMemoryStore
import Testing

/// Every example that a function's documentation gives is what the server answers.
@Suite("Documented examples")
struct DocumentedExamplesTests {
  struct Documented: Sendable, CustomTestStringConvertible {
    var function: String
    var example: FunctionDocumentation.Example

    var testDescription: String { example.query }
  }

  static let all: [Documented] = FunctionRegistry.standard.names.flatMap { name -> [Documented] in
    let documentation =
      FunctionRegistry.standard.scalar(name)?.documentation ?? FunctionRegistry.standard.aggregate(name)?.documentation
    return (documentation?.examples ?? []).map { Documented(function: name, example: $0) }
  }

  @Test(arguments: all) func isTrue(_ documented: Documented) async throws {
    var builder = ServiceBuilder(taskStore: MemoryStore())
    builder.add(ESQLLanguage())
    let service = try await builder.build()
    let request = EndpointRequest(
      .post, "/_query", parameters: ["format": "txt"], json: ["query": .string(documented.example.query)])
    let lines = String(decoding: try await service.respond(to: request).collectBody(), as: UTF8.self).split(separator: "\n")
    // Below the names of columns and a ruler lies the one row.
    let cells = lines.dropFirst(2).first.map { $0.split(separator: "|", omittingEmptySubsequences: false).map(trimmed) } ?? []
    #expect(cells.joined(separator: "|") == documented.example.result, "\(lines.joined(separator: "\n"))")
  }

  private func trimmed(_ cell: Substring) -> String {
    String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
