/// What is wrong with a date pattern, in the words of Java's `DateTimeFormatter`.
public struct DatePatternError: Error, Sendable, Hashable {
  public var reason: String

  public init(reason: String) { self.reason = reason }
}

/// A pattern of Java's `DateTimeFormatter` (`yyyy-MM-dd HH:mm:ss.SSS Z`), compiled: it reads and writes dates byte by byte.
///
/// Names of months and days are those of a locale's language, see ``DateNames``. Not taken: the pattern letters `B` (day periods), `F`, `g` and `p` (padding).
public struct DatePattern: Sendable, Hashable {
  /// As it was written.
  public let pattern: String
  let elements: [Element]
  let names: DateNames

  enum Element: Sendable, Hashable {
    case literal([UInt8])
    case number(NumberField, widthMin: Int, widthMax: Int)
    /// Two digits that mean a year of 2000 ... 2099.
    case shortYear(NumberField)
    case fraction(digitsMin: Int, digitsMax: Int)
    case name(NameField, NameLength)
    /// `colon`: between hours and minutes. `zero`: what stands for no offset at all.
    case offset(OffsetStyle)
    /// `GMT+8` or, in full, `GMT+08:00`.
    case localizedOffset(isFull: Bool)
    case zone
    /// An optional section; `end` is the index of its ``optionalEnd``.
    case optionalStart(end: Int)
    case optionalEnd
  }

  enum NumberField: Sendable, Hashable {
    case year, yearOfEra, weekYear, month, week, dayOfMonth, dayOfYear, weekday, quarter
    case hour, clockHour, hourOfHalf, clockHourOfHalf, minute, second, nano, milliOfDay, nanoOfDay
  }

  enum NameField: Sendable, Hashable { case month, weekday, halfOfDay, era, quarter }
  enum NameLength: Sendable, Hashable { case short, full, narrow }

  struct OffsetStyle: Sendable, Hashable {
    enum Minutes: Sendable, Hashable { case ifAny, always }
    var minutes: Minutes
    var hasSeconds: Bool
    var hasColon: Bool
    var zero: String
    /// Reads every spelling, as the named formats do.
    var isFlexible: Bool
  }

  /// Compiles a pattern.
  ///
  /// - Parameter names: of months, days and so on.
  /// - Throws: what is wrong with it.
  public init(_ pattern: String, names: DateNames = .english) throws(DatePatternError) {
    try self.init(pattern, isNamed: false, names: names)
  }

  /// - Parameter isNamed: for Elasticsearch's named formats, whose fractions take one to nine digits and whose offsets take every spelling.
  init(_ pattern: String, isNamed: Bool, names: DateNames = .english) throws(DatePatternError) {
    var compiler = DatePatternCompiler(pattern, isNamed: isNamed)
    self.pattern = pattern
    self.names = names
    elements = try compiler.compile()
  }
}
