/// A regular expression with captures, in the syntax that Java's and Oniguruma's share: what `GROK` and `REPLACE` match with.
///
/// Unlike ``TextPattern``, which only says whether a text matches, this one must say where, with look-around, atomic groups and back-references; it
/// therefore goes back over the text where an attempt fails. The steps of one search are counted, so that a pattern that explodes is an error and
/// not a hang.
public struct CapturePattern: Sendable {
  /// Steps that one search may take.
  public static let stepsMax = 2_000_000

  /// Capture groups, the whole match (0) included.
  let groupCount: Int
  /// Numbers of named groups, in the order of the pattern.
  let names: [(name: String, group: Int)]
  let program: [CaptureInstruction]

  /// - Throws: ``CapturePatternError`` for a pattern that is none, or too large.
  public init(_ pattern: String) throws(CapturePatternError) {
    var parser = CapturePatternParser(pattern)
    let root = try parser.parse()
    groupCount = parser.groupCount
    names = parser.names
    program = try CaptureCompiler.compile(root)
  }

  /// Where the groups of a match lie, in bytes; -1 for a group that took no part.
  struct Match {
    var slots: [Int]

    func range(of group: Int) -> Range<Int>? {
      let (start, end) = (slots[group * 2], slots[group * 2 + 1])
      return start < 0 || end < start ? nil : start..<end
    }
  }

  /// The first match at or behind an offset.
  ///
  /// - Throws: where the search takes more than ``stepsMax`` steps.
  func firstMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) throws(EvaluationFailure) -> Match? {
    var matcher = CaptureMatcher(program, text, groupCount: groupCount)
    var offset = start
    while offset <= text.count {
      if try matcher.run(at: offset) { return Match(slots: matcher.slots) }
      offset += 1
      while offset < text.count, text[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return nil
  }
}

/// What is wrong with a pattern.
public struct CapturePatternError: Error, Sendable, Hashable {
  public var reason: String
}

/// An instruction of a compiled pattern. Targets are indices of instructions.
enum CaptureInstruction: Sendable {
  /// This run of bytes.
  case bytes([UInt8])
  /// One character of a set.
  case set(CharacterSet)
  /// One character, whatever it is, but a line's end where `newlines` is false.
  case any(newlines: Bool)
  case jump(Int)
  /// Goes on at the first; at the second if that fails.
  case split(Int, Int)
  case save(Int)
  /// Remembers where a repetition began, to end it when it matched nothing.
  case mark(Int)
  /// Fails where the repetition has matched nothing since its mark.
  case advanced(Int)
  case textStart
  case textEnd
  /// At the end, or before a line's end that is the last character.
  case textEndBeforeNewline
  case lineStart
  case lineEnd
  case wordBoundary(negated: Bool)
  case backReference(Int)
  /// Looks ahead from here with the instructions up to `end`; goes on behind it.
  case lookAhead(negated: Bool, end: Int)
  /// Looks at what ends here, at most so many characters long.
  case lookBehind(negated: Bool, charactersMax: Int, end: Int)
  /// Matches the instructions up to `end` without going back into them.
  case atomic(end: Int)
  /// The end of a look-around or an atomic group, or of the pattern.
  case accept
}

/// A set of characters as sorted ranges, with a table for ASCII.
struct CharacterSet: Sendable, Hashable {
  private(set) var ranges: [ClosedRange<UInt32>] = []
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ ranges: [ClosedRange<UInt32>], negated: Bool = false) {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    self.ranges = negated ? Self.complement(merged) : merged
    for range in self.ranges where range.lowerBound < 128 {
      for scalar in range.lowerBound...min(range.upperBound, 127) {
        if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
      }
    }
  }

  static let scalarMax: UInt32 = 0x10FFFF

  private static func complement(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var result: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= scalarMax { result.append(next...scalarMax) }
    return result
  }

  var inverted: CharacterSet { CharacterSet(ranges, negated: true) }

  func intersection(_ other: CharacterSet) -> CharacterSet {
    CharacterSet(inverted.ranges + other.inverted.ranges, negated: true)
  }

  func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return low & (1 << UInt64(scalar)) != 0 }
    if scalar < 128 { return high & (1 << UInt64(scalar - 64)) != 0 }
    var first = 0
    var last = ranges.count
    while first < last {
      let middle = (first + last) / 2
      if ranges[middle].upperBound < scalar { first = middle + 1 } else { last = middle }
    }
    return first < ranges.count && ranges[first].lowerBound <= scalar
  }

  /// With the other case of every ASCII letter.
  var ignoringCase: CharacterSet {
    var all = ranges
    for (from, to) in [(UInt32(0x41), UInt32(0x61)), (0x61, 0x41)] {
      for scalar in from..<from + 26 where contains(scalar) { all.append((scalar - from + to)...(scalar - from + to)) }
    }
    return CharacterSet(all)
  }

  // MARK: - Classes

  static let digit = CharacterSet([0x30...0x39])
  static let space = CharacterSet([0x09...0x0D, 0x20...0x20])
  static let horizontalSpace = CharacterSet([0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x2000...0x200A, 0x202F...0x202F, 0x3000...0x3000])
  static let word = CharacterSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
  /// Letters, digits and connectors of all scripts, as far as ranges tell them: `\w` of Oniguruma on UTF-8.
  static let unicodeWord = CharacterSet(word.ranges + unicodeLetters)
  static let unicodeLetters: [ClosedRange<UInt32>] = [
    0xAA...0xAA, 0xB5...0xB5, 0xBA...0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2C1, 0x370...0x373, 0x376...0x37D, 0x386...0x386,
    0x388...0x481, 0x48A...0x556, 0x561...0x587, 0x5D0...0x5EA, 0x620...0x669, 0x671...0x6D3, 0x904...0x939, 0x966...0x96F, 0xE01...0xE30,
    0x10A0...0x10FF, 0x1100...0x11FF, 0x1E00...0x1FFF, 0x2C00...0x2DFF, 0x3041...0x3096, 0x30A1...0x30FA, 0x3105...0x318E,
    0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA48C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0x20000...0x2FA1F,
  ]

  /// Classes by their names in `[[:name:]]` and `\p{Name}`, in lower case.
  static let named: [String: CharacterSet] = [
    "alpha": CharacterSet([0x41...0x5A, 0x61...0x7A]), "digit": digit, "alnum": CharacterSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
    "upper": CharacterSet([0x41...0x5A]), "lower": CharacterSet([0x61...0x7A]), "space": space,
    "blank": CharacterSet([0x09...0x09, 0x20...0x20]),
    "cntrl": CharacterSet([0x00...0x1F, 0x7F...0x7F]), "print": CharacterSet([0x20...0x7E]), "graph": CharacterSet([0x21...0x7E]),
    "punct": CharacterSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "xdigit": CharacterSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
    "word": word, "ascii": CharacterSet([0x00...0x7F]), "l": CharacterSet([0x41...0x5A, 0x61...0x7A] + unicodeLetters),
    "lu": CharacterSet([0x41...0x5A, 0xC0...0xD6, 0xD8...0xDE]), "ll": CharacterSet([0x61...0x7A, 0xDF...0xF6, 0xF8...0xFF]), "n": digit,
    "nd": digit, "isalphabetic": CharacterSet([0x41...0x5A, 0x61...0x7A] + unicodeLetters),
    "p": CharacterSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
  ]
}
