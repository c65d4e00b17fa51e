import Meanwhile
import MeanwhileData

// MARK: - Documents

extension IndexStoreConformance {
  static let documents: [Clause] = [
    Clause("a document is read as it was written, at once") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      let source = #"{ "n" : 1, "text":"gr\u00fcn ☃", "list":[ 1,2 ] }"#
      let results = try await store.write([IndexSample.write("1", source)], to: "a")
      try check.equal(results, [DocumentWriteResult(outcome: .created, id: "1", version: 1, sequenceNumber: 0)], "the result")
      let expected = StoredDocument(id: "1", version: 1, sequenceNumber: 0, source: Array(source.utf8))
      try check.equal(try await store.document("1", in: "a"), expected, "the document before a refresh")
      try await store.refresh("a")
      try check.equal(try await store.document("1", in: "a"), expected, "the document after a refresh")
      try check.that(try await store.document("2", in: "a") == nil, "a document that never was")
    },
    Clause("versions count up, through deletes too") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      for isRefreshed in [false, true] {
        let id = isRefreshed ? "r" : "b"
        var seen: [DocumentWriteResult.Outcome] = []
        var versions: [Int64] = []
        for write in [
          IndexSample.write(id, "{}"), IndexSample.write(id, "{}"), DocumentWrite(operation: .delete, id: id),
          DocumentWrite(operation: .delete, id: id),
          IndexSample.write(id, "{}"),
        ] {
          for result in try await store.write([write], to: "a") {
            seen.append(result.outcome)
            versions.append(result.version)
          }
          if isRefreshed { try await store.refresh("a") }
        }
        try check.equal(seen, [.created, .updated, .deleted, .notFound, .created], "the outcomes")
        try check.equal(versions, [1, 2, 3, 4, 5], "the versions")
      }
    },
    Clause("a document without an id gets one of its own") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      let results = try await store.write((0..<100).map { IndexSample.write(nil, "{\"n\":\($0)}") }, to: "a")
      try check.equal(Set(results.map(\.id)).count, 100, "different ids")
      try check.equal(results.map(\.sequenceNumber), (0..<100).map { Int64($0) }, "the sequence numbers")
      try check.equal(try await store.document(results[7].id, in: "a")?.source, Array(#"{"n":7}"#.utf8), "the eighth")
    },
    Clause("a document that exists is not created, and one that changed is not replaced unseen") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      _ = try await store.write([IndexSample.write("1", "{}")], to: "a")
      let results = try await store.write(
        [
          DocumentWrite(operation: .create, id: "1", source: Array("{}".utf8)),
          DocumentWrite(operation: .index, id: "1", source: Array("{}".utf8), ifSequenceNumber: 7),
          DocumentWrite(operation: .index, id: "1", source: Array("{}".utf8), ifSequenceNumber: 0),
          DocumentWrite(operation: .delete, id: "2", ifSequenceNumber: 0),
        ], to: "a")
      try check.equal(results.map { IndexSample.status($0.outcome) }, [409, 409, 200, 409], "the outcomes")
    },
    Clause("a document that is refused spoils none of its batch and leaves nothing behind") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      let results = try await store.write(
        [
          IndexSample.write("1", #"{"n":1}"#), IndexSample.write("2", #"{"tag":"x","n":"many"}"#), IndexSample.write("3", #"{"n":"#),
          IndexSample.write("4", #"{"fresh":true,"n":{}}"#), IndexSample.write("5", #"{"n":5}"#),
        ], to: "a")
      try check.equal(results.map { IndexSample.status($0.outcome) }, [201, 400, 400, 400, 201], "the outcomes")
      try await store.refresh("a")
      try check.equal(try await IndexSample.cells("n", store), ["1": .long(1), "5": .long(5)], "the column")
      let mapping = try await store.index("a")?.definition.mapping
      try check.that(mapping?.properties["fresh"] == nil, "a refused document's field was mapped")
      try check.that(try await store.document("2", in: "a") == nil, "a refused document is there")
    },
    Clause("documents add fields to the mapping") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      _ = try await store.write([IndexSample.write("1", #"{"user":{"name":"Ada"},"ok":true,"at":"2024-01-02"}"#)], to: "a")
      let mapping = try await store.index("a")?.definition.mapping
      let types = Dictionary(uniqueKeysWithValues: (mapping?.leaves ?? []).map { ($0.path, $0.field.type) })
      try check.equal(
        types, ["n": .long, "tag": .keyword, "user.name": .text, "user.name.keyword": .keyword, "ok": .boolean, "at": .date], "the types")
    },
  ]
}

// MARK: - Snapshots

extension IndexStoreConformance {
  static let snapshots: [Clause] = [
    Clause("a snapshot shows what was refreshed, and never changes") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      _ = try await store.write([IndexSample.write("1", #"{"n":1}"#), IndexSample.write("2", #"{"n":2}"#)], to: "a")
      try await store.refresh("a")
      let before = try await store.snapshot(of: "a")
      _ = try await store.write([IndexSample.write("1", #"{"n":10}"#), DocumentWrite(operation: .delete, id: "2")], to: "a")
      try await store.refresh("a")
      try check.equal(try IndexSample.cells("n", before), ["1": .long(1), "2": .long(2)], "the snapshot from before")
      try check.equal(try await IndexSample.cells("n", store), ["1": .long(10)], "a snapshot taken now")
    },
    Clause("a snapshot never lacks a document that is being replaced") { kit, check in
      let store = try await kit.makeStore()
      try await store.createIndex(IndexSample.definition("a"))
      for version in 0..<30 {
        _ = try await store.write([IndexSample.write("1", "{\"n\":\(version)}")], to: "a")
        let count = try await store.snapshot(of: "a").documentCount
        try check.that(version == 0 || count == 1, "the document is there [\(count)] times")
        if version % 3 == 0 { try await store.refresh("a") }
      }
    },
  ]

  /// Random writes, refreshes and restarts, against a dictionary that does the same.
  static let interleavings: [Clause] = [
    Clause("any interleaving of writes, refreshes and restarts gives back the same documents") { kit, check in
      for seed in UInt64(1)...5 {
        var random = SeededRandom(seed: seed)
        var store = try await kit.makeStore()
        try await store.createIndex(IndexSample.definition("a"))
        var expected: [String: [UInt8]] = [:]
        for _ in 0..<150 {
          if random.chance(0.2) { try await store.refresh("a") }
          if let reopen = kit.reopen, random.chance(0.03) { store = try await reopen(store) }
          var batch: [DocumentWrite] = []
          for _ in 0..<Int.random(in: 1...5, using: &random) {
            let id = "d\(Int.random(in: 0..<40, using: &random))"
            if random.chance(0.25) {
              batch.append(DocumentWrite(operation: .delete, id: id))
              expected[id] = nil
            } else {
              let source = IndexSample.randomDocument(&random)
              batch.append(DocumentWrite(operation: .index, id: id, source: source))
              expected[id] = source
            }
          }
          for result in try await store.write(batch, to: "a") {
            if case .failed(let error) = result.outcome { try check.that(false, "a good document was refused: \(error.reason)") }
          }
        }
        for number in 0..<40 {
          try check.equal(
            try await store.document("d\(number)", in: "a")?.source, expected["d\(number)"], "document d\(number), seed \(seed)")
        }
        try await store.refresh("a")
        try check.equal(try await IndexSample.sources(store), expected, "the documents of a snapshot, seed \(seed)")
        let numbers: [String: Value] = expected.mapValues { (try? JSONValue.parse($0))?["n"]?.int.map(Value.long) ?? .null }
        try check.equal(try await IndexSample.cells("n", store), numbers, "a column, seed \(seed)")
        try IndexSample.checkIndexes(try await store.snapshot(of: "a"), check)
      }
    }
  ]
}
