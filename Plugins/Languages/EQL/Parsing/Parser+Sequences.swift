import Meanwhile

/// Sequences and samples.
extension Parser {
  mutating func sequence() throws(APIError) -> SequenceQuery {
    let start = peek.source
    advance()
    let shared = peek.kind == .keyword(.by) ? try joinKeys() : []
    var maxSpan: Int64?
    if accept(.with) {
      maxSpan = try maxSpanMillis()
      if peek.kind == .keyword(.by) { throw failure("Please specify sequence [by] before [with] not after", at: start) }
    }
    var terms: [EventTerm] = []
    var keyCount: Int?
    while isTermNext {
      let (term, runs) = try term(sharing: shared, keyCount: &keyCount)
      guard terms.count + runs <= Self.termsMax else {
        throw failure("A sequence may have at most [\(Self.termsMax)] queries", at: term.source)
      }
      terms.append(contentsOf: repeatElement(term, count: runs))
    }
    guard !terms.isEmpty else { throw mismatched(expecting: "{'[', '!['}") }
    guard terms.count > 1 else {
      throw failure("A sequence requires a minimum of 2 queries, found [\(terms.count)]", at: start)
    }
    guard terms.contains(where: { !$0.isMissing }) else {
      throw failure("A sequence requires at least one positive event query", at: start)
    }
    guard maxSpan != nil || !terms.contains(where: \.isMissing) else {
      throw failure("[maxspan] is required for sequences with missing events queries; found none", at: start)
    }
    var until: EventTerm?
    if accept(.until) {
      guard isTermNext else { throw mismatched(expecting: "'['") }
      let (term, runs) = try term(sharing: shared, keyCount: &keyCount)
      guard !term.isMissing else { throw failure("[until] does not support missing events", at: term.source) }
      guard runs == 1 else { throw failure("[until] does not support [runs]", at: term.source) }
      until = term
    }
    let source = start.through(previous.source)
    return SequenceQuery(terms: terms, until: until, maxSpanMillis: maxSpan, source: source)
  }

  mutating func sample() throws(APIError) -> SampleQuery {
    let start = peek.source
    advance()
    let shared = peek.kind == .keyword(.by) ? try joinKeys() : []
    var terms: [EventTerm] = []
    var keyCount: Int?
    while isTermNext {
      let (term, runs) = try term(sharing: shared, keyCount: &keyCount)
      guard !term.isMissing else { throw failure("Missing events are not supported for samples", at: term.source) }
      guard runs == 1 else { throw failure("[runs] is not supported for samples", at: term.source) }
      guard terms.count < Self.termsMax else {
        throw failure("A sample may have at most [\(Self.termsMax)] queries", at: term.source)
      }
      terms.append(term)
    }
    guard !terms.isEmpty else { throw mismatched(expecting: "'['") }
    guard terms.count > 1 else { throw failure("A sample requires a minimum of 2 queries, found [\(terms.count)]", at: start) }
    guard let keyCount, keyCount > 0 else { throw failure("A sample must have at least one join key, found none", at: start) }
    return SampleQuery(terms: terms, source: start.through(previous.source))
  }

  private var isTermNext: Bool { peek.kind == .symbol(.openBracket) || peek.kind == .symbol(.missingOpen) }

  /// - Parameter keyCount: how many keys the first term had; every other must have as many.
  private mutating func term(
    sharing shared: [EQLField], keyCount: inout Int?
  ) throws(APIError) -> (term: EventTerm, runs: Int) {
    let start = peek.source
    let isMissing = peek.kind == .symbol(.missingOpen)
    advance()
    let filter = try eventFilter()
    try expect(.closeBracket)
    let bySource = peek.source
    let own = peek.kind == .keyword(.by) ? try joinKeys() : []
    if let expected = keyCount, expected != shared.count + own.count {
      let place = own.isEmpty ? start : bySource
      throw failure(
        "Inconsistent number of join keys specified; expected [\(expected - shared.count)] but found [\(own.count)]", at: place)
    }
    keyCount = shared.count + own.count
    let runs = accept(.with) ? try runs() : 1
    let source = start.through(previous.source)
    return (EventTerm(filter: filter, keys: shared + own, isMissing: isMissing, source: source), runs)
  }

  private mutating func joinKeys() throws(APIError) -> [EQLField] {
    advance()
    var keys: [EQLField] = []
    repeat {
      let key = try expression()
      guard case .field(let field) = key else { throw failure("Unsupported join key [\(quote(key.source))]", at: key.source) }
      keys.append(field)
    } while accept(.comma)
    return keys
  }

  private mutating func runs() throws(APIError) -> Int {
    guard case .identifier(let option) = peek.kind else { throw mismatched(expecting: "IDENTIFIER") }
    guard option == "runs" else { throw failure("Unrecognized option [\(option)], expecting [runs]", at: peek.source) }
    advance()
    try expect(.assign)
    let isNegative = accept(.minus)
    let number = peek
    guard case .integer(let digits) = number.kind else { throw mismatched(expecting: "INTEGER_VALUE") }
    advance()
    let count = Int64(digits) ?? .max
    guard count > 0, !isNegative else {
      throw failure("A positive runs value is required; found [\(isNegative ? "-" : "")\(digits)]", at: number.source)
    }
    guard count <= Self.runsMax else {
      throw failure("A query cannot be repeated more than [\(Self.runsMax)] times; found [\(digits)]", at: number.source)
    }
    return Int(count)
  }

  private static let spanUnits: [String: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

  private mutating func maxSpanMillis() throws(APIError) -> Int64 {
    try expect(.maxspan)
    try expect(.assign)
    let number = peek
    switch number.kind {
    case .integer: break
    case .decimal(let digits):
      throw failure("Decimal time interval [\(digits)] not supported; please use a positive integer", at: number.source)
    default: throw mismatched(expecting: "{INTEGER_VALUE, DECIMAL_VALUE}")
    }
    guard case .integer(let digits) = number.kind, let count = Int64(digits) else {
      throw failure("Time interval [\(quote(number.source))] is too large", at: number.source)
    }
    guard count > 0 else { throw failure("A positive maxspan value is required; found [\(digits)]", at: number.source) }
    advance()
    guard case .identifier(let unit) = peek.kind else {
      throw failure("No time unit specified, did you mean [s] as in [\(digits)s]?", at: number.source)
    }
    guard let millis = Self.spanUnits[unit] else {
      throw failure("Unrecognized time unit [\(unit)] in [\(digits)\(unit)], please specify one of [ms, s, m, h, d]", at: peek.source)
    }
    advance()
    let (product, overflow) = count.multipliedReportingOverflow(by: millis)
    guard !overflow else { throw failure("Time interval [\(digits)\(unit)] is too large", at: number.source) }
    return product
  }
}
