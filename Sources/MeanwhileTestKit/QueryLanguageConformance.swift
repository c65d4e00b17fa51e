import Meanwhile

/// The contract of ``QueryLanguage``, as a test suite for anybody's language. It needs no test framework: it throws what is wrong.
public struct QueryLanguageConformance<Language: QueryLanguage>: Sendable {
  public typealias Clause = ConformanceClause<QueryLanguageConformance>

  let language: Language
  let service: Service
  let valid: EndpointRequest
  let invalid: EndpointRequest
  let slow: EndpointRequest?

  /// - Parameters:
  ///   - service: one that the language is composed into, with data for its queries.
  ///   - valid: a request whose query gives the same output whenever it runs.
  ///   - invalid: one whose query is wrong.
  ///   - slow: one whose query takes many seconds unless it is told to end; nil where there is none.
  public init(language: Language, service: Service, valid: EndpointRequest, invalid: EndpointRequest, slow: EndpointRequest? = nil) {
    self.language = language
    self.service = service
    self.valid = valid
    self.invalid = invalid
    self.slow = slow
  }

  /// Checks every clause.
  ///
  /// - Throws: ``ConformanceFailure`` for the first that does not hold.
  public func run() async throws {
    for clause in Self.clauses { try await clause.check(self) }
  }

  /// The whole contract.
  public static var clauses: [Clause] {
    [
      Clause("the name is of lowercase letters and digits") { kit, check in
        let name = kit.language.name
        try check.that(!name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) }, "it is [\(name)]")
      },
      Clause("what is wrong with a query is found when it is prepared, and is the client's error") { kit, check in
        let error = try await check.throwing("an invalid query") { _ = try await kit.language.prepare(kit.invalid, for: kit.session) }
        let status = (error as? APIError)?.status
        try check.that(status.map { 400..<500 ~= $0 } == true, "it throws \(error)")
      },
      Clause("an output is read back as it was, and written alike each time") { kit, check in
        let output = try await kit.output(of: kit.valid)
        let bytes = try await output.encode().collect(bytesMax: .max)
        try check.that(try await output.encode().collect(bytesMax: .max) == bytes, "it is written differently the second time")
        let again = try await Language.Output.decode(ChunkStream(bytes.map { [$0] }))
        try check.equal(again.isPartial, output.isPartial, "whether what was read back is partial")
        try check.that(try await again.encode().collect(bytesMax: .max) == bytes, "what was read back is written differently")
      },
      Clause("a query runs from its request without headers, as after a restart") { kit, check in
        var bare = kit.valid
        bare.headers = Headers()
        let output = try await kit.output(of: bare).encode().collect(bytesMax: .max)
        try check.that(try await kit.output(of: kit.valid).encode().collect(bytesMax: .max) == output, "the output is another")
      },
      Clause("a query that is cancelled ends soon, without an output") { kit, check in
        guard let slow = kit.slow else { return }
        let context = kit.context()
        let query = try await kit.language.prepare(slow, for: kit.session)
        context.signals.cancel()
        try await check.throwing("a cancelled query") { _ = try await kit.language.run(query, in: context) }
      },
      Clause("a query that is told to finish early answers, and says that the answer is partial") { kit, check in
        guard let slow = kit.slow else { return }
        let context = kit.context()
        let query = try await kit.language.prepare(slow, for: kit.session)
        context.signals.requestEarlyFinish()
        try check.that(try await kit.language.run(query, in: context).isPartial, "the answer is not marked as partial")
      },
    ]
  }

  private var session: Session { Session(service: service, principal: nil) }

  private func context() -> QueryContext {
    QueryContext(taskID: TaskID(node: service.nodeID, number: 1, random: SystemRandomSource()), session: session)
  }

  private func output(of request: EndpointRequest) async throws -> Language.Output {
    try await language.run(language.prepare(request, for: session), in: context())
  }
}
