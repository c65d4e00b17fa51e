import Meanwhile

/// The contract of ``TaskStore``, as a test suite for anybody's store. It needs no test framework: it throws what is wrong.
///
/// ```swift
/// try await TaskStoreConformance { try await MyStore(at: someNewPlace()) }.run()
/// ```
///
/// or, clause by clause, with Swift Testing: `@Test(arguments: TaskStoreConformance.clauses) func …(clause) { try await clause.check(kit) }`.
public struct TaskStoreConformance: Sendable {
  public typealias Clause = ConformanceClause<TaskStoreConformance>

  /// Makes an empty store.
  let makeStore: @Sendable () async throws -> any TaskStore
  /// Closes a durable store and opens it again, as a restart does; nil for a store that forgets.
  let reopen: (@Sendable (any TaskStore) async throws -> any TaskStore)?

  public init(
    makeStore: @escaping @Sendable () async throws -> any TaskStore,
    reopen: (@Sendable (any TaskStore) async throws -> any TaskStore)? = nil
  ) {
    self.makeStore = makeStore
    self.reopen = reopen
  }

  /// Checks every clause.
  ///
  /// - Throws: ``ConformanceFailure`` for the first that does not hold.
  public func run() async throws {
    for clause in Self.clauses { try await clause.check(self) }
  }

  /// The whole contract.
  public static let clauses: [Clause] = records + results + durability
}

// MARK: - Records

extension TaskStoreConformance {
  static let records: [Clause] = [
    Clause("what was inserted is loaded, every field of it") { kit, check in
      let store = try await kit.makeStore()
      for record in [Sample.plain(1), Sample.rich(2), Sample.failed(3), Sample.extreme(.max / 2)] {
        try await store.insert(record, result: nil)
        try check.equal(try await store.load(record.id.number), record, "the record")
      }
      try check.that(try await store.load(99) == nil, "a number that never was gives a record")
    },
    Clause("a number is inserted once") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.plain(1), result: Sample.stream("first"))
      try await check.throwing("inserting it again") { try await store.insert(Sample.rich(1), result: Sample.stream("second")) }
      try check.equal(try await store.load(1), Sample.plain(1), "the record")
      try check.equal(try await Sample.text(store.result(of: 1)), "first", "the result")
    },
    Clause("a record is replaced whole") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.rich(1), result: nil)
      try await store.replace(Sample.failed(1), result: nil)
      try check.equal(try await store.load(1), Sample.failed(1), "the record")
    },
    Clause("replacing what is not there is a 404, and adds nothing") { kit, check in
      let store = try await kit.makeStore()
      let error = try await check.throwing("replacing") { try await store.replace(Sample.plain(1), result: Sample.stream("x")) }
      try check.equal((error as? APIError)?.status, 404, "the status of the error")
      try check.that(try await store.load(1) == nil, "the record was added")
      try check.that(try await store.result(of: 1) == nil, "the result was added")
    },
    Clause("removing takes record and result, and says whether there was one") { kit, check in
      let store = try await kit.makeStore()
      try await store.insert(Sample.plain(1), result: Sample.stream("x"))
      try await store.insert(Sample.plain(2), result: Sample.stream("y"))
      try check.that(try await store.remove(1), "the first removal says there was none")
      try check.that(try await store.remove(1) == false, "the second removal says there was one")
      try check.that(try await store.load(1) == nil, "the record is still there")
      try check.that(try await store.result(of: 1) == nil, "the result is still there")
      try check.equal(try await Sample.text(store.result(of: 2)), "y", "the other's result")
    },
    Clause("all records are listed, in the order of their numbers") { kit, check in
      let store = try await kit.makeStore()
      try check.equal(try await store.allRecords(), [], "a new store's list")
      for number in [3, 1, 10, 2] as [TaskNumber] { try await store.insert(Sample.plain(number), result: nil) }
      try await store.remove(2)
      try check.equal(try await store.allRecords().map(\.id.number), [1, 3, 10], "the list")
      try check.equal(try await store.records(after: 0, limit: 2).map(\.id.number), [1, 3], "the first page of two")
      try check.equal(try await store.records(after: 3, limit: 2).map(\.id.number), [10], "the second page of two")
      try check.equal(try await store.records(after: 10, limit: 2), [], "the page after the last")
    },
    Clause("those that have not finished are known, as they were last written") { kit, check in
      let store = try await kit.makeStore()
      try check.equal(try await store.unfinished(), [], "a new store's")
      for number in [4, 1, 3] as [TaskNumber] { try await store.insert(Sample.plain(number), result: nil) }
      try await store.insert(Sample.failed(2), result: nil)
      try check.equal(try await store.unfinished().map(\.id.number), [1, 3, 4], "the numbers")
      try await store.replace(Sample.rich(3), result: nil)
      try await store.replace(Sample.extreme(4), result: nil)
      try await store.remove(1)
      try check.equal(try await store.unfinished(), [Sample.extreme(4)], "the list after changes")
    },
    Clause("what expires before a moment is found, as it was last set, and no more than asked for") { kit, check in
      let store = try await kit.makeStore()
      for number in 1...5 as ClosedRange<TaskNumber> {
        try await store.insert(Sample.plain(number, expires: 100 * Int64(number)), result: nil)
      }
      func found(before moment: Int64, limit: Int = 10) async throws -> Set<TaskNumber> {
        Set(try await store.numbers(expiringBefore: Timestamp(milliseconds: moment), limit: limit))
      }
      try check.equal(try await found(before: 100), [], "what expires before the first")
      try check.equal(try await found(before: 301), [1, 2, 3], "what expires before 301")
      try check.equal(try await found(before: 1_000, limit: 2).count, 2, "the number of those found, of two asked for,")
      try check.equal(try await found(before: 301), [1, 2, 3], "what expires before 301, asked again,")
      try await store.replace(Sample.plain(1, expires: 900), result: nil)
      try await store.replace(Sample.plain(5, expires: 50), result: nil)
      try await store.remove(2)
      try check.equal(try await found(before: 301), [3, 5], "what expires before 301, after changes,")
    },
    Clause("the highest number counts what was removed too") { kit, check in
      let store = try await kit.makeStore()
      try check.equal(try await store.highestNumber(), 0, "a new store's highest number")
      for number in [7, 41, 5] as [TaskNumber] { try await store.insert(Sample.plain(number), result: nil) }
      try await store.remove(41)
      try check.equal(try await store.highestNumber(), 41, "the highest number")
    },
  ]
}
