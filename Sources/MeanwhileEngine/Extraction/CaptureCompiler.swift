/// Turns a pattern's parts into instructions.
struct CaptureCompiler {
  /// Instructions that a pattern may have, its counted repetitions written out.
  static let instructionsMax = 100_000

  private var program: [CaptureInstruction] = []
  private var markCount = 0

  static func compile(_ root: CaptureNode) throws(CapturePatternError) -> [CaptureInstruction] {
    var compiler = CaptureCompiler()
    try compiler.emit(.group(root, number: 0))
    compiler.program.append(.accept)
    return compiler.program
  }

  private mutating func add(_ instruction: CaptureInstruction) throws(CapturePatternError) {
    guard program.count < Self.instructionsMax else { throw CapturePatternError(reason: "the pattern is too large") }
    program.append(instruction)
  }

  private mutating func emit(_ node: CaptureNode) throws(CapturePatternError) {
    switch node {
    case .empty: break
    case .literal(let scalar): try literal(scalar)
    case .set(let set): try add(.set(set))
    case .any(let newlines): try add(.any(newlines: newlines))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .alternatives(let choices): try alternatives(choices)
    case .repeated(let inner, let least, let most, let greed): try repeated(inner, least, most, greed)
    case .group(let inner, let number):
      try add(.save(number * 2))
      try emit(inner)
      try add(.save(number * 2 + 1))
    case .atomic(let inner): try enclosed(inner) { .atomic(end: $0) }
    case .look(let inner, false, let negated): try enclosed(inner) { .lookAhead(negated: negated, end: $0) }
    case .look(let inner, true, let negated):
      guard let length = Self.charactersMax(of: inner) else {
        throw CapturePatternError(reason: "look-behind group does not have an obvious maximum length")
      }
      try enclosed(inner) { .lookBehind(negated: negated, charactersMax: length, end: $0) }
    case .assertion(let assertion): try add(assertion)
    case .backReference(let group): try add(.backReference(group))
    }
  }

  private mutating func literal(_ scalar: UInt32) throws(CapturePatternError) {
    guard let character = Unicode.Scalar(scalar) else { throw CapturePatternError(reason: "the pattern has half a character") }
    try add(.bytes(Array(String(character).utf8)))
  }

  private mutating func enclosed(_ inner: CaptureNode, _ make: (Int) -> CaptureInstruction) throws(CapturePatternError) {
    let place = program.count
    try add(.accept)
    try emit(inner)
    try add(.accept)
    program[place] = make(program.count)
  }

  private mutating func alternatives(_ choices: [CaptureNode]) throws(CapturePatternError) {
    var exits: [Int] = []
    for (index, choice) in choices.enumerated() {
      guard index < choices.count - 1 else {
        try emit(choice)
        break
      }
      let split = program.count
      try add(.accept)
      try emit(choice)
      exits.append(program.count)
      try add(.accept)
      program[split] = .split(split + 1, program.count)
    }
    for exit in exits { program[exit] = .jump(program.count) }
  }

  private mutating func repeated(_ inner: CaptureNode, _ least: Int, _ most: Int?, _ greed: CaptureNode.Greed) throws(CapturePatternError) {
    if greed == .possessive { return try emit(.atomic(.repeated(inner, least, most, .greedy))) }
    for _ in 0..<least {
      let before = program.count
      try emit(inner)
      // What matches nothing need not be written out again.
      if program.count == before { return }
    }
    func split(_ into: Int, _ past: Int) -> CaptureInstruction { greed == .lazy ? .split(past, into) : .split(into, past) }
    guard let most else {
      let mark = markCount
      markCount += 1
      let loop = program.count
      try add(.accept)
      try add(.mark(mark))
      try emit(inner)
      try add(.advanced(mark))
      try add(.jump(loop))
      program[loop] = split(loop + 1, program.count)
      return
    }
    var splits: [Int] = []
    for _ in 0..<max(0, most - least) {
      splits.append(program.count)
      try add(.accept)
      try emit(inner)
    }
    for place in splits { program[place] = split(place + 1, program.count) }
  }

  /// The most characters that a part can match; nil where there is no end to it.
  private static func charactersMax(of node: CaptureNode) -> Int? {
    switch node {
    case .empty, .look, .assertion: return 0
    case .literal, .set, .any: return 1
    case .sequence(let parts):
      var total = 0
      for part in parts {
        guard let length = charactersMax(of: part) else { return nil }
        total += length
        if total > instructionsMax { return nil }
      }
      return total
    case .alternatives(let choices):
      var longest = 0
      for choice in choices {
        guard let length = charactersMax(of: choice) else { return nil }
        longest = max(longest, length)
      }
      return longest
    case .repeated(let inner, _, let most, _):
      guard let most, let length = charactersMax(of: inner) else { return nil }
      let (total, overflow) = length.multipliedReportingOverflow(by: most)
      return overflow || total > instructionsMax ? nil : total
    case .group(let inner, _), .atomic(let inner): return charactersMax(of: inner)
    case .backReference: return nil
    }
  }
}
