import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileFileStore

@Suite("A task record, as the file store keeps it")
struct TaskRecordEncodingTests {
  @Test("comes back as it went in, with every field set")
  func roundTrip() throws {
    var record = TaskExamples.record(42)
    record.isPartial = true
    record.wasStopped = true
    record.progress = QueryProgress.Reading(rows: 3, rowsTotal: 4, bytes: 5, bytesTotal: 6)
    record.failure = APIError(
      type: "verification_exception", reason: "Found 1 problem\nline 1:6: Unknown index [ä]", status: 400, metadata: ["line": 1, "d": 1.5],
      causedBy: .illegalArgument("why", causedBy: .internalFailure("deep")), rootCauses: [.illegalArgument("root")],
      headers: ["Retry-After": "1"])
    #expect(try TaskRecord(decodingFromStore: record.encodedForStore()) == record)
  }

  @Test("comes back as it went in, with no optional field set")
  func roundTripOfLittle() throws {
    let record = TaskRecord(
      id: TaskID(document: "", node: "", number: .max), language: "", dialect: "",
      request: StoredRequest(method: .get, path: "", parameters: [:], pathParameters: [:], body: []), description: "",
      submitted: Timestamp(milliseconds: .min), expires: Timestamp(milliseconds: .max), keepOnCompletion: false)
    #expect(try TaskRecord(decodingFromStore: record.encodedForStore()) == record)
  }

  @Test("has a tag for every field of TaskRecord")
  func everyField() throws {
    // A field that is added to the record must be added to its encoding (and to the round trip above), then here.
    let fields = Mirror(reflecting: TaskExamples.record(1)).children
    let submission = try #require(fields.first { $0.label == "submission" }?.value)
    let content = try #require(Mirror(reflecting: submission).children.first?.value)
    #expect(fields.count - 1 + Mirror(reflecting: content).children.count == 21)
  }

  @Test("that ends early is refused, wherever it ends")
  func truncated() {
    let whole = TaskExamples.record(1).encodedForStore()
    let required = 20
    for count in 0..<required {
      #expect(throws: CorruptData.self) { try TaskRecord(decodingFromStore: Array(whole.prefix(count))) }
    }
  }

  @Test("never holds a header, since a record has none")
  func noHeaders() {
    let text = String(decoding: TaskExamples.record(1).encodedForStore(), as: UTF8.self)
    #expect(!text.lowercased().contains("authorization"))
  }
}
