import Meanwhile
import MeanwhileData

/// Rows as the reference has them: all cells at hand, one row after another.
struct ReferenceTable: Sendable {
  struct Column: Sendable {
    var name: String
    var type: DataType
  }

  var columns: [Column]
  var rows: [[Cell]]

  /// A new last column; one of the same name goes.
  mutating func assign(_ name: String, _ type: DataType, _ cells: [Cell]) {
    for row in rows.indices { rows[row].append(cells[row]) }
    columns.append(Column(name: name, type: type))
    if let old = columns.dropLast().firstIndex(where: { $0.name == name }) { remove(at: old) }
  }

  mutating func remove(at index: Int) {
    columns.remove(at: index)
    for row in rows.indices { rows[row].remove(at: index) }
  }

  mutating func keep(_ indices: [Int]) {
    columns = indices.map { columns[$0] }
    rows = rows.map { row in indices.map { row[$0] } }
  }

  func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }

  /// Documents of all kinds of fields: single ones, some with several values, many empty.
  static func documents(_ random: inout SeededGenerator) -> ReferenceTable {
    let single: [Column] = [
      Column(name: "flag", type: .boolean), Column(name: "num", type: .integer), Column(name: "big", type: .long),
      Column(name: "huge", type: .unsignedLong), Column(name: "real", type: .double), Column(name: "word", type: .keyword),
      Column(name: "body", type: .text), Column(name: "day", type: .date), Column(name: "moment", type: .dateNanos),
      Column(name: "addr", type: .ip), Column(name: "release", type: .version),
    ]
    let several = Sample.types.map { Column(name: "many_\($0.name)", type: $0) }
    let plain = [
      Column(name: "id", type: .long), Column(name: "kind", type: .keyword), Column(name: "level", type: .integer),
      Column(name: "price", type: .double),
    ]
    var table = ReferenceTable(columns: (plain + single + several).sorted { $0.name < $1.name }, rows: [])
    for number in 0..<40 + random.below(40) {
      table.rows.append(
        table.columns.map { column in
          switch column.name {
          case "id": return .whole(Int64(number))
          case "kind": return random.chance(10) ? .null : .text(random.pick(["red", "green", "blue"]))
          case "level": return random.chance(10) ? .null : .whole(Int64(random.below(4)))
          case "price": return random.chance(10) ? .null : .double(Double(random.below(400)) / 4)
          default: break
          }
          if random.chance(20) { return .null }
          guard column.name.hasPrefix("many_"), random.chance(50) else { return Sample.cell(of: column.type, &random) }
          let cells = (0..<1 + random.below(4)).map { _ in Sample.cell(of: column.type, &random) }
          return Cell(stored(cells, column.type))
        })
    }
    return table
  }

  /// A field's values come in order, and where they are kept as a set of terms, each once (doc values of Lucene).
  private static func stored(_ cells: [Cell], _ type: DataType) -> [Cell] {
    let isSet = [.keyword, .ip, .version].contains(type)
    return (isSet ? Array(Set(cells)) : cells).sorted { $0 < $1 }
  }
}
