import MeanwhileData

/// Dates plus and minus spans. Calendar spans are reckoned in UTC, and a day that a month lacks becomes its last.
enum SpanArithmetic {
  /// A date at `dateIndex` and a span at the other place.
  static func resolution(_ date: DataType, span: DataType, dateIndex: Int, isSubtraction: Bool) -> ScalarFunction.Resolution {
    let unitsPerMillisecond: Int64 = date == .dateNanos ? 1_000_000 : 1
    let kernel: ScalarFunction.Kernel = .eager { arguments, frame in
      let dates = frame.cells(arguments[dateIndex], of: Int64.self)
      let spans = frame.cells(arguments[1 - dateIndex], of: Int64.self)
      return frame.zipChecked(dates, spans, type: date) { (moment: Int64, amount: Int64) -> (Int64, UInt8) in
        let result: Int64? =
          span == .timeDuration
          ? add(moment, milliseconds: amount, isSubtraction, unitsPerMillisecond)
          : add(moment, DatePeriod(encoded: amount), isSubtraction, unitsPerMillisecond)
        guard let result, date == .date || result >= 0 else { return (0, 1) }
        return (result, 0)
      } describe: { _, _, _ in
        Failure.longOverflow
      }
    }
    return ScalarFunction.Resolution(type: date, kernel: kernel)
  }

  private static func add(_ moment: Int64, milliseconds: Int64, _ isSubtraction: Bool, _ unitsPerMillisecond: Int64) -> Int64? {
    let (amount, overflow) = milliseconds.multipliedReportingOverflow(by: unitsPerMillisecond)
    if overflow { return nil }
    let (result, sumOverflow) = isSubtraction ? moment.subtractingReportingOverflow(amount) : moment.addingReportingOverflow(amount)
    return sumOverflow ? nil : result
  }

  private static func add(_ moment: Int64, _ period: DatePeriod, _ isSubtraction: Bool, _ unitsPerMillisecond: Int64) -> Int64? {
    let sign = isSubtraction ? -1 : 1
    let milliseconds = moment.floorDivided(by: unitsPerMillisecond)
    let rest = moment &- milliseconds &* unitsPerMillisecond
    guard let months = milliseconds.adding(months: sign * Int(period.months)) else { return nil }
    guard let days = months.adding(days: sign * Int(period.days)) else { return nil }
    let (scaled, overflow) = days.multipliedReportingOverflow(by: unitsPerMillisecond)
    let (result, sumOverflow) = scaled.addingReportingOverflow(rest)
    return overflow || sumOverflow ? nil : result
  }

  /// Two spans of one kind.
  static func addingSpans(_ type: DataType, isSubtraction: Bool) -> ScalarFunction.Kernel {
    .eager { arguments, frame in
      frame.zipChecked(
        frame.cells(arguments[0], of: Int64.self), frame.cells(arguments[1], of: Int64.self), type: type
      ) { (left: Int64, right: Int64) -> (Int64, UInt8) in
        if type == .timeDuration {
          let (value, overflow) = isSubtraction ? left.subtractingReportingOverflow(right) : left.addingReportingOverflow(right)
          return (value, overflow ? 1 : 0)
        }
        let second = isSubtraction ? DatePeriod(encoded: right).negated : DatePeriod(encoded: right)
        guard let sum = second.flatMap({ DatePeriod(encoded: left).adding($0) }) else { return (0, 1) }
        return (sum.encoded, 0)
      } describe: { _, _, _ in
        type == .timeDuration ? Failure.longOverflow : Failure.integerOverflow
      }
    }
  }

  static let negatedPeriod: ScalarFunction.Kernel = .eager { arguments, frame in
    frame.mapChecked(frame.cells(arguments[0], of: Int64.self), type: .datePeriod) { (value: Int64) -> (Int64, UInt8) in
      guard let negated = DatePeriod(encoded: value).negated else { return (0, 1) }
      return (negated.encoded, 0)
    } describe: { _, _ in
      Failure.integerOverflow
    }
  }
}

extension DatePeriod {
  /// Nil where it overflows.
  func adding(_ other: DatePeriod) -> DatePeriod? {
    let (months, monthsOverflow) = months.addingReportingOverflow(other.months)
    let (days, daysOverflow) = days.addingReportingOverflow(other.days)
    return monthsOverflow || daysOverflow ? nil : DatePeriod(months: months, days: days)
  }

  /// Nil where it overflows.
  var negated: DatePeriod? {
    months == .min || days == .min ? nil : DatePeriod(months: -months, days: -days)
  }
}
