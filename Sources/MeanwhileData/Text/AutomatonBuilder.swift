/// Makes a ``ByteAutomaton`` of a pattern: first a nondeterministic one (Thompson's construction), then its subsets.
struct AutomatonBuilder {
  private struct Transition {
    var low: UInt8
    var high: UInt8
    var target: Int
  }

  /// A piece of automaton with one way in and one way out.
  private struct Fragment {
    var start: Int
    var end: Int
  }

  private let isCaseInsensitive: Bool
  private var transitions: [[Transition]] = []
  private var epsilons: [[Int]] = []
  /// States that accept whatever follows.
  private var sinks: Set<Int> = []

  /// The most states before they are made deterministic.
  private static let stateCountMax = 100_000

  init(isCaseInsensitive: Bool) { self.isCaseInsensitive = isCaseInsensitive }

  /// - Returns: nil where a limit is passed.
  mutating func automaton(of node: PatternNode) -> ByteAutomaton? {
    guard let whole = fragment(of: node) else { return nil }
    // What ends in any text accepts early.
    if endsInAnyText(node) { sinks.insert(whole.end) }
    return determinised(from: whole)
  }

  private func endsInAnyText(_ node: PatternNode) -> Bool {
    switch node {
    case .anyText: true
    case .repeated(.anyCharacter, min: 0, max: nil): true
    case .sequence(let nodes): nodes.last.map(endsInAnyText) ?? false
    default: false
    }
  }

  // MARK: Nondeterministic

  private mutating func state() -> Int {
    transitions.append([])
    epsilons.append([])
    return transitions.count - 1
  }

  private mutating func connect(_ from: Int, _ bytes: ClosedRange<UInt8>, _ to: Int) {
    transitions[from].append(Transition(low: bytes.lowerBound, high: bytes.upperBound, target: to))
  }

  private mutating func fragment(of node: PatternNode) -> Fragment? {
    guard transitions.count <= Self.stateCountMax else { return nil }
    switch node {
    case .nothing: return Fragment(start: state(), end: state())
    case .anyText: return anyText()
    case .anyCharacter: return characters([Unicode.Scalar(0)...Unicode.Scalar.last])
    case .text(let text): return self.text(text)
    case .characters(let ranges, let isNegated):
      let folded = isCaseInsensitive ? Self.folded(ranges) : ranges
      return characters(isNegated ? Self.inverted(folded) : folded)
    case .sequence(let nodes):
      var whole = Fragment(start: state(), end: 0)
      whole.end = whole.start
      for node in nodes {
        guard let next = fragment(of: node) else { return nil }
        epsilons[whole.end].append(next.start)
        whole.end = next.end
      }
      return whole
    case .either(let nodes):
      let whole = Fragment(start: state(), end: state())
      for node in nodes {
        guard let choice = fragment(of: node) else { return nil }
        epsilons[whole.start].append(choice.start)
        epsilons[choice.end].append(whole.end)
      }
      return whole
    case .repeated(.anyCharacter, min: 0, max: nil): return anyText()
    case .repeated(let node, let least, let most): return repeated(node, least, most)
    case .complement(let node):
      guard let inner = Self.deterministic(node, isCaseInsensitive) else { return nil }
      return embedded(inner) { $0 == 0 }
    case .both(let left, let right):
      // Both is neither of the complements (De Morgan), by way of automata that are small here.
      return fragment(of: .complement(.either([.complement(left), .complement(right)])))
    }
  }

  private mutating func anyText() -> Fragment {
    // An end of its own, which nothing loops back from, can be told from what comes before it.
    let whole = Fragment(start: state(), end: state())
    connect(whole.start, 0...255, whole.start)
    epsilons[whole.start].append(whole.end)
    return whole
  }

