extension DatePattern {
  /// Reads a whole text.
  ///
  /// - Parameters:
  ///   - zone: for texts that name none; nil is UTC.
  ///   - roundingUp: fields that the pattern does not have take their last value instead of their first.
  /// - Returns: nil where the text does not fit the pattern or names no day.
  public func parse(_ utf8: UnsafeBufferPointer<UInt8>, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> EpochTime? {
    var reader = DatePatternReader(scanner: DateScanner(utf8), names: names)
    guard reader.read(elements, 0..<elements.count), reader.scanner.isAtEnd, let fields = reader.fields.settled() else { return nil }
    return fields.resolved(in: zone, roundingUp: roundingUp)
  }

  public func parse(_ text: String, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> EpochTime? {
    var text = text
    return text.withUTF8 { parse($0, in: zone, roundingUp: roundingUp) }
  }
}

/// What the elements have read so far. A copy is taken before an optional section, to go back to.
private struct DatePatternReader {
  var scanner: DateScanner
  let names: DateNames
  var fields = PatternFields()

  mutating func read(_ elements: [DatePattern.Element], _ range: Range<Int>) -> Bool {
    var index = range.lowerBound
    while index < range.upperBound {
      if case .optionalStart(let end) = elements[index] {
        let before = self
        if !read(elements, index + 1..<end) { self = before }
        index = end + 1
        continue
      }
      guard read(elements[index], followedBy: elements[(index + 1)..<range.upperBound]) else { return false }
      index += 1
    }
    return true
  }

  private mutating func read(_ element: DatePattern.Element, followedBy rest: ArraySlice<DatePattern.Element>) -> Bool {
    switch element {
    case .literal(let bytes):
      for byte in bytes where !scanner.skip(byte) { return false }
      return true
    case .number(let field, let widthMin, let widthMax):
      return readNumber(field, widthMin, widthMax, reserved: Self.adjacentWidth(rest))
    case .shortYear(let field):
      guard let value = scanner.digits(2) else { return false }
      fields[field] = 2_000 + value
      return true
    case .fraction(let digitsMin, let digitsMax):
      guard let nanos = scanner.fraction(min: digitsMin, max: digitsMax) else { return false }
      fields[.nano] = nanos
      return true
    case .name(let field, let length): return readName(field, length)
    case .offset(let style): return readOffset(style)
    case .localizedOffset:
      for byte in "GMT".utf8 where !scanner.skip(byte) { return false }
      guard scanner.peek() == UInt8(ascii: "+") || scanner.peek() == UInt8(ascii: "-") else {
        fields.offsetSeconds = 0
        return true
      }
      return readZone(prefix: "GMT")
    case .zone: return readZone(prefix: "")
    case .optionalStart, .optionalEnd: return true
    }
  }

  /// The digits that fields of fixed width right behind a number need: `yyyyMMdd` leaves four to `MMdd`.
  private static func adjacentWidth(_ rest: ArraySlice<DatePattern.Element>) -> Int {
    var width = 0
    for element in rest {
      switch element {
      case .number(_, let widthMin, let widthMax) where widthMin == widthMax: width += widthMin
      case .shortYear: width += 2
      case .fraction(let digitsMin, let digitsMax) where digitsMin == digitsMax: width += digitsMin
      default: return width
      }
    }
    return width
  }

  private mutating func readNumber(_ field: DatePattern.NumberField, _ widthMin: Int, _ widthMax: Int, reserved: Int) -> Bool {
    let isYear = field == .year || field == .yearOfEra || field == .weekYear
    let isNegative = isYear && scanner.peek() == UInt8(ascii: "-")
    let isSigned = isNegative || isYear && scanner.peek() == UInt8(ascii: "+")
    if isSigned { scanner.at += 1 }
    var width = scanner.digitCount(upTo: min(18, widthMax + reserved))
    if widthMin != widthMax { width = max(min(width, widthMin), width - reserved) }
    // Four letters mean four digits, and more of them only behind a sign.
    if isYear, widthMin == 4, !isSigned { width = min(width, 4) }
    width = min(width, widthMax)
    guard width >= widthMin, width > 0, let value = scanner.digits(width) else { return false }
    fields[field] = isNegative ? -value : value
    return true
  }

  private mutating func readName(_ field: DatePattern.NameField, _ length: DatePattern.NameLength) -> Bool {
    for (index, name) in names.names(field, length).enumerated() {
      let start = scanner.at
      if name.utf8.allSatisfy({ scanner.skip($0) }) {
        fields.set(field, to: index)
        return true
      }
      scanner.at = start
    }
    return false
  }

  private mutating func readOffset(_ style: DatePattern.OffsetStyle) -> Bool {
    let start = scanner.at
    if style.zero != "Z", !style.isFlexible, scanner.peek() == UInt8(ascii: "Z") { return false }
    guard let offset = scanner.offset() else { return false }
    if !style.isFlexible {
      let hasColon = scanner.bytes[start..<scanner.at].contains(UInt8(ascii: ":"))
      let isZ = scanner.bytes[start] == UInt8(ascii: "Z")
      guard isZ || hasColon == style.hasColon || scanner.at - start == 3 && style.minutes == .ifAny else { return false }
      guard isZ || scanner.at - start > 3 || style.minutes == .ifAny else { return false }
    }
    fields.offsetSeconds = offset
    return true
  }

  private mutating func readZone(prefix: String) -> Bool {
    let start = scanner.at
    while let byte = scanner.peek(), TimeZoneRules.isIDByte(byte) || byte == UInt8(ascii: ":") { scanner.at += 1 }
    let id = prefix + String(decoding: scanner.bytes[start..<scanner.at], as: UTF8.self)
    guard let zone = TimeZoneRules(id: id) else { return false }
    if let offset = zone.fixedOffsetSeconds { fields.offsetSeconds = offset } else { fields.zone = zone }
    return true
  }
}

/// The fields of a pattern, before they are made one day and one time of day.
private struct PatternFields {
  var offsetSeconds: Int?
  var zone: TimeZoneRules?
  private var values: [DatePattern.NumberField: Int] = [:]
  private var halfOfDay: Int?
  private var era: Int?

  subscript(field: DatePattern.NumberField) -> Int? {
    get { values[field] }
    set { values[field] = newValue }
  }

  mutating func set(_ field: DatePattern.NameField, to index: Int) {
    switch field {
    case .month: values[.month] = index + 1
    case .weekday: values[.weekday] = index + 1
    case .quarter: values[.quarter] = index + 1
    case .halfOfDay: halfOfDay = index
    case .era: era = index
    }
  }

  func settled() -> DateFields? {
    var fields = DateFields()
    fields.offsetSeconds = offsetSeconds
    fields.zone = zone
    fields.year = self[.year] ?? self[.yearOfEra].map { era == 0 ? 1 - $0 : $0 }
    fields.month = self[.month] ?? self[.quarter].map { $0 * 3 - 2 }
    if let weekYear = self[.weekYear], self[.month] == nil {
      fields.day = .ofWeek(year: weekYear, week: self[.week], weekday: self[.weekday])
    } else if let day = self[.dayOfMonth] {
      fields.day = .ofMonth(day)
    } else if let day = self[.dayOfYear] {
      fields.day = .ofYear(day)
    }
    guard settleTime(&fields) else { return nil }
    return fields
  }

  private func settleTime(_ fields: inout DateFields) -> Bool {
    if let nanoOfDay = self[.nanoOfDay] ?? self[.milliOfDay].flatMap({ $0 <= 86_400_000 ? $0 * 1_000_000 : nil }) {
      guard nanoOfDay < 86_400_000_000_000 else { return false }
      let second = nanoOfDay / 1_000_000_000
      (fields.hour, fields.minute, fields.second) = (second / 3_600, second / 60 % 60, second % 60)
      fields.nanos = nanoOfDay % 1_000_000_000
      return true
    }
    fields.hour = self[.hour]
    if let clock = self[.clockHour] {
      guard clock >= 1, clock <= 24 else { return false }
      fields.hour = clock % 24
    }
    if let clock = self[.clockHourOfHalf] {
      guard clock >= 1, clock <= 12 else { return false }
      fields.hour = clock % 12 + (halfOfDay == 1 ? 12 : 0)
    }
    if let hour = self[.hourOfHalf] {
      guard hour <= 11 else { return false }
      fields.hour = hour + (halfOfDay == 1 ? 12 : 0)
    }
    fields.minute = self[.minute]
    fields.second = self[.second]
    fields.nanos = self[.nano]
    return true
  }
}
