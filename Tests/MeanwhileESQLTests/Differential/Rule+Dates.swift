import MeanwhileData

extension Rule {
  /// Spans as queries write them, as months and milliseconds.
  private static let spans: [(text: String, meaning: Cell)] = [
    ("1 day", .several([.whole(0), .whole(86_400_000)])), ("3 hours", .several([.whole(0), .whole(10_800_000)])),
    ("1 month", .several([.whole(1), .whole(0)])), ("13 months", .several([.whole(13), .whole(0)])),
    ("2 years", .several([.whole(24), .whole(0)])), ("90 minutes", .several([.whole(0), .whole(5_400_000)])),
    ("2 weeks", .several([.whole(0), .whole(1_209_600_000)])), ("5 milliseconds", .several([.whole(0), .whole(5)])),
    ("1 quarter", .several([.whole(3), .whole(0)])),
  ]

  private static func moved(_ date: Cell, by span: Cell, _ sign: Int64, _ type: DataType) -> Cell? {
    guard case .several(let parts) = span else { return nil }
    let months = Int(sign * parts[0].wholeNumber)
    let start = months == 0 ? date.wholeNumber : Moment(date.wholeNumber, type).adding(months: months, type)
    let result = start + sign * parts[1].wholeNumber * (type == .date ? 1 : 1_000_000)
    return type == .dateNanos && result < 0 ? nil : .whole(result)
  }

  /// Units to truncate to. A number is a length in milliseconds.
  private static let units: [(text: String, meaning: Cell)] = [
    ("1 year", .text("year")), ("1 quarter", .text("quarter")), ("1 month", .text("month")), ("1 week", .text("week")),
    ("1 day", .whole(86_400_000)), ("1 hour", .whole(3_600_000)), ("15 minutes", .whole(900_000)), ("1 second", .whole(1_000)),
  ]

  private static func truncated(_ date: Cell, to unit: Cell, _ type: DataType) -> Cell? {
    let moment = Moment(date.wholeNumber, type)
    switch unit {
    case .text("year"): return .whole(Moment.value(moment.year, 1, 1, 0, type))
    case .text("quarter"): return .whole(Moment.value(moment.year, (moment.month - 1) / 3 * 3 + 1, 1, 0, type))
    case .text("month"): return .whole(Moment.value(moment.year, moment.month, 1, 0, type))
    case .text:
      let day = Int64(moment.epochDay - moment.dayOfWeek + 1)
      return .whole(day * (type == .date ? 86_400_000 : Moment.nanosecondsPerDay))
    default:
      let length = unit.wholeNumber * 1_000_000
      let inDay = moment.nanosecondOfDay / length * length
      return .whole(Moment.value(moment.year, moment.month, moment.day, inDay, type))
    }
  }

  private static let parts: [(String, @Sendable (Moment) -> Int)] = [
    ("year", { $0.year }), ("month_of_year", { $0.month }), ("day_of_month", { $0.day }), ("day_of_week", { $0.dayOfWeek }),
    ("hour_of_day", { Int($0.nanosecondOfDay / 3_600_000_000_000) }), ("minute_of_hour", { Int($0.nanosecondOfDay / 60_000_000_000 % 60) }),
    ("epoch_day", { $0.epochDay }), ("nano_of_second", { Int($0.nanosecondOfDay % 1_000_000_000) }),
  ]

  private static let lengths: [(String, Int64)] = [
    ("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1_000), ("weeks", 604_800_000), ("milliseconds", 1),
  ]

  static let dates: [Rule] =
    [DataType.date, .dateNanos].flatMap { type -> [Rule] in
      [
        .of("($0 + $1)", [.of(type), .word(spans)], type) { $0[0].elements.count == 1 ? moved($0[0], by: $0[1], 1, type) ?? .null : .null },
        .of("($0 - $1)", [.of(type), .word(spans)], type) {
          $0[0].elements.count == 1 ? moved($0[0], by: $0[1], -1, type) ?? .null : .null
        },
        .single("DATE_TRUNC($1, $0)", [.of(type), .word(units)], type) { truncated($0[0], to: $0[1], type) },
      ]
        + parts.map { name, part in
          .single("DATE_EXTRACT(\"\(name)\", $0)", [.of(type)], .long) { .whole(Int64(part(Moment($0[0].wholeNumber, type)))) }
        }
    }
    + lengths.map { name, length in
      .single("DATE_DIFF(\"\(name)\", $0, $1)", [.of(.date), .of(.date)], .integer) { cells in
        let count = (cells[1].wholeNumber - cells[0].wholeNumber) / length
        return Int32(exactly: count) == nil ? nil : .whole(count)
      }
    }
}