  private mutating func text(_ text: String) -> Fragment {
    let start = state()
    var end = start
    for scalar in text.unicodeScalars {
      guard isCaseInsensitive, let other = Self.otherCase(of: scalar) else {
        for byte in String(String.UnicodeScalarView([scalar])).utf8 {
          let next = state()
          connect(end, byte...byte, next)
          end = next
        }
        continue
      }
      let either = characters([scalar...scalar, other...other])
      epsilons[end].append(either.start)
      end = either.end
    }
    return Fragment(start: start, end: end)
  }

  private mutating func repeated(_ node: PatternNode, _ least: Int, _ most: Int?) -> Fragment? {
    var whole = Fragment(start: state(), end: 0)
    whole.end = whole.start
    for _ in 0..<least {
      guard let next = fragment(of: node) else { return nil }
      epsilons[whole.end].append(next.start)
      whole.end = next.end
    }
    guard let most else {
      guard let loop = fragment(of: node) else { return nil }
      let out = state()
      epsilons[whole.end].append(out)
      epsilons[whole.end].append(loop.start)
      epsilons[loop.end].append(loop.start)
      epsilons[loop.end].append(out)
      return Fragment(start: whole.start, end: out)
    }
    let out = state()
    for _ in least..<most {
      guard let next = fragment(of: node) else { return nil }
      epsilons[whole.end].append(out)
      epsilons[whole.end].append(next.start)
      whole.end = next.end
    }
    epsilons[whole.end].append(out)
    return Fragment(start: whole.start, end: out)
  }

  /// One character of some ranges, as its UTF-8 bytes.
  private mutating func characters(_ ranges: [ClosedRange<Unicode.Scalar>]) -> Fragment {
    let whole = Fragment(start: state(), end: state())
    for range in ranges {
      for sequence in UTF8Ranges.sequences(of: range) {
        var from = whole.start
        for (index, bytes) in sequence.enumerated() {
          let to = index == sequence.count - 1 ? whole.end : state()
          connect(from, bytes, to)
          from = to
        }
      }
    }
    return whole
  }

  /// A deterministic automaton as a fragment, with other accepting states.
  private mutating func embedded(_ automaton: ByteAutomaton, accepting: (UInt8) -> Bool) -> Fragment {
    let base = transitions.count
    for _ in 0..<automaton.stateCount { _ = state() }
    let end = state()
    for from in 0..<automaton.stateCount {
      for byte in UInt8.min...UInt8.max {
        let to = Int(automaton.table[from * automaton.classCount + Int(automaton.classOfByte[Int(byte)])])
        if let last = transitions[base + from].last, last.target == base + to, last.high &+ 1 == byte {
          transitions[base + from][transitions[base + from].count - 1].high = byte
        } else {
          connect(base + from, byte...byte, base + to)
        }
      }
      if accepting(automaton.acceptance[from]) { epsilons[base + from].append(end) }
    }
    return Fragment(start: base + 1, end: end)
  }

  private static func deterministic(_ node: PatternNode, _ isCaseInsensitive: Bool) -> ByteAutomaton? {
    var inner = AutomatonBuilder(isCaseInsensitive: isCaseInsensitive)
    return inner.automaton(of: node)
  }

  // MARK: Deterministic

  private func closure(of states: [Int]) -> [Int] {
    var seen = Set(states)
    var pending = states
    while let from = pending.popLast() {
      for to in epsilons[from] where seen.insert(to).inserted { pending.append(to) }
    }
    // Where everything is accepted already, how it came to that is no matter.
    if let sink = seen.first(where: sinks.contains) { return [sink] }
    return seen.sorted()
  }

