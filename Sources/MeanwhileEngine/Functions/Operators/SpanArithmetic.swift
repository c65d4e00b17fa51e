import MeanwhileData

/// Dates plus and minus spans. Calendar spans are reckoned in UTC, and a day that a month lacks becomes its last.
enum SpanArithmetic {
  private static let millisecondsPerDay: Int64 = 86_400_000

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
    let unitsPerDay = millisecondsPerDay * unitsPerMillisecond
    let day = moment.flooredQuotient(unitsPerDay)
    let timeOfDay = moment - day * unitsPerDay
    let sign: Int64 = isSubtraction ? -1 : 1
    var newDay = day
    if period.months != 0 { newDay = CivilDate(daysSinceEpoch: day).adding(months: sign * Int64(period.months)).daysSinceEpoch }
    newDay &+= sign * Int64(period.days)
    let (start, overflow) = newDay.multipliedReportingOverflow(by: unitsPerDay)
    if overflow { return nil }
    let (result, sumOverflow) = start.addingReportingOverflow(timeOfDay)
    return sumOverflow ? nil : result
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
