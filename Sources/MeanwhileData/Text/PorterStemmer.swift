/// Takes English words to their stems, in place: "foxes" and "fox" become one term.
///
/// The algorithm of M. F. Porter, "An algorithm for suffix stripping", Program 14 (1980), with the two later changes of its author (`bli` and
/// `logi` in the second step), as Lucene's `PorterStemFilter` has it. A word is a stem, of which `measure` counts the vowels that a consonant follows,
/// and a suffix; rules take or change the suffix where enough of a stem is left. What is not ASCII counts as a consonant.
struct PorterStemmer {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  /// Where the word ends by now.
  private var end: Int

  /// - Parameter lowercased: the word; a stem is never longer.
  /// - Returns: how many of its bytes the stem has.
  static func stem(_ lowercased: UnsafeMutableBufferPointer<UInt8>) -> Int {
    // Words of one or two characters stay as they are.
    guard lowercased.count > 2, lowercased.lazy.filter({ $0 & 0xC0 != 0x80 }).count > 2 else { return lowercased.count }
    var stemmer = PorterStemmer(bytes: lowercased, end: lowercased.count)
    stemmer.dropPlural()
    stemmer.dropPast()
    stemmer.changeFinalY()
    stemmer.changeDoubleSuffix()
    stemmer.changeSuffix()
    stemmer.dropSuffix()
    stemmer.tidy()
    return stemmer.end
  }

  // MARK: Steps

  /// Step 1a.
  private mutating func dropPlural() {
    guard bytes[end - 1] == UInt8(ascii: "s") else { return }
    if hasSuffix("sses") || hasSuffix("ies") { end -= 2 } else if !hasSuffix("ss") { end -= 1 }
  }

  /// Step 1b.
  private mutating func dropPast() {
    if hasSuffix("eed") {
      if measure(end - 3) > 0 { end -= 1 }
      return
    }
    let suffix = hasSuffix("ed") ? 2 : hasSuffix("ing") ? 3 : 0
    guard suffix > 0, hasVowel(end - suffix) else { return }
    end -= suffix
    if hasSuffix("at") || hasSuffix("bl") || hasSuffix("iz") {
      append(UInt8(ascii: "e"))
    } else if endsInDoubleConsonant {
      let last = bytes[end - 1]
      if last != UInt8(ascii: "l"), last != UInt8(ascii: "s"), last != UInt8(ascii: "z") { end -= 1 }
    } else if measure(end) == 1, isShort(end) {
      append(UInt8(ascii: "e"))
    }
  }

  /// Step 1c.
  private mutating func changeFinalY() {
    if bytes[end - 1] == UInt8(ascii: "y"), hasVowel(end - 1) { bytes[end - 1] = UInt8(ascii: "i") }
  }

  /// Step 2.
  private mutating func changeDoubleSuffix() { replaceFirst(of: Self.doubleSuffixes, measureMin: 1) }

  /// Step 3.
  private mutating func changeSuffix() { replaceFirst(of: Self.suffixes, measureMin: 1) }

  /// Step 4.
  private mutating func dropSuffix() {
    replaceFirst(of: Self.droppedSuffixes, measureMin: 2) { before in
      before == UInt8(ascii: "s") || before == UInt8(ascii: "t")
    }
  }

  /// Step 5.
  private mutating func tidy() {
    if bytes[end - 1] == UInt8(ascii: "e") {
      let measure = measure(end - 1)
      if measure > 1 || measure == 1 && !isShort(end - 1) { end -= 1 }
    }
    if bytes[end - 1] == UInt8(ascii: "l"), endsInDoubleConsonant, measure(end) > 1 { end -= 1 }
  }

  private static let doubleSuffixes: [(StaticString, StaticString)] = [
    ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"),
    ("fulness", "ful"), ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("logi", "log"),
  ]
  private static let suffixes: [(StaticString, StaticString)] = [
    ("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", ""),
  ]
  private static let droppedSuffixes: [(StaticString, StaticString)] = [
    ("al", ""), ("ance", ""), ("ence", ""), ("er", ""), ("ic", ""), ("able", ""), ("ible", ""), ("ant", ""), ("ement", ""), ("ment", ""),
    ("ent", ""),
    ("ion", ""), ("ou", ""), ("ism", ""), ("ate", ""), ("iti", ""), ("ous", ""), ("ive", ""), ("ize", ""),
  ]

  /// The first suffix that the word has decides: with too little of a stem before it, the word stays as it is.
  ///
  /// - Parameter allowsIon: whether `ion` may go behind a letter.
  private mutating func replaceFirst(
    of rules: [(StaticString, StaticString)], measureMin: Int, allowsIon: (UInt8) -> Bool = { _ in true }
  ) {
    for (suffix, replacement) in rules where hasSuffix(suffix) {
      let stem = end - suffix.utf8CodeUnitCount
      if suffix.utf8CodeUnitCount == 3, bytes[stem] == UInt8(ascii: "i"), bytes[end - 1] == UInt8(ascii: "n") {
        guard stem > 0, allowsIon(bytes[stem - 1]) else { continue }
      }
      guard measure(stem) >= measureMin else { return }
      end = stem
      for index in 0..<replacement.utf8CodeUnitCount { append(replacement.utf8Start[index]) }
      return
    }
  }

  // MARK: Words

  private func hasSuffix(_ suffix: StaticString) -> Bool {
    let count = suffix.utf8CodeUnitCount
    guard count <= end else { return false }
    for index in 0..<count where bytes[end - count + index] != suffix.utf8Start[index] { return false }
    return true
  }

  /// What the rules put where they took something: there is room.
  private mutating func append(_ byte: UInt8) {
    bytes[end] = byte
    end += 1
  }

  /// Whether the byte at an index is a consonant, given whether the one before it is: y is one at the start and behind a vowel.
  private func isConsonant(_ index: Int, after isBefore: Bool) -> Bool {
    switch bytes[index] {
    case UInt8(ascii: "a"), UInt8(ascii: "e"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
    case UInt8(ascii: "y"): index == 0 || !isBefore
    default: true
    }
  }

  /// How often a vowel is followed by a consonant within the first bytes.
  private func measure(_ count: Int) -> Int {
    var measure = 0
    var isBefore = true
    for index in 0..<count {
      let isConsonant = isConsonant(index, after: isBefore)
      if isConsonant, !isBefore { measure += 1 }
      isBefore = isConsonant
    }
    return measure
  }

  private func hasVowel(_ count: Int) -> Bool {
    var isBefore = true
    for index in 0..<count {
      isBefore = isConsonant(index, after: isBefore)
      if !isBefore { return true }
    }
    return false
  }

  private var endsInDoubleConsonant: Bool {
    guard end > 1, bytes[end - 1] == bytes[end - 2], bytes[end - 1] < 0x80 else { return false }
    return endsInConsonants(end).last
  }

  /// Whether the first bytes end in consonant, vowel and consonant, of which the last is not w, x or y: "hop", not "how".
  private func isShort(_ count: Int) -> Bool {
    guard count > 2 else { return false }
    let last = bytes[count - 1]
    if last == UInt8(ascii: "w") || last == UInt8(ascii: "x") || last == UInt8(ascii: "y") { return false }
    let ends = endsInConsonants(count)
    return ends.first && !ends.middle && ends.last
  }

  /// Which of the last three of the first bytes are consonants.
  private func endsInConsonants(_ count: Int) -> (first: Bool, middle: Bool, last: Bool) {
    var ends = (first: true, middle: true, last: true)
    for index in 0..<count { ends = (ends.middle, ends.last, isConsonant(index, after: ends.last)) }
    return ends
  }
}
