import MeanwhileData

extension DataType {
  /// Whether every value of this type is one of another: what makes a field that differs between indices readable as one column.
  func canWiden(to wider: DataType) -> Bool {
    if self == wider { return true }
    switch (self, wider) {
    case (.integer, .long), (.integer, .double), (.long, .double), (.keyword, .text), (.text, .keyword): return true
    case (.date, .dateNanos): return true
    case (.counterInteger, .integer), (.counterInteger, .long), (.counterLong, .long), (.counterDouble, .double): return true
    case (.integer, .counterInteger), (.long, .counterLong), (.double, .counterDouble), (.integer, .counterLong): return true
    default: return false
    }
  }
}

extension Column {
  /// The values as a wider type; see ``DataType/canWiden(to:)``.
  func widened(to wider: DataType) -> Column {
    if type == wider { return self }
    // A slice with offsets shows all values of its segment: only its own are worth converting.
    var result = offsets == nil || isConstant || type.layout == wider.layout && !wider.isDate ? self : compacted()
    result.type = wider
    guard case .longs(let source) = result.values else { return result }
    if wider.layout == .double {
      result.values = .doubles(
        Vector<Double>(count: source.count) { target in
          for slot in 0..<source.count { (target + slot).initialize(to: Double(source[slot])) }
        })
    } else if type == .date && wider == .dateNanos {
      result.values = .longs(
        Vector<Int64>(count: source.count) { target in
          for slot in 0..<source.count {
            let (value, overflow) = source[slot].multipliedReportingOverflow(by: 1_000_000)
            (target + slot).initialize(to: overflow ? (source[slot] < 0 ? 0 : .max) : max(0, value))
          }
        })
    }
    return result
  }

  /// The same rows without values of others.
  func compacted() -> Column {
    gather(Vector((0..<UInt32(truncatingIfNeeded: rowCount)).map { $0 }))
  }
}
