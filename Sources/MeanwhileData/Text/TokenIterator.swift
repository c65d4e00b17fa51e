/// Walks the terms of a text, byte by byte and without a string: call ``next()``, then look at ``term``.
public struct TokenIterator {
  /// Where a term stands.
  public struct Token: Sendable, Hashable {
    /// Byte offsets in the text.
    public var bytes: Range<Int>
    /// Terms before it, stop words included.
    public var position: Int

    public init(bytes: Range<Int>, position: Int) {
      self.bytes = bytes
      self.position = position
    }
  }

  private let text: UnsafeBufferPointer<UInt8>
  private let analyzer: Analyzer
  private let scratch: VectorBuilder<UInt8>
  private var at = 0
  private var position = -1

  /// - Parameter scratch: where terms are put; its content is overwritten.
  init(_ text: UnsafeBufferPointer<UInt8>, analyzer: Analyzer, scratch: VectorBuilder<UInt8>) {
    self.text = text
    self.analyzer = analyzer
    self.scratch = scratch
  }

  /// The bytes of the latest term, lowercased and taken to its stem if the analyzer does so; valid until the next call.
  public var term: UnsafeBufferPointer<UInt8> { scratch.buffer }

  /// Steps to the next term; nil at the end.
  public mutating func next() -> Token? {
    while let range = nextRange() {
      position += 1
      scratch.truncate(to: 0)
      appendTerm(range)
      if analyzer.isStemming { dropPossessive() }
      if !analyzer.stopWords.isEmpty, analyzer.stopWords.contains(Array(scratch.buffer)) { continue }
      if analyzer.isStemming { scratch.truncate(to: PorterStemmer.stem(scratch.mutableBuffer)) }
      return Token(bytes: range, position: position)
    }
    return nil
  }

  // MARK: Segmentation

  private mutating func nextRange() -> Range<Int>? {
    switch analyzer.segmentation {
    case .whole:
      guard at < text.count else { return nil }
      defer { at = text.count }
      return 0..<text.count
    case .nonSpace: return run { !$0.isSpace }
    case .letters: return run { $0.isLetter }
    case .words: return nextWord()
    }
  }

  private mutating func run(_ belongs: (CharacterClass) -> Bool) -> Range<Int>? {
    while at < text.count, !belongs(kind(at).kind) { at += kind(at).length }
    guard at < text.count else { return nil }
    let start = at
    while at < text.count, at - start < Analyzer.termBytesMax, belongs(kind(at).kind) { at += kind(at).length }
    return start..<at
  }

  private mutating func nextWord() -> Range<Int>? {
    var current = (kind: CharacterClass.other, length: 0)
    while at < text.count {
      if CharacterClass.isSeparator(text[at]) {
        at += 1
        continue
      }
      current = kind(at)
      if current.kind.startsWord { break }
      at += current.length
    }
    guard at < text.count else { return nil }
    let start = at
    at += current.length
    if current.length == 1 {
      // Most words are ASCII, and end where something else does that joins nothing.
      let end = min(text.count, start + Analyzer.termBytesMax)
      while at < end, CharacterClass.isWordByte(text[at]) { at += 1 }
      if at == text.count || CharacterClass.isSeparator(text[at]) { return start..<at }
      current.kind = kind(at - 1).kind
    }
    // A character that is a word by itself takes only the marks upon it.
    if current.kind == .ideograph {
      while at < text.count, kind(at).kind == .mark { at += kind(at).length }
      return start..<at
    }
    var last = current.kind
    while at < text.count, at - start < Analyzer.termBytesMax {
      let next = kind(at)
      if next.kind == .mark || joins(last, next.kind) {
        if next.kind != .mark { last = next.kind }
        at += next.length
        continue
      }
      // A point or an apostrophe joins what is of one kind on both sides.
      guard next.kind.isMiddle, at + next.length < text.count else { break }
      let after = kind(at + next.length)
      guard next.kind.joins(last, after.kind) else { break }
      at += next.length + after.length
      last = after.kind
    }
    return start..<at
  }

  private func joins(_ last: CharacterClass, _ next: CharacterClass) -> Bool {
    switch next {
    case .letter, .digit, .underscore: last != .katakana || next == .underscore
    case .katakana: last == .katakana || last == .underscore
    default: false
    }
  }

  private func kind(_ index: Int) -> (kind: CharacterClass, length: Int) {
    let byte = text[index]
    if byte < 0x80 { return (CharacterClass(ascii: byte), 1) }
    let (scalar, length) = scalar(index)
    return (CharacterClass(scalar), length)
  }

