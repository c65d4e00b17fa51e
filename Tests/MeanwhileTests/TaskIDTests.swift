import Meanwhile
import MeanwhileTestKit
import Testing

struct TaskIDTests {
  /// The example of the field: an id that Elasticsearch gave out.
  static let example = "FmNJRUZ1YWZCU3dHY1BIOUhaenVSRkEaaXFlZ3h4c1RTWFNocDdnY2FSaERnUTozNDE="

  @Test func elasticsearchsOwnIDsAreRead() throws {
    let id = try TaskID(parsing: Self.example)
    #expect(id.document == "cIEFuafBSwGcPH9HZzuRFA")
    #expect(id.task == "iqegxxsTSXShp7gcaRhDgQ:341")
    #expect(id.encoded == Self.example)
    #expect(try TaskID(parsing: String(Self.example.dropLast())) == id)
  }

  @Test func whatIsMadeIsReadAgain() throws {
    let random = SeededRandomSource(seed: 1)
    for number in [1, 22, 333, 4_444, .max] as [TaskNumber] {
      let id = TaskID(node: TaskID.randomName(random), number: number, random: random)
      #expect(id.document.count == 22)
      #expect(id.encoded.hasPrefix("F"))
      #expect(id.encoded.count % 4 == 0)
      #expect(try TaskID(parsing: id.encoded) == id)
    }
    let long = TaskID(document: String(repeating: "d", count: 300), node: "n", number: 1)
    #expect(try TaskID(parsing: long.encoded) == long)
  }

  @Test(arguments: ["", "foobar", "a", "F===", "Fm/+", "FmNJRUZ1", example + "AAAA", example + "=", "=" + example, "é"])
  func whatIsNoIDIsABadRequest(text: String) {
    let error = #expect(throws: APIError.self) { try TaskID(parsing: text) }
    #expect(error?.status == 400)
    #expect(error?.reason == "invalid id: [\(text)]")
  }

  @Test(arguments: ["nonumber", "node:", ":1", "node:x", "node:-1", "node:+1", "node:99999999999999999999", "node:1 "])
  func theTaskPartIsANodeAndANumber(task: String) {
    let error = #expect(throws: APIError.self) { try TaskID.parseTask(task) }
    #expect(error?.reason == "malformed task id \(task)")
  }
}
