import Meanwhile
import Testing

@testable import MeanwhileData

/// What values of documents become, by the type of their field.
@Suite struct FieldWriterTests {
  private func write(_ field: JSONValue, _ value: String) throws -> (outcome: DocumentWriteResult.Outcome, cell: Value, ignored: Value) {
    let writer = try IndexWriter(
      IndexDefinition(
        name: "x", uuid: "u", created: Timestamp(milliseconds: 0), mapping: Mapping(parsing: ["properties": ["f": field]])))
    let results = writer.write([DocumentWrite(operation: .index, id: "1", source: Array("{\"f\":\(value)}".utf8))])
    writer.refresh()
    let segment = writer.snapshot().segments.first?.segment
    return (
      results[0].outcome, try segment?.column("f")?.value(atRow: 0) ?? .null,
      try segment?.column(MetadataField.ignored)?.value(atRow: 0) ?? .null
    )
  }

  private static let accepted: [(field: JSONValue, value: String, cell: Value)] = [
    (["type": "keyword"], "1.50", .string("1.50")),
    (["type": "keyword"], "true", .string("true")),
    (["type": "keyword", "ignore_above": 3], #""four""#, .null),
    (["type": "keyword", "null_value": "none"], "null", .string("none")),
    (["type": "keyword", "normalizer": "lowercase"], #""ÄbC""#, .string("äbc")),
    (["type": "long"], #""42""#, .long(42)),
    (["type": "long"], "-9223372036854775808", .long(.min)),
    (["type": "long"], "4.9", .long(4)),
    (["type": "byte"], #"" -128""#.replacing(" ", with: ""), .long(-128)),
    (["type": "unsigned_long"], "18446744073709551615", .long(.max)),
    (["type": "unsigned_long"], "0", .long(.min)),
    (["type": "double"], "1e3", .double(1_000)),
    (["type": "double"], "0.30000000000000004", .double(0.30000000000000004)),
    (["type": "float"], "2.03", .double(Double(Float(2.03)))),
    (["type": "half_float"], "2.03", .double(2.029296875)),
    (["type": "scaled_float", "scaling_factor": 100], "2.036", .double(2.04)),
    (["type": "boolean"], #""false""#, .boolean(false)),
    (["type": "boolean"], #""""#, .boolean(false)),
    (["type": "date"], #""2024-02-29""#, .long(1_709_164_800_000)),
    (["type": "date"], "1709164800123", .long(1_709_164_800_123)),
    (["type": "date"], #""7""#, .long(7)),
    (["type": "date", "format": "yyyy/MM/dd||epoch_second"], "1709164800", .long(1_709_164_800_000)),
    (["type": "date_nanos"], #""2024-02-29T00:00:00.123456789Z""#, .long(1_709_164_800_123_456_789)),
    (["type": "ip"], #""10.0.0.1""#, .bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1])),
    (["type": "version"], #""1.2.3""#, .bytes(VersionKey.encoded("1.2.3"))),
    (["type": "long", "ignore_malformed": true], #""x""#, .null),
    (["type": "long"], "[3,null,[1,2]]", .several([.long(1), .long(2), .long(3)])),
  ]

  @Test(arguments: accepted.indices)
  func `a value is stored as its type has it`(index: Int) throws {
    let sample = Self.accepted[index]
    let written = try write(sample.field, sample.value)
    #expect(written.outcome == .created)
    #expect(written.cell == sample.cell)
  }

  private static let refused: [(field: JSONValue, value: String, cause: String)] = [
    (["type": "integer"], "2147483648", "Value [2147483648] is out of range for an integer"),
    (["type": "integer"], #""x""#, "For input string: \"x\""),
    (["type": "long"], "true", "Current token (VALUE_TRUE) not numeric, can not use numeric value accessors"),
    (["type": "double"], "1e400", "[double] supports only finite values, but got [Infinity]"),
    (["type": "boolean"], #""yes""#, "Failed to parse value [yes] as only [true] or [false] are allowed."),
    (["type": "date"], #""soon""#, "failed to parse date field [soon] with format [strict_date_optional_time||epoch_millis]"),
    (["type": "ip"], #""10.0.0.256""#, "'10.0.0.256' is not an IP string literal."),
    (["type": "unsigned_long"], "-1", "Value [-1] is out of range for unsigned long"),
    (["type": "keyword"], "{}", "Can't get text on a START_OBJECT at 1:6"),
  ]

  @Test(arguments: refused.indices)
  func `a value that does not fit is refused with the reason`(index: Int) throws {
    let sample = Self.refused[index]
    guard case .failed(let error) = try write(sample.field, sample.value).outcome else {
      Issue.record("accepted \(sample.value)")
      return
    }
    #expect(error.type == "document_parsing_exception")
    #expect(error.reason.hasPrefix("[1:6] failed to parse field [f] of type ["))
    #expect(error.cause?.error.reason == sample.cause)
  }

  @Test func `what was left out is named in _ignored`() throws {
    #expect(try write(["type": "keyword", "ignore_above": 3], #""four""#).ignored == .string("f"))
    #expect(try write(["type": "long", "ignore_malformed": true], #""x""#).ignored == .string("f"))
  }
}
