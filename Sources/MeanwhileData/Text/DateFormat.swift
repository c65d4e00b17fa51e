/// The format of a date field, as mappings, range queries and date functions name it: one or more alternatives joined by `||`, each a named format
/// (`strict_date_optional_time`, `epoch_millis`, `basic_date`) or a Java pattern. Reading tries them in order; writing uses the first.
public struct DateFormat: Sendable, Hashable {
  /// As it was written.
  public let name: String
  let alternatives: [Alternative]

  enum Alternative: Sendable, Hashable {
    case iso
    case epochMillis
    case epochSecond
    /// `print` differs where what is written is padded and what is read need not be.
    case pattern(DatePattern, print: DatePattern)
  }

  /// Elasticsearch's default for `date` fields.
  public static let standard = DateFormat(name: "strict_date_optional_time||epoch_millis", alternatives: [.iso, .epochMillis])

  /// - Parameter names: of months, days and so on in patterns.
  /// - Throws: what is wrong with one of the alternatives.
  public init(_ name: String, names: DateNames = .english) throws(DatePatternError) {
    self.name = name
    var found: [Alternative] = []
    // Joda's `8` prefix meant "the new patterns" for a while and is still taken.
    let text = name.hasPrefix("8") ? String(name.dropFirst()) : name
    var rest = Substring(text)
    while true {
      let end = Self.separator(in: rest)
      found.append(try Self.alternative(String(rest[..<(end ?? rest.endIndex)]), names))
      guard let end else { break }
      rest = rest[rest.index(end, offsetBy: 2)...]
    }
    alternatives = found
  }

  /// The same format in the words of a language.
  public func spelled(with names: DateNames) -> DateFormat {
    if names == .english { return self }
    return (try? DateFormat(name, names: names)) ?? self
  }

  private init(name: String, alternatives: [Alternative]) {
    self.name = name
    self.alternatives = alternatives
  }

  /// Reads a date.
  ///
  /// - Parameters:
  ///   - zone: for texts that name none; nil is UTC.
  ///   - roundingUp: take the last moment that the text covers instead of the first.
  /// - Returns: nil where no alternative fits.
  public func parse(_ utf8: UnsafeBufferPointer<UInt8>, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> EpochTime? {
    for alternative in alternatives {
      let time: EpochTime? =
        switch alternative {
        case .iso: ISODate.parse(utf8, in: zone, roundingUp: roundingUp)
        case .epochMillis: ISODate.parseEpochMillis(utf8)
        case .epochSecond: ISODate.parseEpochSecond(utf8)
        case .pattern(let pattern, _): pattern.parse(utf8, in: zone, roundingUp: roundingUp)
        }
      if let time { return time }
    }
    return nil
  }

  public func parse(_ text: String, in zone: TimeZoneRules? = nil, roundingUp: Bool = false) -> EpochTime? {
    var text = text
    return text.withUTF8 { parse($0, in: zone, roundingUp: roundingUp) }
  }

  /// Appends a moment in the first alternative's spelling.
  public func append(_ time: EpochTime, in zone: TimeZoneRules? = nil, to out: VectorBuilder<UInt8>) {
    switch alternatives.first {
    case .epochMillis: NumberText.append(time.millis ?? 0, to: out)
    case .epochSecond: NumberText.append(time.seconds, to: out)
    case .pattern(_, let print): print.append(time, in: zone, to: out)
    case .iso, nil: ISODate.append(time, fractionDigitsMin: 3, in: zone, to: out)
    }
  }

  public func text(_ time: EpochTime, in zone: TimeZoneRules? = nil) -> String {
    let out = VectorBuilder<UInt8>(capacity: 32)
    append(time, in: zone, to: out)
    return String(decoding: out.buffer, as: UTF8.self)
  }

  /// Where `||` next stands outside of quotes.
  private static func separator(in text: Substring) -> String.Index? {
    var isQuoted = false
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == "'" { isQuoted.toggle() }
      let next = text.index(after: index)
      if !isQuoted, text[index] == "|", next < text.endIndex, text[next] == "|" { return index }
      index = next
    }
    return nil
  }

