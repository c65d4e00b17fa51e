import Meanwhile
import MeanwhileData
import MeanwhileFileStore
import Testing

@Suite("Data that an older version wrote")
struct OlderFormatTests {
  /// A copy of a directory of Fixtures/, to open and to change.
  private func copy(_ name: String) throws -> String {
    let source = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/Fixtures/" + name
    let target = "/tmp/meanwhile-older-format-\(SystemRandomSource().next())"
    try copy(source, to: target, SystemFileSystem())
    return target
  }

  private func copy(_ source: String, to target: String, _ files: SystemFileSystem) throws {
    try files.makeDirectory(target)
    for name in try files.list(source) {
      let path = source + "/" + name
      if (try? files.list(path)) != nil {
        try copy(path, to: target + "/" + name, files)
      } else {
        let file = try files.open(target + "/" + name, .create)
        try file.write(try files.contents(of: path), at: 0)
        file.close()
      }
    }
  }

  /// Version 1 of the segment format: three segments with deleted rows, a manifest, and a log with writes behind them.
  @Test("in segments of format 1 is all there, and stays so beside what is written anew")
  func formatOne() async throws {
    let path = try copy("format-1")
    for isRewritten in [false, true] {
      let store = try await FileStore(opening: path)
      #expect(store.damages == [])
      #expect(try await store.indices().map(\.definition.name) == ["library"])
      let snapshot = try await store.snapshot(of: "library")
      #expect(snapshot.documentCount == 59)
      #expect(snapshot.definition.aliases["books"] != nil)
      let documents = try IndexWorkload.documents(of: snapshot)
      #expect(documents["b7"] == nil && documents["b9"] == nil && documents["b11"] == nil)
      #expect(documents["b8"].map { String(decoding: $0, as: UTF8.self) } == #"{"title":"Replaced storm","pages":1}"#)
      #expect(try await store.document("late2", in: "library")?.sequenceNumber == 64)
      #expect(try Self.rows(of: "storm", in: snapshot) == 22, "rewritten: \(isRewritten)")
      try await store.flush()
      await store.close()
    }
  }

  /// Documents whose title has a term, found by the titles' texts.
  private static func rows(of term: String, in snapshot: IndexSnapshot) throws -> Int {
    var found = 0
    for view in snapshot.segments {
      guard let titles = try view.segment.column("title") else { continue }
      for row in 0..<view.segment.rowCount where view.deleted?[row] != true {
        guard case .bytes(let title) = titles.value(atRow: row) else { continue }
        if Analyzer.standard.terms(of: String(decoding: title, as: UTF8.self)).contains(Array(term.utf8)) { found += 1 }
      }
    }
    return found
  }
}
