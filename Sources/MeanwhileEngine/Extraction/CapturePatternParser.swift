/// A pattern's parts, before it is compiled.
indirect enum CaptureNode: Sendable {
  case empty
  case literal(UInt32)
  case set(CharacterSet)
  case any(newlines: Bool)
  case sequence([CaptureNode])
  case alternatives([CaptureNode])
  /// Nil is without end.
  case repeated(CaptureNode, Int, Int?, Greed)
  case group(CaptureNode, number: Int)
  case atomic(CaptureNode)
  case look(CaptureNode, isBehind: Bool, negated: Bool)
  case assertion(CaptureInstruction)
  case backReference(Int)

  enum Greed: Sendable {
    case greedy, lazy, possessive
  }
}

/// Reads a pattern.
struct CapturePatternParser {
  static let depthMax = 100

  private let scalars: [UInt32]
  private var index = 0
  private(set) var groupCount = 1
  private(set) var names: [(name: String, group: Int)] = []
  private var ignoresCase = false
  private var dotMatchesNewlines = false
  private var isMultiline = false
  private var ignoresSpace = false
  private var depth = 0

  init(_ pattern: String) { scalars = pattern.unicodeScalars.map(\.value) }

  mutating func parse() throws(CapturePatternError) -> CaptureNode {
    let node = try alternatives()
    guard index == scalars.count else { throw error("unmatched closing ')'") }
    return node
  }

  private func error(_ reason: String) -> CapturePatternError { CapturePatternError(reason: "\(reason) near index \(index)") }

  private var current: UInt32? { index < scalars.count ? scalars[index] : nil }

  private func at(_ character: Unicode.Scalar) -> Bool { current == character.value }

  private mutating func accept(_ text: String) -> Bool {
    let wanted = text.unicodeScalars.map(\.value)
    guard index + wanted.count <= scalars.count, Array(scalars[index..<index + wanted.count]) == wanted else { return false }
    index += wanted.count
    return true
  }

  // MARK: - Structure

