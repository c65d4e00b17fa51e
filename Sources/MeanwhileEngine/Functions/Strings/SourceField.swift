import Meanwhile
import MeanwhileData

extension ScalarFunction {
  /// A field of a document by its path, whether or not a mapping has it.
  static let sourceField = ScalarFunction(
    name: OperatorName.sourceField,
    documentation: FunctionDocumentation(
      category: .operators, syntax: "source_field(_source, path)", summary: "A field's values in the document itself, as keywords.")
  ) { arguments throws(FunctionError) in
    try arguments.expectCount(OperatorName.sourceField, 2...2)
    guard case .bytes(let path)? = arguments[1].constant else { throw FunctionError("the path of a field must be a constant") }
    let names = String(decoding: path, as: UTF8.self)
    return Resolution(
      type: .keyword,
      kernel: .eager { columns, frame in
        let made = ColumnBuilder(type: .keyword, capacity: frame.rowCount)
        for row in 0..<frame.rowCount {
          if row & 0xFF == 0 { try frame.signals.check() }
          let slots = columns[0].slots(ofRow: row)
          guard let slot = slots.first, let bytes = columns[0].bytes(inSlot: slot), let document = try? JSONValue.parse(Array(bytes)) else {
            made.append(.null)
            continue
          }
          var found: [Value] = []
          collect(names[...], in: document, into: &found)
          made.append(found.isEmpty ? .null : found.count == 1 ? found[0] : .several(found))
        }
        return made.finish()
      })
  }

  /// The values at a path. A name may have dots of its own, so every way to cut the path is tried; the elements of a list are values each.
  private static func collect(_ path: Substring, in value: JSONValue, into found: inout [Value]) {
    if let list = value.array {
      for element in list { collect(path, in: element, into: &found) }
      return
    }
    guard !path.isEmpty else {
      if !value.isNull, value.object == nil { found.append(.string(value.string ?? value.text())) }
      return
    }
    guard let object = value.object else { return }
    var end = path.endIndex
    while true {
      if let inner = object[String(path[..<end])] {
        return collect(end == path.endIndex ? "" : path[path.index(after: end)...], in: inner, into: &found)
      }
      guard let dot = path[..<end].lastIndex(of: ".") else { return }
      end = dot
    }
  }
}
