import Meanwhile

/// A query language of one's own, complete: `primes from 1 to 1000000 ending in 7`.
///
/// This folder is all there is to it. The framework gives it a synchronous query, submit, get, status, stop, delete, expiry, ownership, listing and errors:
///
/// - `POST /_primes` with `{"query": "primes from 1 to 100"}`
/// - `POST /_primes/async`, `GET`, `DELETE /_primes/async/{id}`, `GET /_primes/async/{id}/status`, `POST /_primes/async/{id}/stop`
struct PrimesLanguage: QueryLanguage {
  static let name = "primes"

  /// What a query asks for. Everything that can be wrong with it was found before it became one.
  struct Query: Sendable {
    var range: ClosedRange<Int>
    var lastDigit: Int?
  }

  /// 1. Prepare: the request becomes a query, or an error that points at its line and column.
  func prepare(_ request: EndpointRequest, for session: Session) async throws -> Query {
    let bytes = try await request.body.collect(bytesMax: 64 << 10)
    guard let text = (try? JSONValue.parse(bytes))?["query"]?.string else { throw APIError.validation(["[query] is required"]) }
    var words = Words(text)
    try words.expect("primes")
    try words.expect("from")
    let first = try words.number()
    try words.expect("to")
    let last = try words.number()
    guard first <= last else { throw words.error("[\(first)] is above [\(last)]") }
    var lastDigit: Int?
    if !words.isAtEnd {
      try words.expect("ending")
      try words.expect("in")
      let digit = try words.number()
      guard digit < 10 else { throw words.error("[\(digit)] is not a digit") }
      lastDigit = digit
    }
    guard words.isAtEnd else { throw words.error("unexpected [\(words.current)]") }
    return Query(range: first...last, lastDigit: lastDigit)
  }

  /// 2. Run: heed the signals, say how far you are, draw memory that grows with the data, and answer.
  func run(_ query: Query, in context: QueryContext) async throws -> JSONOutput {
    context.progress.expect(rows: query.range.count)
    var count = 0
    var primes: [JSONValue] = []
    var isPartial = false
    for batch in stride(from: query.range.lowerBound, through: query.range.upperBound, by: 1_000) {
      try context.signals.check()
      if context.signals.shouldFinishEarly {
        isPartial = true
        break
      }
      let candidates = batch...min(batch + 999, query.range.upperBound)
      for candidate in candidates where query.lastDigit.map({ candidate % 10 == $0 }) ?? true {
        guard isPrime(candidate) else { continue }
        count += 1
        if primes.count < 10 { primes.append(.integer(Int64(candidate))) }
      }
      context.progress.advance(rows: candidates.count)
      await Task.yield()
    }
    return JSONOutput(["count": .integer(Int64(count)), "first": .array(primes)], isPartial: isPartial)
  }

  private func isPrime(_ number: Int) -> Bool {
    guard number > 3 else { return number > 1 }
    guard number % 2 != 0 else { return false }
    var divisor = 3
    while divisor <= number / divisor {
      if number % divisor == 0 { return false }
      divisor += 2
    }
    return true
  }
}

/// The words of a query, one by one, with their columns.
private struct Words {
  private let words: [(text: String, column: Int)]
  private var at = 0
  private let endColumn: Int

  init(_ query: String) {
    var found: [(text: String, column: Int)] = []
    for word in query.split(whereSeparator: \.isWhitespace) {
      found.append((word.lowercased(), query.distance(from: query.startIndex, to: word.startIndex) + 1))
    }
    words = found
    endColumn = query.count + 1
  }

  var isAtEnd: Bool { at == words.count }
  var current: String { isAtEnd ? "<EOF>" : words[at].text }

  func error(_ message: String) -> APIError {
    .parsing(message, line: 1, column: isAtEnd ? endColumn : words[at].column)
  }

  mutating func expect(_ word: String) throws {
    guard current == word else { throw error("mismatched input '\(current)' expecting '\(word)'") }
    at += 1
  }

  mutating func number() throws -> Int {
    guard let number = Int(current), (0...1_000_000_000).contains(number) else {
      throw error("mismatched input '\(current)' expecting a number up to 1000000000")
    }
    at += 1
    return number
  }
}
