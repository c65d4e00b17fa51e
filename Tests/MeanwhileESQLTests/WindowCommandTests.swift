import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileEngine

@Suite("CHANGE_POINT, FUSE, CATEGORIZE")
struct WindowCommandTests {
  // MARK: - CHANGE_POINT

  /// A wave that never repeats, with something done to it.
  private static func series(_ count: Int = 60, _ change: (Int, Double) -> Double) -> [Double] {
    (0..<count).map { change($0, 100 + 3 * Double(($0 * 37) % 11 - 5)) }
  }

  @Test("a series that only wanders has no change") func stationary() {
    #expect(ChangePoint.find(in: Self.series { _, value in value }) == nil)
  }

  @Test("one value that stands out is a spike or a dip")
  func extremes() {
    let spike = ChangePoint.find(in: Self.series { $0 == 40 ? $1 + 400 : $1 })
    #expect(spike?.kind == .spike && spike?.index == 40)
    let dip = ChangePoint.find(in: Self.series { $0 == 10 ? $1 - 400 : $1 })
    #expect(dip?.kind == .dip && dip?.index == 10)
  }

  @Test("a step and a bend are told apart, and found where they are")
  func changes() throws {
    let step = try #require(ChangePoint.find(in: Self.series { $0 < 30 ? $1 : $1 + 60 }))
    #expect(step.kind == .stepChange && abs(step.index - 30) <= 1 && step.pValue < 1e-6)
    let bend = try #require(ChangePoint.find(in: Self.series { $0 < 30 ? $1 : $1 + 8 * Double($0 - 30) }))
    #expect(bend.kind == .trendChange && abs(bend.index - 30) <= 3)
  }

  @Test("values that spread more from some place on are another distribution, and the test of two samples is exact")
  func distributions() throws {
    let noisy = Self.series(120) { $0 < 60 ? 100 + 0.01 * ($1 - 100) : 100 + 8 * ($1 - 100) }
    let change = try #require(ChangePoint.find(in: noisy))
    #expect(change.kind == .distributionChange && abs(change.index - 60) <= 5)
    // Of the 20 orders of three and three values, two are as far apart as these.
    #expect(abs(KolmogorovSmirnov.pValue([1, 2, 3], [4, 5, 6]) - 0.1) < 1e-12)
    // All but the two orders in which the samples alternate, or nearly so, differ by a third at least: every order does.
    #expect(KolmogorovSmirnov.pValue([1, 3, 5], [2, 4, 6]) == 1)
    #expect(KolmogorovSmirnov.pValue([1, 1], [1, 1, 1]) == 1)
  }

  @Test("the row of the change has its type, the others null; too few rows are warned of")
  func changePoint() async throws {
    let service = try await QueryService(
      fields: ["at": .integer, "value": .double],
      documents: Self.series { $0 == 40 ? $1 + 400 : $1 }.enumerated().map { #"{"at": \#($0.offset), "value": \#($0.element)}"# })
    #expect(
      try await service.rows("FROM docs | CHANGE_POINT value ON at AS kind, p | WHERE kind IS NOT NULL | KEEP at, kind")
        == #"[[40,"spike"]]"#)
    #expect(try await service.rows("FROM docs | WHERE at < 5 | CHANGE_POINT value ON at | STATS n = COUNT(type)") == "[[0]]")
    #expect(
      try await service.rows("FROM docs | EVAL s = \"x\" | CHANGE_POINT s ON at")
        == "Found 1 problem\nline 1:41: change point value [s] must be numeric")
  }

  // MARK: - FUSE

  private static func ranked() async throws -> QueryService {
    try await QueryService(
      fields: ["a": .double, "b": .double],
      documents: [#"{"a": 3, "b": 1}"#, #"{"a": 2, "b": 9}"#, #"{"a": 1, "b": 5}"#])
  }

  @Test(
    "rankings become one",
    arguments: [
      // First and third, second and first, third and second: 1/61 + 1/63, 1/62 + 1/61, 1/63 + 1/62.
      ("FUSE", #"[["1"],["0"],["2"]]"#),
      (#"FUSE rrf WITH {"weights": {"fork1": 10}}"#, #"[["0"],["1"],["2"]]"#),
      ("FUSE linear", #"[["1"],["2"],["0"]]"#),
      (#"FUSE linear WITH {"normalizer": "minmax", "weights": {"fork1": 3, "fork2": 0.5}}"#, #"[["0"],["1"],["2"]]"#),
    ])
  func fuse(command: String, expected: String) async throws {
    let query = """
      FROM docs METADATA _id, _index, _score | FORK (EVAL _score = a | SORT a DESC) (EVAL _score = b | SORT b DESC)
      | \(command) | SORT _score DESC | KEEP _id
      """
    #expect(try await Self.ranked().rows(query) == expected)
  }

  @Test("a document's rows become one, with the rankings that it was in")
  func fusedColumns() async throws {
    let query =
      "FROM docs METADATA _id, _index, _score | FORK (EVAL _score = a) (WHERE b > 4 | EVAL _score = b) | FUSE | SORT _id | KEEP _id, _fork, a"
    #expect(try await Self.ranked().rows(query) == #"[["0","fork1",3.0],["1",["fork1","fork2"],2.0],["2",["fork1","fork2"],1.0]]"#)
  }

  // MARK: - CATEGORIZE

  @Test(
    "texts that say the same with other particulars are one group",
    arguments: [
      (
        "CATEGORIZE(m)",
        #"[[2,".*?Connected.+?to.*?"],[2,".*?Connection.+?error.*?"],[1,".*?Disconnected.*?"],[1,null]]"#
      ),
      (#"CATEGORIZE(m, {"output_format": "tokens"})"#, #"[[2,"Connected to"],[2,"Connection error"],[1,"Disconnected"],[1,null]]"#),
    ])
  func categorize(call: String, expected: String) async throws {
    let texts = ["Connected to 10.1.0.1!", "Connection error?", "Connected to 10.1.0.3!", "Disconnected", "Connection error?", "12 34"]
    let service = try await QueryService(fields: ["m": .keyword], documents: texts.map { #"{"m": "\#($0)"}"# })
    #expect(try await service.rows("FROM docs | STATS n = COUNT() BY c = \(call) | SORT c") == expected)
    #expect(
      try await service.rows("FROM docs | EVAL c = CATEGORIZE(m)")
        == "Found 1 problem\nline 1:22: CATEGORIZE grouping function [CATEGORIZE(m)] can only be used in the BY of a STATS")
  }
}
