import Meanwhile

/// A table of the `_cat` APIs: columns of text for a person at a terminal, or JSON.
struct CatTable {
  enum Alignment {
    case left
    case right
  }

  /// What it may be in, besides JSON.
  static let mediaTypes = ["text/plain"]

  var columns: [(name: String, alignment: Alignment)]
  /// Short names for `h` and `s`.
  var aliases: [String: String]
  var rows: [[String]]

  /// As `h`, `s`, `v`, `help` and `format` ask for.
  ///
  /// - Throws: `illegal_argument_exception` (400) for an order by a column that is none.
  func response(_ parameters: Parameters) throws(APIError) -> EndpointResponse {
    if try parameters.bool("help") == true { return Self.text(columns.map { "\($0.name) | \($0.name)\n" }.joined()) }
    let chosen = chosenColumns(parameters["h"])
    let rows = try sorted(parameters["s"])
    if parameters["format"] == "json" {
      return .json(
        .array(
          rows.map { row in
            .object(JSONObject(chosen.map { JSONObject.Member(name: columns[$0].name, value: .string(row[$0])) }))
          }))
    }
    return Self.text(lines(chosen, rows, showsNames: try parameters.bool("v") ?? false))
  }

  private static func text(_ text: String) -> EndpointResponse {
    EndpointResponse(status: 200, headers: ["Content-Type": "text/plain; charset=UTF-8"], body: .bytes(Array(text.utf8)))
  }

  private func chosenColumns(_ names: String?) -> [Int] {
    guard let names else { return Array(columns.indices) }
    return names.split(separator: ",").compactMap { name in
      let full = aliases[String(name)] ?? String(name)
      return columns.firstIndex { $0.name == full }
    }
  }

  private func sorted(_ order: String?) throws(APIError) -> [[String]] {
    var sorted = rows
    for part in (order ?? "").split(separator: ",").reversed() {
      let pieces = part.split(separator: ":")
      let name = pieces.first.map(String.init) ?? ""
      guard let column = columns.firstIndex(where: { $0.name == aliases[name] ?? name }) else {
        throw .illegalArgument("Unable to sort by unknown sort key `\(name)`")
      }
      let descends = pieces.count > 1 && pieces[1] == "desc"
      sorted.sort { left, right in
        let (first, second) = descends ? (right[column], left[column]) : (left[column], right[column])
        if let a = Double(first), let b = Double(second) { return a < b }
        return first < second
      }
    }
    return sorted
  }

  private func lines(_ chosen: [Int], _ rows: [[String]], showsNames: Bool) -> String {
    let shown = (showsNames ? [columns.map(\.name)] : []) + rows
    let widths = columns.indices.map { column in shown.map { $0[column].count }.max() ?? 0 }
    return shown.map { row in
      chosen.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return columns[column].alignment == .left ? row[column] + padding : padding + row[column]
      }.joined(separator: " ") + "\n"
    }.joined()
  }

  private static let units = ["b", "kb", "mb", "gb", "tb", "pb"]

  /// A size with one fraction digit in the largest unit that keeps it above one: `1.2kb`.
  static func size(_ byteCount: Int) -> String {
    var tenths = byteCount.multipliedReportingOverflow(by: 10).partialValue
    var unit = 0
    while tenths >= 10_240, unit < units.count - 1 {
      tenths /= 1_024
      unit += 1
    }
    return tenths % 10 == 0 ? "\(tenths / 10)\(units[unit])" : "\(tenths / 10).\(tenths % 10)\(units[unit])"
  }
}