  /// The character at an index; what is no UTF-8 counts as a replacement character of one byte.
  private func scalar(_ index: Int) -> (Unicode.Scalar, Int) {
    let first = text[index]
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
    guard length > 1, index + length <= text.count else { return ("\u{FFFD}", 1) }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for offset in 1..<length {
      guard text[index + offset] & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
      value = value << 6 | UInt32(text[index + offset] & 0x3F)
    }
    return Unicode.Scalar(value).map { ($0, length) } ?? ("\u{FFFD}", 1)
  }

  // MARK: Terms

  /// Takes a final `'s` from the term, with any of the three apostrophes that Lucene knows.
  private func dropPossessive() {
    let term = scratch.buffer
    guard let last = term.last, last == UInt8(ascii: "s") else { return }
    let before = term.dropLast()
    if before.last == UInt8(ascii: "'") {
      scratch.truncate(to: term.count - 2)
    } else if before.suffix(3).elementsEqual([0xE2, 0x80, 0x99]) || before.suffix(3).elementsEqual([0xEF, 0xBC, 0x87]) {
      scratch.truncate(to: term.count - 4)
    }
  }

  private func appendTerm(_ range: Range<Int>) {
    guard analyzer.isLowercasing else { return scratch.append(contentsOf: UnsafeBufferPointer(rebasing: text[range])) }
    var index = range.lowerBound
    while index < range.upperBound {
      if text[index] < 0x80 {
        scratch.append(atMost: range.upperBound - index) { lowered in
          let start = index
          while index < range.upperBound, text[index] < 0x80 {
            let byte = text[index]
            lowered[index - start] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            index += 1
          }
          return index - start
        }
        continue
      }
      let (scalar, length) = scalar(index)
      for lowered in scalar.properties.lowercaseMapping.utf8 { scratch.append(lowered) }
      index += length
    }
  }
}

/// What word segmentation tells characters apart by: a coarse form of Unicode's `Word_Break` property.
enum CharacterClass: UInt8 {
  case other, space, letter, digit, underscore, mark, ideograph, katakana
  /// Between letters: `:` and the middle dot.
  case middleOfLetters
  /// Between digits: `,` and `;`.
  case middleOfDigits
  /// Between both: `.` and the apostrophe.
  case middleOfBoth

  /// Whether a byte is an ASCII letter, digit or underscore, by a bit for each.
  @inline(__always)
  static func isWordByte(_ byte: UInt8) -> Bool {
    let bits: UInt64 = byte & 0x40 == 0 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits >> UInt64(byte & 0x3F) & 1 != 0
  }

  /// Whether a byte is ASCII and neither belongs to a word nor joins two parts of one.
  @inline(__always)
  static func isSeparator(_ byte: UInt8) -> Bool {
    // Besides letters, digits and underscore: ' , . : ;
    let bits: UInt64 = byte & 0x40 == 0 ? 0x0FFF_5080_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && bits >> UInt64(byte & 0x3F) & 1 == 0
  }

  init(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .digit
    case UInt8(ascii: "_"): self = .underscore
    case UInt8(ascii: "."), UInt8(ascii: "'"): self = .middleOfBoth
    case UInt8(ascii: ":"): self = .middleOfLetters
    case UInt8(ascii: ","), UInt8(ascii: ";"): self = .middleOfDigits
    case 0x09...0x0D, 0x20: self = .space
    default: self = .other
    }
  }

  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x2018, 0x2019, 0x2024, 0xFF07: self = .middleOfBoth
    case 0xB7, 0x387: self = .middleOfLetters
    case 0x30A0...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: self = .katakana
    case 0x3041...0x309F, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: self = .ideograph
    default:
      let properties = scalar.properties
      switch properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark, .format: self = .mark
      case .decimalNumber: self = .digit
      case .connectorPunctuation: self = .underscore
      case .spaceSeparator, .lineSeparator, .paragraphSeparator: self = .space
      default: self = properties.isAlphabetic ? .letter : properties.isEmojiPresentation ? .ideograph : .other
      }
    }
  }

  var isSpace: Bool { self == .space }
  var isLetter: Bool { self == .letter || self == .ideograph || self == .katakana || self == .mark }
  var startsWord: Bool { self == .letter || self == .digit || self == .ideograph || self == .katakana || self == .underscore }
  var isMiddle: Bool { self == .middleOfLetters || self == .middleOfDigits || self == .middleOfBoth }

  func joins(_ before: CharacterClass, _ after: CharacterClass) -> Bool {
    guard before == after else { return false }
    switch self {
    case .middleOfLetters: return before == .letter
    case .middleOfDigits: return before == .digit
    case .middleOfBoth: return before == .letter || before == .digit
    default: return false
    }
  }
}