  private static func alternative(_ name: String, _ names: DateNames) throws(DatePatternError) -> Alternative {
    switch name {
    case "": throw DatePatternError(reason: "No date pattern provided")
    case "iso8601", "strict_date_optional_time", "date_optional_time", "strict_date_optional_time_nanos", "dateOptionalTime": return .iso
    case "epoch_millis": return .epochMillis
    case "epoch_second": return .epochSecond
    default: break
    }
    if let text = NamedDateFormats.patterns[name] {
      let pattern = try DatePattern(text, isNamed: true)
      return .pattern(pattern, print: pattern)
    }
    if let strict = NamedDateFormats.patterns["strict_" + name] {
      return .pattern(try DatePattern(NamedDateFormats.lenient(strict), isNamed: true), print: try DatePattern(strict, isNamed: true))
    }
    let pattern = try DatePattern(name, names: names)
    return .pattern(pattern, print: pattern)
  }
}

/// Elasticsearch's named formats as patterns. A name with `strict_` in front exists without it too, and then reads numbers of any width.
enum NamedDateFormats {
  static let patterns: [String: String] = [
    "basic_date": "yyyyMMdd",
    "basic_date_time": "yyyyMMdd'T'HHmmss.SSSXX",
    "basic_date_time_no_millis": "yyyyMMdd'T'HHmmssXX",
    "basic_ordinal_date": "yyyyDDD",
    "basic_ordinal_date_time": "yyyyDDD'T'HHmmss.SSSXX",
    "basic_ordinal_date_time_no_millis": "yyyyDDD'T'HHmmssXX",
    "basic_time": "HHmmss.SSSXX",
    "basic_time_no_millis": "HHmmssXX",
    "basic_t_time": "'T'HHmmss.SSSXX",
    "basic_t_time_no_millis": "'T'HHmmssXX",
    "strict_basic_week_date": "YYYY'W'wwe",
    "strict_basic_week_date_time": "YYYY'W'wwe'T'HHmmss.SSSXX",
    "strict_basic_week_date_time_no_millis": "YYYY'W'wwe'T'HHmmssXX",
    "strict_date": "yyyy-MM-dd",
    "strict_date_hour": "yyyy-MM-dd'T'HH",
    "strict_date_hour_minute": "yyyy-MM-dd'T'HH:mm",
    "strict_date_hour_minute_second": "yyyy-MM-dd'T'HH:mm:ss",
    "strict_date_hour_minute_second_fraction": "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "strict_date_hour_minute_second_millis": "yyyy-MM-dd'T'HH:mm:ss.SSS",
    "strict_date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "strict_date_time_no_millis": "yyyy-MM-dd'T'HH:mm:ssXXX",
    "strict_hour": "HH",
    "strict_hour_minute": "HH:mm",
    "strict_hour_minute_second": "HH:mm:ss",
    "strict_hour_minute_second_fraction": "HH:mm:ss.SSS",
    "strict_hour_minute_second_millis": "HH:mm:ss.SSS",
    "strict_ordinal_date": "yyyy-DDD",
    "strict_ordinal_date_time": "yyyy-DDD'T'HH:mm:ss.SSSXXX",
    "strict_ordinal_date_time_no_millis": "yyyy-DDD'T'HH:mm:ssXXX",
    "strict_time": "HH:mm:ss.SSSXXX",
    "strict_time_no_millis": "HH:mm:ssXXX",
    "strict_t_time": "'T'HH:mm:ss.SSSXXX",
    "strict_t_time_no_millis": "'T'HH:mm:ssXXX",
    "strict_week_date": "YYYY-'W'ww-e",
    "strict_week_date_time": "YYYY-'W'ww-e'T'HH:mm:ss.SSSXXX",
    "strict_week_date_time_no_millis": "YYYY-'W'ww-e'T'HH:mm:ssXXX",
    "strict_weekyear": "YYYY",
    "strict_weekyear_week": "YYYY-'W'ww",
    "strict_weekyear_week_day": "YYYY-'W'ww-e",
    "strict_year": "yyyy",
    "strict_year_month": "yyyy-MM",
    "strict_year_month_day": "yyyy-MM-dd",
  ]

  /// The pattern with one letter for each number, which then takes one digit or more.
  static func lenient(_ pattern: String) -> String {
    var short = ""
    var isQuoted = false
    for character in pattern {
      if character == "'" { isQuoted.toggle() }
      if !isQuoted, character.isLetter, character != "S", character != "X", short.last == character { continue }
      short.append(character)
    }
    return short
  }
}
