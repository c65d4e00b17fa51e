/// One zone of the system's database, read from a TZif file of version 2 or later (RFC 9636): a table of transitions, and a rule for what comes after it.
struct TimeZoneDatabaseFile: Sendable {
  /// When the offset changes, ascending.
  private let transitions: [Int64]
  /// The offset from each transition on.
  private let offsets: [Int32]
  /// Before the first transition.
  private let firstOffset: Int
  private let rule: DaylightRule?

  /// - Returns: nil where the bytes are no such file; no length in it is trusted.
  init?(_ bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0), first.version >= UInt8(ascii: "2") else { return nil }
    let start = 44 + first.bodySize(timeSize: 4)
    guard let header = Header(bytes, at: start), start + 44 + header.bodySize(timeSize: 8) <= bytes.count else { return nil }
    var at = start + 44
    func number(_ position: Int, _ size: Int) -> Int64 {
      var value: UInt64 = 0
      for index in 0..<size { value = value << 8 | UInt64(bytes[position + index]) }
      return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
    let moments = (0..<header.transitionCount).map { number(at + $0 * 8, 8) }
    at += header.transitionCount * 8
    let kinds = bytes[at..<at + header.transitionCount].map(Int.init)
    at += header.transitionCount
    let kindOffsets = (0..<header.typeCount).map { Int32(truncatingIfNeeded: number(at + $0 * 6, 4)) }
    guard let standard = kindOffsets.first, kinds.allSatisfy({ $0 < kindOffsets.count }) else { return nil }
    guard kindOffsets.allSatisfy({ abs(Int($0)) <= 26 * 3_600 }), zip(moments, moments.dropFirst()).allSatisfy(<) else { return nil }
    transitions = moments
    offsets = kinds.map { kindOffsets[$0] }
    firstOffset = Int(standard)
    let footer = bytes[(start + 44 + header.bodySize(timeSize: 8))...].drop { $0 == UInt8(ascii: "\n") }
    rule = DaylightRule(footer.prefix { $0 != UInt8(ascii: "\n") })
  }

  func offset(at epochSecond: Int64) -> Int {
    guard let last = transitions.last else { return rule?.offset(at: epochSecond) ?? firstOffset }
    if epochSecond >= last { return rule?.offset(at: epochSecond) ?? Int(offsets[offsets.count - 1]) }
    // The last transition that is not after the moment.
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= epochSecond { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : Int(offsets[low - 1])
  }

  private struct Header {
    let version: UInt8
    let universalCount: Int
    let standardCount: Int
    let leapCount: Int
    let transitionCount: Int
    let typeCount: Int
    let characterCount: Int

    init?(_ bytes: [UInt8], at start: Int) {
      guard start >= 0, start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else { return nil }
      func count(_ index: Int) -> Int {
        bytes[start + 20 + index * 4..<start + 24 + index * 4].reduce(0) { $0 << 8 | Int($1) }
      }
      version = bytes[start + 4]
      (universalCount, standardCount, leapCount) = (count(0), count(1), count(2))
      (transitionCount, typeCount, characterCount) = (count(3), count(4), count(5))
    }

    /// Counts are 32 bits each, so the sum cannot overflow.
    func bodySize(timeSize: Int) -> Int {
      transitionCount * (timeSize + 1) + typeCount * 6 + characterCount + leapCount * (timeSize + 4) + standardCount + universalCount
    }
  }
}

/// The rule behind a zone's last transition, in the notation of POSIX's `TZ`: `CET-1CEST,M3.5.0,M10.5.0/3`.
private struct DaylightRule: Sendable {
  private struct Change: Sendable {
    var month: Int
    /// 1 ... 5, where 5 is the last.
    var week: Int
    /// 0 is Sunday.
    var weekday: Int
    var secondOfDay: Int
  }

  private var standard = 0
  private var daylight = 0
  private var start: Change?
  private var end: Change?

  init?(_ footer: ArraySlice<UInt8>) {
    var rest = footer
    guard Self.skipName(&rest), let offset = Self.time(&rest) else { return nil }
    standard = -offset
    guard !rest.isEmpty else { return }
    guard Self.skipName(&rest) else { return nil }
    daylight = standard + 3_600
    if rest.first != UInt8(ascii: ",") {
      guard let offset = Self.time(&rest) else { return nil }
      daylight = -offset
    }
    guard let start = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
    self.start = start
    self.end = end
  }

  func offset(at epochSecond: Int64) -> Int {
    guard let start, let end else { return standard }
    let year = CivilDate(daysSinceEpoch: Int((epochSecond &+ Int64(standard)).floorDivided(by: 86_400))).year
    let begins = Self.moment(of: start, year: year) - Int64(standard)
    let ends = Self.moment(of: end, year: year) - Int64(daylight)
    let isDaylight = begins < ends ? epochSecond >= begins && epochSecond < ends : epochSecond >= begins || epochSecond < ends
    return isDaylight ? daylight : standard
  }

  private static func moment(of change: Change, year: Int) -> Int64 {
    let first = CivilDate(year: year, month: change.month, day: 1).daysSinceEpoch
    let firstWeekday = CivilDate.weekday(daysSinceEpoch: first) % 7
    var day = (change.weekday - firstWeekday + 7) % 7 + (change.week - 1) * 7
    while day >= CivilDate.dayCount(ofMonth: change.month, year: year) { day -= 7 }
    return Int64(first + day) * 86_400 + Int64(change.secondOfDay)
  }

  private static func skipName(_ rest: inout ArraySlice<UInt8>) -> Bool {
    if rest.first == UInt8(ascii: "<") {
      guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(close + 1)...]
      return true
    }
    let name = rest.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
    rest = rest.dropFirst(name.count)
    return name.count >= 3
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let digits = rest.prefix { $0 &- 0x30 < 10 }
    guard !digits.isEmpty, digits.count <= 3 else { return nil }
    rest = rest.dropFirst(digits.count)
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// `hh[:mm[:ss]]` with an optional sign, in seconds.
  private static func time(_ rest: inout ArraySlice<UInt8>) -> Int? {
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    guard let hours = number(&rest) else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] where rest.first == UInt8(ascii: ":") {
      rest = rest.dropFirst()
      guard let part = number(&rest) else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }

  /// `,Mm.w.d[/time]`. Rules by day number are not used by any zone of today's database, and are not read.
  private static func change(_ rest: inout ArraySlice<UInt8>) -> Change? {
    guard rest.starts(with: ",M".utf8) else { return nil }
    rest = rest.dropFirst(2)
    guard let month = number(&rest), month >= 1, month <= 12, rest.first == UInt8(ascii: ".") else { return nil }
    rest = rest.dropFirst()
    guard let week = number(&rest), week >= 1, week <= 5, rest.first == UInt8(ascii: ".") else { return nil }
    rest = rest.dropFirst()
    guard let weekday = number(&rest), weekday <= 6 else { return nil }
    var second = 2 * 3_600
    if rest.first == UInt8(ascii: "/") {
      rest = rest.dropFirst()
      guard let found = time(&rest) else { return nil }
      second = found
    }
    return Change(month: month, week: week, weekday: weekday, secondOfDay: second)
  }
}
