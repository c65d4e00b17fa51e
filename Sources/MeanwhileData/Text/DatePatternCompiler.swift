/// Turns a pattern's letters into elements, as `DateTimeFormatterBuilder.appendPattern` does.
struct DatePatternCompiler {
  private let pattern: String
  private let bytes: [UInt8]
  private let isNamed: Bool
  private var elements: [DatePattern.Element] = []
  private var openSections: [Int] = []
  private var at = 0

  init(_ pattern: String, isNamed: Bool) {
    self.pattern = pattern
    bytes = Array(pattern.utf8)
    self.isNamed = isNamed
  }

  mutating func compile() throws(DatePatternError) -> [DatePattern.Element] {
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
        var end = at
        while end < bytes.count, bytes[end] == byte { end += 1 }
        elements.append(try element(of: byte, count: end - at))
        at = end
      case UInt8(ascii: "'"): try quoted()
      case UInt8(ascii: "["):
        openSections.append(elements.count)
        elements.append(.optionalStart(end: 0))
        at += 1
      case UInt8(ascii: "]"):
        guard let start = openSections.popLast() else {
          throw DatePatternError(reason: "Pattern invalid as it contains ] without previous [")
        }
        close(start)
        at += 1
      case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"):
        throw DatePatternError(reason: "Pattern includes reserved character: '\(String(UnicodeScalar(byte)))'")
      default:
        appendLiteral([byte])
        at += 1
      }
    }
    // Sections left open end with the pattern.
    while let start = openSections.popLast() { close(start) }
    return elements
  }

  private mutating func close(_ start: Int) {
    elements[start] = .optionalStart(end: elements.count)
    elements.append(.optionalEnd)
  }

  private mutating func appendLiteral(_ text: [UInt8]) {
    if case .literal(let before)? = elements.last {
      elements[elements.count - 1] = .literal(before + text)
    } else {
      elements.append(.literal(text))
    }
  }

  private mutating func quoted() throws(DatePatternError) {
    var text: [UInt8] = []
    at += 1
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "'") else {
        text.append(bytes[at])
        at += 1
        continue
      }
      at += 1
      // Two quotes are one, inside of a literal and outside.
      guard at < bytes.count, bytes[at] == UInt8(ascii: "'"), !text.isEmpty else {
        appendLiteral(text.isEmpty ? [UInt8(ascii: "'")] : text)
        return
      }
      text.append(UInt8(ascii: "'"))
      at += 1
    }
    throw DatePatternError(reason: "Pattern ends with an incomplete string literal: \(pattern)")
  }

  private func element(of letter: UInt8, count: Int) throws(DatePatternError) -> DatePattern.Element {
    switch letter {
    case UInt8(ascii: "u"): return year(.year, count)
    case UInt8(ascii: "y"): return year(.yearOfEra, count)
    case UInt8(ascii: "Y"): return year(.weekYear, count)
    case UInt8(ascii: "M"), UInt8(ascii: "L"): return try numberOrName(.month, .month, letter, count)
    case UInt8(ascii: "Q"), UInt8(ascii: "q"): return try numberOrName(.quarter, .quarter, letter, count)
    case UInt8(ascii: "E"):
      return .name(.weekday, try nameLength(letter, max(3, count)))
    case UInt8(ascii: "e"), UInt8(ascii: "c"): return try numberOrName(.weekday, .weekday, letter, count)
    case UInt8(ascii: "a"):
      guard count == 1 else { throw tooMany(letter) }
      return .name(.halfOfDay, .short)
    case UInt8(ascii: "G"): return .name(.era, try nameLength(letter, max(3, count)))
    case UInt8(ascii: "S"):
      guard count <= 9 else { throw tooMany(letter) }
      return isNamed ? .fraction(digitsMin: 1, digitsMax: 9) : .fraction(digitsMin: count, digitsMax: count)
    case UInt8(ascii: "d"): return try upToTwo(.dayOfMonth, letter, count)
    case UInt8(ascii: "H"): return try upToTwo(.hour, letter, count)
    case UInt8(ascii: "k"): return try upToTwo(.clockHour, letter, count)
    case UInt8(ascii: "K"): return try upToTwo(.hourOfHalf, letter, count)
    case UInt8(ascii: "h"): return try upToTwo(.clockHourOfHalf, letter, count)
    case UInt8(ascii: "m"): return try upToTwo(.minute, letter, count)
    case UInt8(ascii: "s"): return try upToTwo(.second, letter, count)
    case UInt8(ascii: "w"): return try upToTwo(.week, letter, count)
    case UInt8(ascii: "D"):
      guard count <= 3 else { throw tooMany(letter) }
      return .number(.dayOfYear, widthMin: count, widthMax: count == 1 ? 19 : 3)
    case UInt8(ascii: "n"): return .number(.nano, widthMin: count, widthMax: 19)
    case UInt8(ascii: "N"): return .number(.nanoOfDay, widthMin: count, widthMax: 19)
    case UInt8(ascii: "A"): return .number(.milliOfDay, widthMin: count, widthMax: 19)
    case UInt8(ascii: "V"):
      guard count == 2 else { throw DatePatternError(reason: "Pattern letter count must be 2: V") }
      return .zone
    case UInt8(ascii: "v"), UInt8(ascii: "z"):
      guard count <= 4 else { throw tooMany(letter) }
      return .zone
    case UInt8(ascii: "O"):
      guard count == 1 || count == 4 else { throw DatePatternError(reason: "Pattern letter count must be 1 or 4: O") }
      return .localizedOffset(isFull: count == 4)
    case UInt8(ascii: "Z"):
      guard count <= 5 else { throw tooMany(letter) }
      if count == 4 { return .localizedOffset(isFull: true) }
      return count == 5
        ? offset(.always, hasSeconds: true, hasColon: true, zero: "Z") : offset(.always, hasSeconds: false, hasColon: false, zero: "+0000")
    case UInt8(ascii: "X"), UInt8(ascii: "x"):
      guard count <= 5 else { throw tooMany(letter) }
      let hasColon = count == 3 || count == 5
      let zero = letter == UInt8(ascii: "X") ? "Z" : count == 1 ? "+00" : hasColon ? "+00:00" : "+0000"
      return offset(count == 1 ? .ifAny : .always, hasSeconds: count > 3, hasColon: hasColon, zero: zero)
    default: throw DatePatternError(reason: "Unknown pattern letter: \(String(UnicodeScalar(letter)))")
    }
  }

  private func tooMany(_ letter: UInt8) -> DatePatternError {
    DatePatternError(reason: "Too many pattern letters: \(String(UnicodeScalar(letter)))")
  }

  private func offset(_ minutes: DatePattern.OffsetStyle.Minutes, hasSeconds: Bool, hasColon: Bool, zero: String) -> DatePattern.Element {
    .offset(DatePattern.OffsetStyle(minutes: minutes, hasSeconds: hasSeconds, hasColon: hasColon, zero: zero, isFlexible: isNamed))
  }

  private func year(_ field: DatePattern.NumberField, _ count: Int) -> DatePattern.Element {
    count == 2 ? .shortYear(field) : .number(field, widthMin: count, widthMax: isNamed ? max(count, 4) : 19)
  }

  private func upToTwo(_ field: DatePattern.NumberField, _ letter: UInt8, _ count: Int) throws(DatePatternError) -> DatePattern.Element {
    guard count <= 2 else { throw tooMany(letter) }
    return .number(field, widthMin: count, widthMax: count == 2 || isNamed ? 2 : 19)
  }

  private func numberOrName(
    _ number: DatePattern.NumberField, _ name: DatePattern.NameField, _ letter: UInt8, _ count: Int
  ) throws(DatePatternError) -> DatePattern.Element {
    if count <= 2 { return try upToTwo(number, letter, count) }
    return .name(name, try nameLength(letter, count))
  }

  private func nameLength(_ letter: UInt8, _ count: Int) throws(DatePatternError) -> DatePattern.NameLength {
    switch count {
    case 3: return .short
    case 4: return .full
    case 5: return .narrow
    default: throw tooMany(letter)
    }
  }
}
