import MeanwhileData
import MeanwhileEngine

/// Dates compared with text: `@timestamp >= "2024-05-01"`, `@timestamp < "now-1d/d"`.
///
/// A text that leaves out the time stands for all the moments that it covers, as in Elasticsearch's range queries: equal is what lies within, greater what
/// lies behind it, less what lies before.
extension ConditionCompiler {
  /// The comparison, where it is one of a date field with a text; nil otherwise.
  mutating func dateComparison(
    _ operation: EQLComparison, _ left: Expression, _ right: Expression, _ source: Source, textSource: (isLeft: Source, isRight: Source)
  ) -> Expression? {
    if case .column(let attribute) = left, attribute.type.isDate, let text = right.textLiteral {
      return comparison(of: attribute, operation, text, source, textSource.isRight)
    }
    if case .column(let attribute) = right, attribute.type.isDate, let text = left.textLiteral {
      return comparison(of: attribute, operation.mirrored, text, source, textSource.isLeft)
    }
    return nil
  }

  private mutating func comparison(
    of attribute: Attribute, _ operation: EQLComparison, _ text: String, _ source: Source, _ textSource: Source
  ) -> Expression {
    guard let moments = moments(text, for: attribute, textSource) else { return .literal(.null, .boolean) }
    func bound(_ operation: EQLComparison, _ moment: Int64) -> Expression {
      call(operation.rawValue, [.column(attribute), .literal(.long(moment), attribute.type)], source)
    }
    switch operation {
    case .less, .greaterOrEqual: return bound(operation, moments.first)
    case .greater, .lessOrEqual: return bound(operation, moments.last)
    case .equal where moments.first == moments.last: return bound(.equal, moments.first)
    case .notEqual where moments.first == moments.last: return bound(.notEqual, moments.first)
    case .equal:
      return call(OperatorName.and, [bound(.greaterOrEqual, moments.first), bound(.lessOrEqual, moments.last)], source)
    case .notEqual: return call(OperatorName.or, [bound(.less, moments.first), bound(.greater, moments.last)], source)
    }
  }

  /// The first and last moment that a text stands for, in the field's unit.
  private mutating func moments(_ text: String, for attribute: Attribute, _ source: Source) -> (first: Int64, last: Int64)? {
    let format = dateFormats[attribute].flatMap { try? DateFormat($0) } ?? .standard
    let math = DateMath(nowMillis: nowMillis, format: format)
    do {
      let first = try math.evaluate(text)
      let last = try math.evaluate(text, roundingUp: true)
      let isMillis = attribute.type == .date
      guard let firstUnits = isMillis ? first.millis : first.nanosSinceEpoch,
        let lastUnits = isMillis ? last.millis : last.nanosSinceEpoch
      else {
        report("date [\(text)] is out of the range of field [\(attribute.name)]", at: source)
        return nil
      }
      return (firstUnits, lastUnits)
    } catch {
      report("\(error.reason)", at: source)
      return nil
    }
  }
}

extension EQLComparison {
  /// With its sides swapped.
  fileprivate var mirrored: EQLComparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

extension Expression {
  fileprivate var textLiteral: String? {
    guard case .literal(.bytes(let bytes), .keyword) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
