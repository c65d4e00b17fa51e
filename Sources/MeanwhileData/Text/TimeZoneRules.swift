import Synchronization

/// The offsets from UTC of a time zone: fixed, or a named one's as the system's zone database (TZif files, RFC 9636) has them.
///
/// Copies share the tables. Looking an offset up allocates nothing.
public struct TimeZoneRules: Sendable {
  /// As it was written: `Z`, `+10:00`, `Europe/Madrid`.
  public let id: String
  let database: TimeZoneDatabaseFile?
  /// The offset of a zone without ``database``.
  let fixedOffset: Int

  public static let utc = TimeZoneRules(fixedOffsetSeconds: 0)

  public init(fixedOffsetSeconds seconds: Int) {
    if seconds == 0 {
      id = "Z"
    } else {
      let out = VectorBuilder<UInt8>(capacity: 16)
      ISODate.appendOffset(seconds, to: out)
      id = String(decoding: out.buffer, as: UTF8.self)
    }
    fixedOffset = seconds
    database = nil
  }

  /// A zone by its id, in the forms of Java's `ZoneId`: `Z`, `UTC`, `GMT`, `+10`, `+10:00`, `UTC+2`, `Europe/Madrid`.
  ///
  /// - Returns: nil for an unknown id, and for every named zone on a system without a zone database.
  public init?(id: String) {
    switch id {
    case "Z", "UTC", "GMT", "UT":
      self.id = id
      fixedOffset = 0
      database = nil
      return
    default: break
    }
    let prefix = ["UTC", "GMT", "UT", ""].first { id.hasPrefix($0) && id.dropFirst($0.count).first.map { $0 == "+" || $0 == "-" } ?? false }
    if let prefix {
      guard let offset = Self.offset(of: String(id.dropFirst(prefix.count))) else { return nil }
      self.id = id
      fixedOffset = offset
      database = nil
      return
    }
    guard let file = Self.loaded.file(of: id) else { return nil }
    self.id = id
    fixedOffset = 0
    database = file
  }

  /// The offset that never changes; nil for a zone with rules.
  public var fixedOffsetSeconds: Int? { database == nil ? fixedOffset : nil }

  /// The offset in force at a moment.
  public func offsetSeconds(at epochSecond: Int64) -> Int {
    database?.offset(at: epochSecond) ?? fixedOffset
  }

  /// The moment of a local time, as Java resolves it: of two in an overlap the earlier one, and in a gap the time is moved on by the gap's length.
  ///
  /// - Parameter local: seconds since 1970-01-01T00:00:00 on the zone's clocks.
  public func epochSecond(ofLocal local: Int64) -> Int64 {
    guard let database else { return local &- Int64(fixedOffset) }
    let before = database.offset(at: local &- 86_400)
    let early = local &- Int64(before)
    if database.offset(at: early) == before { return early }
    let after = database.offset(at: local &+ 86_400)
    let late = local &- Int64(after)
    if database.offset(at: late) == after { return late }
    return early
  }

  static func isIDByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func offset(of text: String) -> Int? {
    var padded = text
    // `+2` is written with one digit in zone ids only.
    if padded.utf8.count == 2 { padded.insert("0", at: padded.index(after: padded.startIndex)) }
    return padded.withUTF8 { bytes -> Int? in
      var scanner = DateScanner(bytes)
      guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
      return offset
    }
  }

  private static let loaded = TimeZoneDatabase(directory: "/usr/share/zoneinfo")
}

/// The zone files that were read so far. Only zones that exist are remembered, so input cannot make it grow without bound.
final class TimeZoneDatabase: Sendable {
  private let directory: String
  private let files = Mutex<[String: TimeZoneDatabaseFile]>([:])

  init(directory: String) { self.directory = directory }

  func file(of id: String) -> TimeZoneDatabaseFile? {
    if let known = files.withLock({ $0[id] }) { return known }
    // An id is a path below the directory and nothing else.
    guard id.utf8.allSatisfy(TimeZoneRules.isIDByte), let first = id.utf8.first, first != UInt8(ascii: "/"), id.utf8.count <= 64 else {
      return nil
    }
    guard let bytes = SmallFile.read(directory + "/" + id, byteCountMax: 1 << 20), let file = TimeZoneDatabaseFile(bytes) else {
      return nil
    }
    files.withLock { $0[id] = file }
    return file
  }
}
