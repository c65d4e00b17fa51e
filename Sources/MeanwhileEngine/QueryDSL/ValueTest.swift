import MeanwhileData

/// What a value of a field is asked, in the layout of its column: a table that a loop walks, made once a query.
enum ValueTest: Sendable {
  /// No value passes.
  case none
  case longs(LongTest)
  case doubles(DoubleTest)
  case booleans(acceptsFalse: Bool, acceptsTrue: Bool)
  case bytes(BytesTest)

  /// The least and the greatest value that may pass, where values have such an order.
  var bounds: [Value] {
    switch self {
    case .longs(.range(let low, let high)): [.long(low), .long(high)]
    case .longs(.oneOf(let values)): if let low = values.first, let high = values.last { [.long(low), .long(high)] } else { [] }
    case .doubles(.range(let low, _, let high, _)): [.double(low), .double(high)]
    case .doubles(.oneOf(let values)): if let low = values.min(), let high = values.max() { [.double(low), .double(high)] } else { [] }
    case .none, .booleans, .bytes: []
    }
  }

  enum LongTest: Sendable {
    case range(Int64, Int64)
    /// Ascending.
    case oneOf([Int64])

    @inline(__always)
    func holds(_ value: Int64) -> Bool {
      switch self {
      case .range(let low, let high): return value >= low && value <= high
      case .oneOf(let values):
        var low = 0
        var high = values.count
        while low < high {
          let middle = (low + high) / 2
          if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < values.count && values[low] == value
      }
    }
  }

  enum DoubleTest: Sendable {
    case range(low: Double, includesLow: Bool, high: Double, includesHigh: Bool)
    case oneOf([Double])

    @inline(__always)
    func holds(_ value: Double) -> Bool {
      switch self {
      case .range(let low, let includesLow, let high, let includesHigh):
        (includesLow ? value >= low : value > low) && (includesHigh ? value <= high : value < high)
      case .oneOf(let values): values.contains(value)
      }
    }
  }

  enum BytesTest: Sendable {
    case range(low: Vector<UInt8>?, includesLow: Bool, high: Vector<UInt8>?, includesHigh: Bool)
    /// Ascending bytewise.
    case oneOf(BytesVector)
    /// Any of several ranges, bounds included: addresses and networks.
    case ranges([(low: Vector<UInt8>, high: Vector<UInt8>)])
    case pattern(TextPattern)

    func holds(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
      switch self {
      case .range(let low, let includesLow, let high, let includesHigh):
        if let low {
          let order = compareBytes(value, low.buffer)
          if order < 0 || order == 0 && !includesLow { return false }
        }
        if let high {
          let order = compareBytes(value, high.buffer)
          if order > 0 || order == 0 && !includesHigh { return false }
        }
        return true
      case .oneOf(let values): return values.contains(sorted: value)
      case .ranges(let ranges):
        return ranges.contains { compareBytes(value, $0.low.buffer) >= 0 && compareBytes(value, $0.high.buffer) <= 0 }
      case .pattern(let pattern): return pattern.matches(value)
      }
    }

    /// Any of some values.
    static func oneOf(_ values: [[UInt8]]) -> BytesTest {
      let builder = BytesVectorBuilder(capacity: values.count)
      for value in Set(values).sorted(by: { $0.lexicographicallyPrecedes($1) }) { builder.append(value) }
      return .oneOf(builder.finish())
    }
  }
}

extension BytesVector {
  /// Whether an ascending run holds a value.
  func contains(sorted value: UnsafeBufferPointer<UInt8>) -> Bool { index(sorted: value) != nil }

  /// Where an ascending run holds a value.
  func index(sorted value: UnsafeBufferPointer<UInt8>) -> Int? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      let order = compareBytes(self[middle], value)
      if order == 0 { return middle }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
