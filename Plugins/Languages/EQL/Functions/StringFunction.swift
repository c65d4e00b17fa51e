import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `string(value)`: any value as text, the way documents write it.
enum StringFunction {
  static let name = EQLFunctions.prefix + "string"

  static let function = ScalarFunction(
    name: name, documentation: FunctionDocumentation(category: .eql, syntax: "string(value)", summary: "A value as text.")
  ) { arguments throws(FunctionError) in
    guard arguments.count == 1 else { throw FunctionError("error building [string]: expects exactly one argument") }
    let type = arguments[0].type
    return ScalarFunction.Resolution(
      type: .keyword,
      kernel: .eager { columns, frame in
        if type.isString { return columns[0].retyped(.keyword) }
        let result = ColumnBuilder(type: .keyword, capacity: frame.rowCount)
        for row in 0..<frame.rowCount {
          let slots = columns[0].slots(ofRow: row)
          if slots.count == 1 { append(columns[0], slot: slots.lowerBound, type, to: result.bytes) }
          result.endRow(valueCount: slots.count == 1 ? 1 : 0)
        }
        return result.finish()
      })
  }

  private static func append(_ column: Column, slot: Int, _ type: DataType, to out: BytesVectorBuilder) {
    switch column.values {
    case .none: break
    case .booleans(let values): for byte in (values[slot] != 0 ? "true" : "false").utf8 { out.bytes.append(byte) }
    case .doubles(let values): NumberText.append(values[slot], to: out.bytes)
    case .longs(let values): append(values[slot], type, to: out.bytes)
    case .bytes(let values): append(values[slot], type, to: out.bytes)
    case .ordinals(let ordinals, let dictionary, _): append(dictionary[Int(ordinals[slot])], type, to: out.bytes)
    }
    out.endValue()
  }

  private static func append(_ value: Int64, _ type: DataType, to out: VectorBuilder<UInt8>) {
    switch type {
    case .unsignedLong: NumberText.append(UnsignedLong.decode(value), to: out)
    case .date: ISODate.append(millis: value, to: out)
    case .dateNanos: ISODate.append(nanos: value, to: out)
    default: NumberText.append(value, to: out)
    }
  }

  private static func append(_ value: UnsafeBufferPointer<UInt8>, _ type: DataType, to out: VectorBuilder<UInt8>) {
    switch type {
    case .ip: IPAddress(bytes: value)?.appendText(to: out)
    case .version: VersionKey.append(decoding: value, to: out)
    default: out.append(contentsOf: value)
    }
  }
}

extension Column {
  /// The same values under another type of the same layout.
  fileprivate func retyped(_ type: DataType) -> Column {
    var column = self
    column.type = type
    return column
  }
}
