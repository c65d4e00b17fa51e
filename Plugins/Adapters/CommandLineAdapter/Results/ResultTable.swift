#if CLI
import Meanwhile

/// A query's answer as rows and columns, whatever shape the API gave it.
struct ResultTable {
  var columns: [String] = []
  /// By row, one cell a column; null where there is nothing.
  var rows: [[JSONValue]] = []

  /// Reads ES|QL's `columns` and `values`, EQL's events or sequences, or search hits.
  ///
  /// - Throws: ``CommandFailure`` for anything else.
  init(_ answer: JSONValue) throws {
    if let columns = answer["columns"]?.array, let values = answer["values"]?.array {
      self.columns = columns.map { $0["name"]?.string ?? "" }
      rows = values.map { $0.array ?? [] }
      return
    }
    guard let hits = answer["hits"] ?? answer["response"]?["hits"] else {
      throw CommandFailure("the answer holds no rows; use --format json to see it")
    }
    if let sequences = hits["sequences"]?.array {
      for (number, sequence) in sequences.enumerated() {
        let keys = sequence["join_keys"].map { [("join_keys", $0)] } ?? []
        for event in sequence["events"]?.array ?? [] { add(document: event, after: [("sequence", .integer(Int64(number + 1)))] + keys) }
      }
    } else {
      for hit in hits["hits"]?.array ?? hits["events"]?.array ?? [] { add(document: hit, after: []) }
    }
  }

  /// Adds a row for a document: index and id, then the fields of its source under dotted names.
  private mutating func add(document: JSONValue, after first: [(String, JSONValue)]) {
    var cells = first
    for name in ["_index", "_id", "_score"] {
      if let value = document[name], !value.isNull { cells.append((name, value)) }
    }
    Self.flatten(document["_source"] ?? .null, under: "", into: &cells)
    Self.flatten(document["fields"] ?? .null, under: "", into: &cells)

    var row = [JSONValue](repeating: .null, count: columns.count)
    for (name, value) in cells {
      if let index = positions[name] {
        row[index] = value
      } else {
        positions[name] = columns.count
        columns.append(name)
        row.append(value)
        for index in rows.indices { rows[index].append(.null) }
      }
    }
    rows.append(row)
  }

  private var positions: [String: Int] = [:]

  private static func flatten(_ value: JSONValue, under prefix: String, into cells: inout [(String, JSONValue)]) {
    guard let object = value.object else { return }
    for member in object.members {
      let name = prefix.isEmpty ? member.name : prefix + "." + member.name
      if member.value.object != nil { flatten(member.value, under: name, into: &cells) } else { cells.append((name, member.value)) }
    }
  }
}
#endif
