import Meanwhile
import MeanwhileData

extension ScalarFunction {
  /// `JSON_EXTRACT(string, path)`.
  static let jsonExtract = declare(
    "json_extract",
    FunctionDocumentation(
      category: .string, syntax: "JSON_EXTRACT(string, path)",
      summary: "The value at a path of a JSON text: members between dots, elements in brackets. Objects and lists come as JSON.",
      examples: [.init("ROW x = JSON_EXTRACT(\"\"\"{\"a\": {\"b\": [1, 2]}}\"\"\", \"a.b[1]\")", "2")]), count: 2...2,
    [TypeSet([.keyword, .text, .source], ["string"]), .string], result: { _ in .keyword }
  ) { _, _ throws(FunctionError) in
    { columns, frame in
      guard let (cells, nulls, isConstant) = frame.allBytes(columns) else { return .nulls(.keyword, rowCount: frame.rowCount) }
      return frame.makeBytes(RowSet(nulls: nulls, isConstant: isConstant, of: frame), type: .keyword) {
        row, out throws(EvaluationFailure) in
        let path = String(decoding: cells[1][row], as: UTF8.self)
        let steps = try JSONPath.steps(of: path)
        var value: JSONValue
        do {
          value = try JSONValue.parse(Array(cells[0][row]))
        } catch {
          throw EvaluationFailure(illegalArgument: "invalid JSON input")
        }
        for step in steps {
          guard let next = step.value(in: value) else {
            throw EvaluationFailure(illegalArgument: "path [\(path)] does not exist")
          }
          value = next
        }
        if value.isNull { return false }
        for byte in (value.string ?? value.text()).utf8 { out.append(byte) }
        return true
      }
    }
  }
}

/// A path within a JSON text: `$.a.b[0]['c d']`, of which `$` and the dot behind it may be left out.
private enum JSONPath {
  enum Step {
    case member(String)
    case element(Int)

    func value(in json: JSONValue) -> JSONValue? {
      switch self {
      case .member(let name): return json.object?[name]
      case .element(let index):
        guard let list = json.array, index < list.count else { return nil }
        return list[index]
      }
    }
  }

  static func steps(of path: String) throws(EvaluationFailure) -> [Step] {
    func failure() -> EvaluationFailure { EvaluationFailure(illegalArgument: "invalid JSON path [\(path)]") }
    var rest = Substring(path)
    if rest.hasPrefix("$") { rest = rest.dropFirst() }
    var steps: [Step] = []
    while let first = rest.first {
      guard first == "[" else {
        if first == "." { rest = rest.dropFirst() }
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { throw failure() }
        steps.append(.member(String(name)))
        rest = rest[name.endIndex...]
        continue
      }
      guard let end = rest.firstIndex(of: "]") else { throw failure() }
      let inner = rest[rest.index(after: rest.startIndex)..<end]
      rest = rest[rest.index(after: end)...]
      if let mark = inner.first, mark == "'" || mark == "\"", inner.count >= 2, inner.last == mark {
        steps.append(.member(String(inner.dropFirst().dropLast())))
      } else if let index = Int(inner), index >= 0 {
        steps.append(.element(index))
      } else {
        throw failure()
      }
    }
    return steps
  }
}
