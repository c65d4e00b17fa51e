import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileArrow

/// What only a reader of Arrow can tell is told by pyarrow, among the tests of clients. Here: the frame around it, and what cannot be said.
@Suite struct ArrowFormatTests {
  private static let table = Table(
    fields: [Table.Field(name: "n", type: .long), Table.Field(name: "s", type: .keyword)],
    pages: [
      Page(
        rowCount: 2,
        columns: [
          ColumnBuilder.column(of: [.long(7), .null], type: .long),
          ColumnBuilder.column(of: [.string("ab"), .several([.string("c"), .string("d")])], type: .keyword),
        ])
    ])

  @Test func `a stream is a schema, a batch a page, and an end`() async throws {
    let bytes = try await ArrowFormat().stream(ResultDocument(table: TableStream(Self.table))).collect(bytesMax: 1 << 20)
    let messages = try Self.messages(of: bytes)
    #expect(messages.count == 2 && bytes.suffix(8) == [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0])
    #expect(bytes.count % 8 == 0)
    // The second column has several values in a row, so all of them are lists; the values are in the body, one after another.
    let schema = String(decoding: messages[0], as: UTF8.self)
    #expect(schema.contains("elastic:type") && schema.contains("$data$") && schema.contains("keyword"))
  }

  @Test func `a type that has no place in Arrow is refused by name`() async throws {
    let table = Table(fields: [Table.Field(name: "d", type: .datePeriod)], pages: [])
    let error = await #expect(throws: APIError.self) {
      try await ArrowFormat().stream(ResultDocument(table: TableStream(table))).collect(bytesMax: 1 << 20)
    }
    #expect(error?.reason == "ES|QL type [date_period] is not supported by the Arrow format")
  }

  @Test(arguments: DataType.allCases)
  func `every type that a result can have has a place in Arrow`(_ type: DataType) {
    // Spans are literals, and a document's place never leaves the engine.
    #expect((ArrowType(type) == nil) == [.datePeriod, .timeDuration, .document].contains(type))
  }

  /// The metadata of each message; the length of its body stands in it, which only a FlatBuffer's reader finds, so batches are told by their marker.
  private static func messages(of bytes: [UInt8]) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    var at = 0
    while at + 8 <= bytes.count {
      let length = (0..<4).reversed().reduce(0) { $0 << 8 | Int(bytes[at + 4 + $1]) }
      if bytes[at..<at + 4].elementsEqual([0xFF, 0xFF, 0xFF, 0xFF]), length > 0, at + 8 + length <= bytes.count {
        found.append(Array(bytes[at + 8..<at + 8 + length]))
        at += 8 + length
      } else {
        at += 8
      }
    }
    return found
  }
}