  private mutating func alternatives() throws(CapturePatternError) -> CaptureNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw error("groups are nested more than \(Self.depthMax) deep") }
    var choices = [try sequence()]
    while accept("|") { choices.append(try sequence()) }
    return choices.count == 1 ? choices[0] : .alternatives(choices)
  }

  private mutating func sequence() throws(CapturePatternError) -> CaptureNode {
    var parts: [CaptureNode] = []
    while let scalar = current, scalar != 0x7C, scalar != 0x29 {
      if ignoresSpace, CharacterSet.space.contains(scalar) {
        index += 1
        continue
      }
      guard let atom = try atom() else { continue }
      parts.append(try quantified(atom))
    }
    return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
  }

  private mutating func quantified(_ atom: CaptureNode) throws(CapturePatternError) -> CaptureNode {
    var node = atom
    while let scalar = current {
      let bounds: (Int, Int?)
      switch scalar {
      case 0x2A: bounds = (0, nil)
      case 0x2B: bounds = (1, nil)
      case 0x3F: bounds = (0, 1)
      case 0x7B:
        guard let counted = try counts() else { return node }
        bounds = counted
        index -= 1
      default: return node
      }
      index += 1
      var greed = CaptureNode.Greed.greedy
      if accept("?") { greed = .lazy } else if accept("+") { greed = .possessive }
      node = .repeated(node, bounds.0, bounds.1, greed)
    }
    return node
  }

  /// `{2}`, `{2,}`, `{,3}`, `{2,3}`; nil where the brace is none of these and stands for itself.
  private mutating func counts() throws(CapturePatternError) -> (Int, Int?)? {
    let start = index
    index += 1
    let least = number()
    var most = least
    if accept(",") { most = number() }
    guard accept("}"), least != nil || most != nil else {
      index = start
      return nil
    }
    if let least, let most, most < least { throw error("illegal repetition range") }
    return (least ?? 0, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = current, scalar >= 0x30, scalar <= 0x39, value ?? 0 < 100_000 {
      value = (value ?? 0) * 10 + Int(scalar - 0x30)
      index += 1
    }
    return value
  }

  // MARK: - Atoms

  private mutating func atom() throws(CapturePatternError) -> CaptureNode? {
    guard let scalar = current else { return nil }
    switch scalar {
    case 0x28: return try group()
    case 0x5B: return try .set(self.set())
    case 0x2E:
      index += 1
      return .any(newlines: dotMatchesNewlines)
    case 0x5E:
      index += 1
      return .assertion(isMultiline ? .lineStart : .textStart)
    case 0x24:
      index += 1
      return .assertion(isMultiline ? .lineEnd : .textEndBeforeNewline)
    case 0x5C: return try escape()
    case 0x2A, 0x2B, 0x3F: throw error("dangling meta character '\(Character(Unicode.Scalar(scalar) ?? "*"))'")
    default:
      index += 1
      return literal(scalar)
    }
  }

  private func literal(_ scalar: UInt32) -> CaptureNode {
    guard ignoresCase, let character = Unicode.Scalar(scalar), character.properties.isCased else { return .literal(scalar) }
    let variants =
      [scalar]
      + [character.properties.lowercaseMapping, character.properties.uppercaseMapping].flatMap { text in
        text.unicodeScalars.count == 1 ? text.unicodeScalars.map(\.value) : []
      }
    return .set(CharacterSet(variants.map { $0...$0 }))
  }

  private mutating func group() throws(CapturePatternError) -> CaptureNode? {
    index += 1
    let flags = (ignoresCase, dotMatchesNewlines, isMultiline, ignoresSpace)
    var number: Int?
    var wrap: (CaptureNode) -> CaptureNode = { $0 }
    if accept("?") {
      if accept(":") {
      } else if accept(">") {
        wrap = { .atomic($0) }
      } else if accept("=") {
        wrap = { .look($0, isBehind: false, negated: false) }
      } else if accept("!") {
        wrap = { .look($0, isBehind: false, negated: true) }
      } else if accept("<=") {
        wrap = { .look($0, isBehind: true, negated: false) }
      } else if accept("<!") {
        wrap = { .look($0, isBehind: true, negated: true) }
      } else if accept("#") {
        while let scalar = current, scalar != 0x29 { index += 1 }
        guard accept(")") else { throw error("unclosed comment") }
        return nil
      } else if accept("<") || accept("P<") || accept("'") {
        number = groupCount
        groupCount += 1
        names.append((try groupName(), number ?? 0))
      } else {
        try readFlags()
        // `(?i)` counts up to the end of the group around it.
        if accept(")") { return nil }
        guard accept(":") else { throw error("unknown group type") }
      }
    } else {
      number = groupCount
      groupCount += 1
    }
    let inner = try alternatives()
    guard accept(")") else { throw error("unclosed group") }
    (ignoresCase, dotMatchesNewlines, isMultiline, ignoresSpace) = flags
    return wrap(number.map { .group(inner, number: $0) } ?? inner)
  }

  private mutating func groupName() throws(CapturePatternError) -> String {
    var name = String.UnicodeScalarView()
    while let scalar = current, scalar != 0x3E, scalar != 0x27, let character = Unicode.Scalar(scalar) {
      name.append(character)
      index += 1
    }
    guard current != nil, !name.isEmpty else { throw error("named capturing group is missing trailing '>'") }
    index += 1
    return String(name)
  }

  private mutating func readFlags() throws(CapturePatternError) {
    var isOn = true
    while let scalar = current, scalar != 0x29, scalar != 0x3A {
      switch scalar {
      case 0x2D: isOn = false
      case 0x69: ignoresCase = isOn
      case 0x73: dotMatchesNewlines = isOn
      case 0x6D: isMultiline = isOn
      case 0x78: ignoresSpace = isOn
      case 0x75, 0x55, 0x64: break
      default: throw error("unknown inline modifier")
      }
      index += 1
    }
  }

  // MARK: - Escapes

  private mutating func escape() throws(CapturePatternError) -> CaptureNode {
    index += 1
    guard let scalar = current, let character = Unicode.Scalar(scalar) else { throw error("unexpected internal error: trailing backslash") }
    if let set = try escapedSet(character) { return .set(ignoresCase ? set.ignoringCase : set) }
    index += 1
    switch character {
    case "b": return .assertion(.wordBoundary(negated: false))
    case "B": return .assertion(.wordBoundary(negated: true))
    case "A": return .assertion(.textStart)
    case "z": return .assertion(.textEnd)
    case "Z": return .assertion(.textEndBeforeNewline)
    case "G": return .empty
    case "R": return .set(CharacterSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029]))
    case "Q":
      var literals: [CaptureNode] = []
      while index < scalars.count, !accept("\\E") {
        literals.append(literal(scalars[index]))
        index += 1
      }
      return .sequence(literals)
    case "E": return .empty
    case "k":
      guard accept("<") || accept("'") else { throw error("\\k is not followed by '<' for named capturing group") }
      let name = try groupName()
      guard let found = names.first(where: { $0.name == name }) else { throw error("named capturing group <\(name)> does not exist") }
      return .backReference(found.group)
    case "1"..."9":
      index -= 1
      return .backReference(number() ?? 0)
    default:
      index -= 1
      return literal(try escapedScalar())
    }
  }

  /// `\d` and its like; nil where the escape is none.
  private mutating func escapedSet(_ character: Unicode.Scalar) throws(CapturePatternError) -> CharacterSet? {
    let set: CharacterSet
    switch character {
    case "d": set = .digit
    case "D": set = CharacterSet.digit.inverted
    case "w": set = .unicodeWord
    case "W": set = CharacterSet.unicodeWord.inverted
    case "s": set = .space
    case "S": set = CharacterSet.space.inverted
    case "h": set = .horizontalSpace
    case "H": set = CharacterSet.horizontalSpace.inverted
    case "v": set = CharacterSet([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
    case "p", "P":
      index += 1
      guard accept("{") else { throw error("unknown character property") }
      var name = ""
      while let scalar = current, scalar != 0x7D, let character = Unicode.Scalar(scalar) {
        name.unicodeScalars.append(character)
        index += 1
      }
      guard accept("}") else { throw error("unclosed character family") }
      let isNegated = name.hasPrefix("^") != (character == "P")
      let plain = name.drop { $0 == "^" }.lowercased()
      guard let found = CharacterSet.named[plain] ?? CharacterSet.named[String(plain.dropFirst(2))] else {
        throw error("unknown character property name {\(name)}")
      }
      return isNegated ? found.inverted : found
    default: return nil
    }
    index += 1
    return set
  }

  /// A character that is written as an escape, from the letter behind the backslash on.
  private mutating func escapedScalar() throws(CapturePatternError) -> UInt32 {
    guard let scalar = current, let character = Unicode.Scalar(scalar) else { throw error("trailing backslash") }
    index += 1
    switch character {
    case "t": return 0x09
    case "n": return 0x0A
    case "r": return 0x0D
    case "f": return 0x0C
    case "a": return 0x07
    case "e": return 0x1B
    case "0": return hexadecimal(digits: 3, radix: 8) ?? 0
    case "x":
      if accept("{") {
        let value = hexadecimal(digits: 6, radix: 16)
        guard let value, accept("}"), value <= CharacterSet.scalarMax else { throw error("illegal hexadecimal escape sequence") }
        return value
      }
      guard let value = hexadecimal(digits: 2, radix: 16) else { throw error("illegal hexadecimal escape sequence") }
      return value
    case "u":
      guard let value = hexadecimal(digits: 4, radix: 16) else { throw error("illegal Unicode escape sequence") }
      return value
    case let other where other.isASCII && (other.properties.isAlphabetic): throw error("illegal/unsupported escape sequence")
    default: return scalar
    }
  }

  private mutating func hexadecimal(digits: Int, radix: UInt32) -> UInt32? {
    var value: UInt32?
    var left = digits
    while left > 0, let scalar = current, let digit = Unicode.Scalar(scalar).flatMap({ Character($0).hexDigitValue }), digit < radix {
      value = (value ?? 0) * radix + UInt32(digit)
      index += 1
      left -= 1
    }
    return value
  }

  // MARK: - Sets

  private mutating func set() throws(CapturePatternError) -> CharacterSet {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw error("character classes are nested more than \(Self.depthMax) deep") }
    index += 1
    let isNegated = accept("^")
    var ranges: [ClosedRange<UInt32>] = []
    var isFirst = true
    while let scalar = current, scalar != 0x5D || isFirst {
      isFirst = false
      if accept("&&") {
        let other = try intersected()
        ranges = CharacterSet(ranges).intersection(other).ranges
        continue
      }
      if scalar == 0x5B {
        ranges += try nestedSet().ranges
        continue
      }
      guard let lower = try member(&ranges) else { continue }
      guard at("-"), index + 1 < scalars.count, scalars[index + 1] != 0x5D, scalars[index + 1] != 0x5B else {
        ranges.append(lower...lower)
        continue
      }
      index += 1
      guard let upper = try member(&ranges) else {
        ranges += [lower...lower, 0x2D...0x2D]
        continue
      }
      guard lower <= upper else { throw error("illegal character range") }
      ranges.append(lower...upper)
    }
    guard accept("]") else { throw error("unclosed character class") }
    let set = CharacterSet(ranges)
    let folded = ignoresCase ? set.ignoringCase : set
    return isNegated ? folded.inverted : folded
  }

  /// A set within a set.
  private mutating func nestedSet() throws(CapturePatternError) -> CharacterSet {
    if let named = namedSet() { return named }
    return try set()
  }

  /// What stands behind `&&`: up to the end of the set, which stays.
  private mutating func intersected() throws(CapturePatternError) -> CharacterSet {
    var ranges: [ClosedRange<UInt32>] = []
    while let scalar = current, scalar != 0x5D {
      if scalar == 0x5B {
        ranges += try nestedSet().ranges
      } else if let lower = try member(&ranges) {
        ranges.append(lower...lower)
      }
    }
    return CharacterSet(ranges)
  }

  /// `[:alpha:]` within a set.
  private mutating func namedSet() -> CharacterSet? {
    let start = index
    guard accept("[:") else { return nil }
    let isNegated = accept("^")
    var name = ""
    while let scalar = current, scalar != 0x3A, let character = Unicode.Scalar(scalar) {
      name.unicodeScalars.append(character)
      index += 1
    }
    guard accept(":]"), let set = CharacterSet.named[name] else {
      index = start
      return nil
    }
    return isNegated ? set.inverted : set
  }

  /// One character of a set; nil where it was a class, which was added.
  private mutating func member(_ ranges: inout [ClosedRange<UInt32>]) throws(CapturePatternError) -> UInt32? {
    guard let scalar = current else { throw error("unclosed character class") }
    index += 1
    guard scalar == 0x5C else { return scalar }
    if let character = current.flatMap(Unicode.Scalar.init) {
      if let set = try escapedSet(character) {
        ranges += set.ranges
        return nil
      }
      if character == "b" {
        index += 1
        return 0x08
      }
    }
    return try escapedScalar()
  }
}
