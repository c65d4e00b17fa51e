/// What a conformance kit found wrong: the clause of the contract, and what was seen instead.
public struct ConformanceFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public var clause: String
  public var detail: String

  public init(clause: String, detail: String) {
    self.clause = clause
    self.detail = detail
  }

  public var description: String { "\(clause): \(detail)" }
}

/// One clause of a contract, checked on one subject.
public struct ConformanceClause<Subject: Sendable>: Sendable, CustomStringConvertible {
  /// What the contract promises, as a sentence.
  public let name: String
  private let body: @Sendable (Subject, Check) async throws -> Void

  init(_ name: String, _ body: @escaping @Sendable (Subject, Check) async throws -> Void) {
    self.name = name
    self.body = body
  }

  public var description: String { name }

  /// Checks the clause.
  ///
  /// - Throws: ``ConformanceFailure`` where it does not hold, and where the subject throws what it should not.
  public func check(_ subject: Subject) async throws {
    do {
      try await body(subject, Check(clause: name))
    } catch let failure as ConformanceFailure {
      throw failure
    } catch {
      throw ConformanceFailure(clause: name, detail: "threw \(error)")
    }
  }
}

/// Says of a clause what does not hold.
struct Check: Sendable {
  let clause: String

  func that(_ condition: Bool, _ detail: @autoclosure () -> String) throws {
    if !condition { throw ConformanceFailure(clause: clause, detail: detail()) }
  }

  func equal<Value: Equatable>(_ seen: Value, _ expected: Value, _ what: String) throws {
    try that(seen == expected, "\(what) is \(seen), not \(expected)")
  }

  /// - Returns: what was thrown.
  @discardableResult
  func throwing(_ what: String, _ body: () async throws -> Void) async throws -> any Error {
    do {
      try await body()
    } catch {
      return error
    }
    throw ConformanceFailure(clause: clause, detail: "\(what) is not refused")
  }
}
