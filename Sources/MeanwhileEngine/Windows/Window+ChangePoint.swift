import MeanwhileData

extension Plan.Window {
  /// Values of a series that a search for changes reads at most (Elasticsearch's limit).
  public static let changePointValuesMax = 1_000

  /// The type and p-value of a series' change in the row where it happens, null in all others.
  ///
  /// - Parameter value: a number; the rows are in the series' order.
  public static func changePoint(_ value: Attribute, kind: Attribute, pValue: Attribute, origin: Expression.Origin) -> Plan.Window {
    Plan.Window("change_point", inputs: [value], outputs: [kind, pValue], origin: origin) { columns, frame in
      var values: [Double] = []
      var rows: [Int] = []
      var (hasNulls, hasSeveral) = (false, false)
      let column = columns[0].widened(to: .double)
      for row in 0..<min(frame.rowCount, changePointValuesMax) {
        let slots = column.slots(ofRow: row)
        guard slots.count == 1, case .doubles(let numbers) = column.values else {
          if slots.isEmpty { hasNulls = true } else { hasSeveral = true }
          continue
        }
        values.append(numbers[slots.lowerBound])
        rows.append(row)
      }
      func warn(_ text: String) { frame.warnings.evaluationFailed(at: origin, detail: "java.lang.IllegalArgumentException: \(text)") }
      if frame.rowCount > changePointValuesMax { warn("too many values; keeping only first \(changePointValuesMax) values") }
      if hasNulls { warn("values contain nulls; skipping them") }
      if hasSeveral {
        warn("values contains multivalued entries; skipping them (please consider reducing them with e.g. MV_AVG or MV_SUM)")
      }
      if values.count < ChangePoint.valuesMin {
        warn("not enough buckets to calculate change_point. Requires at least [\(ChangePoint.valuesMin)]; found [\(values.count)]")
      }
      let found = ChangePoint.find(in: values)
      var kinds = [Value](repeating: .null, count: frame.rowCount)
      var pValues = kinds
      if let found {
        kinds[rows[found.index]] = .string(found.kind.rawValue)
        pValues[rows[found.index]] = .double(found.pValue)
      }
      return [ColumnBuilder.column(of: kinds, type: .keyword), ColumnBuilder.column(of: pValues, type: .double)]
    }
  }
}
