import Foundation
import Testing

/// Every example is a program that a newcomer runs; here each is run, and says what its comments promise.
struct ExamplesTests {
  struct Example: CustomTestStringConvertible, Sendable {
    var program: String
    var arguments: [String] = []
    /// Lines that must be among those printed, in this order.
    var prints: [String]
    var testDescription: String { ([program] + arguments).joined(separator: " ") }
  }

  static let examples: [Example] = [
    Example(
      program: "MeanwhileEmbeddedQuery",
      prints: [
        "bulk: 200", "    warmest    | city.keyword  ", "---------------+---------------", "27.5           |Porto          ",
        "24.0           |Graz           ",
      ]),
    Example(
      program: "MeanwhileAsyncLifecycle",
      prints: [
        "submitted: running true", "status: of 150", "result: counted 150", "stopped: partial true", "deleted: 200", "deleted: 200",
        "after that: 404",
      ]),
    Example(
      program: "MeanwhileCustomLanguage",
      prints: [
        #"200 {"is_partial":false,"count":46,"first":[7,17,37,47,67,97,107,127,137,157]}"#,
        #"200 {"is_partial":false,"count":1,"first":[97]}"#,
        #"400 {"error":{"root_cause":[{"type":"parsing_exception","reason":"line 1:8: mismatched input 'form' expecting 'from'"}],"#
          + #""type":"parsing_exception","reason":"line 1:8: mismatched input 'form' expecting 'from'"},"status":400}"#,
      ]),
    Example(program: "MeanwhileCustomStore", prints: ["DirectoryTaskStore keeps the contract of TaskStore"]),
    Example(
      program: "MeanwhileMixAndMatchServer", arguments: ["check"],
      prints: ["documents: answers", "eql: answers", "esql: not in this build", "search: not in this build"]),
  ]

  @Test(arguments: examples)
  func printsWhatItPromises(_ example: Example) throws {
    let program = try #require(Self.folderOfPrograms).appendingPathComponent(example.program)
    let process = Process()
    process.executableURL = program
    process.arguments = example.arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    var rest = printed.split(separator: "\n").map(String.init)[...]
    for line in example.prints {
      let found = rest.firstIndex { Self.withoutTimes($0) == line }
      #expect(found != nil, "[\(line)] was not printed, or not in its place; printed:\n\(printed)")
      if let found { rest = rest[(found + 1)...] }
    }
  }

  /// SwiftPM puts programs beside the tests' own.
  private static var folderOfPrograms: URL? {
    var folder = Bundle.main.bundleURL
    for _ in 0..<4 {
      if FileManager.default.fileExists(atPath: folder.appendingPathComponent("MeanwhileEmbeddedQuery").path) { return folder }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  /// How long a query took is no promise.
  private static func withoutTimes(_ line: String) -> String {
    line.replacing(/"took":\d+,/, with: "")
  }
}