  private func determinised(from whole: Fragment) -> ByteAutomaton? {
    let (classOfByte, examples) = byteClasses()
    var numbers: [[Int]: UInt16] = [[]: 0]
    var sets: [[Int]] = [[]]
    var table = [UInt16](repeating: 0, count: examples.count)
    var acceptance: [UInt8] = [0]
    func number(of set: [Int]) -> UInt16? {
      if let known = numbers[set] { return known }
      guard sets.count < ByteAutomaton.stateCountMax else { return nil }
      let number = UInt16(sets.count)
      numbers[set] = number
      sets.append(set)
      acceptance.append(set.contains(where: sinks.contains) ? 2 : set.contains(whole.end) ? 1 : 0)
      return number
    }
    guard number(of: closure(of: [whole.start])) != nil else { return nil }
    var at = 1
    while at < sets.count {
      let set = sets[at]
      if acceptance[at] == 2 {
        table.append(contentsOf: repeatElement(UInt16(at), count: examples.count))
        at += 1
        continue
      }
      for byte in examples {
        var targets: Set<Int> = []
        for from in set {
          for transition in transitions[from] where byte >= transition.low && byte <= transition.high { targets.insert(transition.target) }
        }
        guard let next = number(of: targets.isEmpty ? [] : closure(of: Array(targets))) else { return nil }
        table.append(next)
      }
      at += 1
    }
    return ByteAutomaton(
      table: Vector(table), classOfByte: Vector(classOfByte), classCount: examples.count, acceptance: Vector(acceptance))
  }

  /// Bytes between which some transition ends or begins are of different classes. With an example of each class.
  private func byteClasses() -> (classOfByte: [UInt8], examples: [UInt8]) {
    var isBoundary = [Bool](repeating: false, count: 257)
    isBoundary[0] = true
    for transition in transitions.joined() {
      isBoundary[Int(transition.low)] = true
      isBoundary[Int(transition.high) + 1] = true
    }
    var classOfByte = [UInt8](repeating: 0, count: 256)
    var examples: [UInt8] = []
    for byte in 0..<256 {
      if isBoundary[byte] { examples.append(UInt8(byte)) }
      classOfByte[byte] = UInt8(examples.count - 1)
    }
    return (classOfByte, examples)
  }

  // MARK: Characters

  /// The other case of a letter that has exactly one of one character.
  private static func otherCase(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
    for mapped in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      let scalars = Array(mapped.unicodeScalars)
      if scalars.count == 1, scalars[0] != scalar { return scalars[0] }
    }
    return nil
  }

  /// Ranges with the other case of their ASCII letters, as Lucene's case-insensitive classes have it.
  private static func folded(_ ranges: [ClosedRange<Unicode.Scalar>]) -> [ClosedRange<Unicode.Scalar>] {
    var all = ranges
    for letter in UInt8(ascii: "a")...UInt8(ascii: "z") {
      let lower = Unicode.Scalar(letter)
      let upper = Unicode.Scalar(letter - 0x20)
      if ranges.contains(where: { $0.contains(lower) || $0.contains(upper) }) { all += [lower...lower, upper...upper] }
    }
    return all
  }

  /// The characters that are in none of the ranges.
  static func inverted(_ ranges: [ClosedRange<Unicode.Scalar>]) -> [ClosedRange<Unicode.Scalar>] {
    var result: [ClosedRange<Unicode.Scalar>] = []
    var next: UInt32 = 0
    func add(_ low: UInt32, _ high: UInt32) {
      // Surrogates are no characters.
      if low < 0xD800, high > 0xDFFF {
        add(low, 0xD7FF)
        add(0xE000, high)
        return
      }
      guard low <= high, let first = Unicode.Scalar(low), let last = Unicode.Scalar(high) else { return }
      result.append(first...last)
    }
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if range.lowerBound.value > next {
        let end = range.lowerBound.value - 1
        add(next == 0xD800 ? 0xE000 : next, end == 0xDFFF ? 0xD7FF : end)
      }
      next = max(next, range.upperBound.value + 1)
    }
    if next <= 0x10FFFF { add(next == 0xD800 ? 0xE000 : next, 0x10FFFF) }
    return result
  }
}

extension Unicode.Scalar {
  /// The last character there is.
  static let last: Unicode.Scalar = "\u{10FFFF}"
}
