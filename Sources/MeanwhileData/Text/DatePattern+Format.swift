extension DatePattern {
  /// Appends a moment as the pattern writes it.
  ///
  /// - Parameter zone: whose clocks are shown; nil is UTC.
  public func append(_ time: EpochTime, in zone: TimeZoneRules? = nil, to out: VectorBuilder<UInt8>) {
    let offset = zone?.offsetSeconds(at: time.seconds) ?? 0
    let moment = LocalMoment(time, offsetSeconds: offset, zoneID: zone?.id ?? "Z")
    for element in elements { append(element, of: moment, to: out) }
  }

  public func append(millis: Int64, in zone: TimeZoneRules? = nil, to out: VectorBuilder<UInt8>) {
    append(EpochTime(millis: millis), in: zone, to: out)
  }

  public func text(_ time: EpochTime, in zone: TimeZoneRules? = nil) -> String {
    let out = VectorBuilder<UInt8>(capacity: 32)
    append(time, in: zone, to: out)
    return String(decoding: out.buffer, as: UTF8.self)
  }

  private func append(_ element: Element, of moment: LocalMoment, to out: VectorBuilder<UInt8>) {
    switch element {
    case .literal(let bytes): bytes.withUnsafeBufferPointer { out.append(contentsOf: $0) }
    case .number(let field, let widthMin, let widthMax):
      let value = moment.value(of: field)
      if value < 0 { out.append(UInt8(ascii: "-")) }
      // A year that is longer than its four letters carries a sign.
      if value > 9_999, widthMin == 4, widthMax > 4 { out.append(UInt8(ascii: "+")) }
      ISODate.appendDigits(value.magnitude, width: widthMin, to: out)
    case .shortYear(let field):
      let value = moment.value(of: field)
      ISODate.appendTwoDigits(value - value.floorDivided(by: 100) * 100, to: out)
    case .fraction(let digitsMin, let digitsMax):
      // Named formats read one to nine digits and write three.
      let width = digitsMin == digitsMax ? digitsMax : 3
      var value = moment.nanos
      for _ in width..<9 { value /= 10 }
      ISODate.appendDigits(UInt(value), width: width, to: out)
    case .name(let field, let length):
      var name = names.name(of: moment.index(of: field), field, length)
      name.withUTF8 { out.append(contentsOf: $0) }
    case .offset(let style): append(moment.offsetSeconds, style, to: out)
    case .localizedOffset(let isFull): appendLocalized(moment.offsetSeconds, isFull: isFull, to: out)
    case .zone:
      var id = moment.zoneID
      id.withUTF8 { out.append(contentsOf: $0) }
    case .optionalStart, .optionalEnd: break
    }
  }

  private func append(_ seconds: Int, _ style: OffsetStyle, to out: VectorBuilder<UInt8>) {
    if seconds == 0 {
      var zero = style.zero
      zero.withUTF8 { out.append(contentsOf: $0) }
      return
    }
    let magnitude = abs(seconds)
    out.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    ISODate.appendTwoDigits(magnitude / 3_600, to: out)
    guard style.minutes == .always || magnitude % 3_600 >= 60 else { return }
    if style.hasColon { out.append(UInt8(ascii: ":")) }
    ISODate.appendTwoDigits(magnitude / 60 % 60, to: out)
    guard style.hasSeconds, magnitude % 60 != 0 else { return }
    if style.hasColon { out.append(UInt8(ascii: ":")) }
    ISODate.appendTwoDigits(magnitude % 60, to: out)
  }

  private func appendLocalized(_ seconds: Int, isFull: Bool, to out: VectorBuilder<UInt8>) {
    for byte in "GMT".utf8 { out.append(byte) }
    guard seconds != 0 else { return }
    let magnitude = abs(seconds)
    out.append(seconds < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    ISODate.appendDigits(UInt(magnitude / 3_600), width: isFull ? 2 : 1, to: out)
    guard isFull || magnitude % 3_600 >= 60 else { return }
    out.append(UInt8(ascii: ":"))
    ISODate.appendTwoDigits(magnitude / 60 % 60, to: out)
  }
}

/// A moment on a zone's clocks, for printing.
private struct LocalMoment {
  let date: CivilDate
  let secondOfDay: Int
  let nanos: Int
  let offsetSeconds: Int
  let zoneID: String

  init(_ time: EpochTime, offsetSeconds: Int, zoneID: String) {
    let local = time.seconds &+ Int64(offsetSeconds)
    let days = local.floorDivided(by: 86_400)
    date = CivilDate(daysSinceEpoch: Int(days))
    secondOfDay = Int(local &- days &* 86_400)
    nanos = Int(time.nanos)
    self.offsetSeconds = offsetSeconds
    self.zoneID = zoneID
  }

  func value(of field: DatePattern.NumberField) -> Int {
    let hour = secondOfDay / 3_600
    return switch field {
    case .year: date.year
    case .yearOfEra: date.year > 0 ? date.year : 1 - date.year
    case .weekYear: date.isoWeek.year
    case .week: date.isoWeek.week
    case .month: date.month
    case .dayOfMonth: date.day
    case .dayOfYear: date.dayOfYear
    case .weekday: date.weekday
    case .quarter: date.quarter
    case .hour: hour
    case .clockHour: hour == 0 ? 24 : hour
    case .hourOfHalf: hour % 12
    case .clockHourOfHalf: hour % 12 == 0 ? 12 : hour % 12
    case .minute: secondOfDay / 60 % 60
    case .second: secondOfDay % 60
    case .nano: nanos
    case .milliOfDay: secondOfDay * 1_000 + nanos / 1_000_000
    case .nanoOfDay: secondOfDay * 1_000_000_000 + nanos
    }
  }

  /// 0-based, into ``DateNames``.
  func index(of field: DatePattern.NameField) -> Int {
    switch field {
    case .month: date.month - 1
    case .weekday: date.weekday - 1
    case .halfOfDay: secondOfDay < 43_200 ? 0 : 1
    case .era: date.year > 0 ? 1 : 0
    case .quarter: date.quarter - 1
    }
  }
}
