import Meanwhile

extension TaskStoreConformance {
  static let results: [Clause] = [
    Clause("a result is read back byte for byte, as often as asked") { kit, check in
      let store = try await kit.makeStore()
      let chunks: [[UInt8]] = [[], Array(0...255), [], Sample.noise(300_000, seed: 1), [0]]
      try await store.insert(Sample.plain(1), result: ChunkStream(chunks))
      for _ in 0..<2 {
        try check.that(try await Sample.bytes(store.result(of: 1)) == Array(chunks.joined()), "the bytes differ")
      }
    },
    Clause("a record without a result has none; an empty result is one") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.plain(1), result: nil)
      try await store.insert(Sample.plain(2), result: .empty)
      try check.that(try await store.result(of: 1) == nil, "there is a result where none was given")
      try check.that(try await store.result(of: 3) == nil, "there is a result where there is no record")
      try check.equal(try await Sample.bytes(store.result(of: 2)), [], "the empty result")
    },
    Clause("replacing a record without a result leaves the result") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.plain(1), result: Sample.stream("kept"))
      try await store.replace(Sample.rich(1), result: nil)
      try check.equal(try await Sample.text(store.result(of: 1)), "kept", "the result")
    },
    Clause("replacing a record with a result replaces both") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.plain(1), result: nil)
      for text in ["one", "two"] {
        try await store.replace(Sample.rich(1), result: Sample.stream(text))
        try check.equal(try await Sample.text(store.result(of: 1)), text, "the result")
      }
      try check.equal(try await store.load(1), Sample.rich(1), "the record")
    },
    Clause("a result that breaks off while it is written leaves no trace") { kit, check in
      let store = try await kit.makeStore()
      try await check.throwing("inserting it") { try await store.insert(Sample.plain(1), result: Sample.broken()) }
      try check.that(try await store.load(1) == nil, "the record was added")
      try check.that(try await store.result(of: 1) == nil, "the result was added")
      try await store.insert(Sample.plain(2), result: Sample.stream("whole"))
      try await check.throwing("replacing with it") { try await store.replace(Sample.rich(2), result: Sample.broken()) }
      try check.equal(try await store.load(2), Sample.plain(2), "the record")
      try check.equal(try await Sample.text(store.result(of: 2)), "whole", "the result")
      try await store.insert(Sample.plain(1), result: Sample.stream("again"))
      try check.equal(try await Sample.text(store.result(of: 1)), "again", "the result of a second try")
    },
    Clause("a result that is being read is never mixed with another") { kit, check in
      let store = try await kit.makeStore()
      let first = Sample.noise(500_000, seed: 1)
      let second = Sample.noise(400_000, seed: 2)
      try await store.insert(Sample.plain(1), result: ChunkStream([first]))
      for change in 0..<2 {
        let stream = try await store.result(of: 1)
        if change == 0 {
          try await store.replace(Sample.plain(1), result: ChunkStream([second]))
        } else {
          try await store.remove(1)
        }
        // It may be read to its end or fail, but what is read is the whole of what was asked for.
        guard let stream, let bytes = try? await stream.collect(bytesMax: .max) else { continue }
        try check.that(bytes == (change == 0 ? first : second), "a reader got \(bytes.count) bytes of something else")
      }
    },
  ]

  static let durability: [Clause] = [
    Clause("calls about different tasks may come at the same time") { kit, check in
      let store = try await kit.makeStore()
      let count: TaskNumber = 200
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 1...count {
          group.addTask {
            try await store.insert(Sample.plain(number), result: Sample.stream("\(number)"))
            if number % 3 == 0 { try await store.remove(number) }
            if number % 3 == 1 { try await store.replace(Sample.rich(number), result: nil) }
          }
        }
        try await group.waitForAll()
      }
      for number in 1...count {
        let expected = number % 3 == 0 ? nil : number % 3 == 1 ? Sample.rich(number) : Sample.plain(number)
        try check.equal(try await store.load(number), expected, "record \(number)")
        let result = try await store.result(of: number)
        try check.equal(result == nil, expected == nil, "the absence of result \(number)")
        if expected != nil { try check.equal(try await Sample.text(result), "\(number)", "result \(number)") }
      }
    },
    Clause("what was acknowledged is there after a restart") { kit, check in
      guard let reopen = kit.reopen else { return }
      var store = try await kit.makeStore()
      try await store.insert(Sample.rich(1), result: nil)
      try await store.insert(Sample.failed(2), result: Sample.stream("two"))
      try await store.replace(Sample.plain(1), result: Sample.stream("one"))
      try await store.insert(Sample.plain(9), result: nil)
      try await store.remove(9)
      for _ in 0..<2 {
        store = try await reopen(store)
        try check.equal(try await store.allRecords(), [Sample.plain(1), Sample.failed(2)], "the list")
        try check.equal(try await store.unfinished(), [Sample.plain(1)], "what has not finished")
        try check.equal(try await Sample.text(store.result(of: 1)), "one", "the first result")
        try check.equal(try await Sample.text(store.result(of: 2)), "two", "the second result")
        try check.equal(try await store.highestNumber(), 9, "the highest number")
        let moment = Sample.plain(1).expires.advanced(by: .milliseconds(1))
        try check.equal(try await store.numbers(expiringBefore: moment, limit: 10).contains(1), true, "that the first is listed as expired")
      }
    },
  ]
}
