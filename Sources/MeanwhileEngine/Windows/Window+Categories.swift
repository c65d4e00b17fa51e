import Meanwhile
import MeanwhileData

extension Plan.Window {
  /// How a category is written.
  public enum CategoryFormat: String, Sendable, Hashable, CaseIterable {
    /// `.*?Connected.+?to.*?`
    case regex
    /// `Connected to`
    case tokens
  }

  /// The category of each text of a column. A row whose texts are of several categories has all of them.
  public static func categories(
    of text: Attribute, output: Attribute, format: CategoryFormat, similarityPercent: Int, origin: Expression.Origin
  ) -> Plan.Window {
    Plan.Window("categorize", inputs: [text], outputs: [output], origin: origin) { columns, frame in
      var categories = TextCategories(similarityPercent: similarityPercent)
      var numbers: [[Int]] = []
      numbers.reserveCapacity(frame.rowCount)
      for row in 0..<frame.rowCount {
        if row & 0x3FF == 0 { try frame.signals.check() }
        var found: [Int] = []
        for slot in columns[0].slots(ofRow: row) {
          guard let bytes = columns[0].bytes(inSlot: slot), let number = categories.category(of: String(decoding: bytes, as: UTF8.self))
          else { continue }
          if !found.contains(number) { found.append(number) }
        }
        numbers.append(found)
      }
      let names = categories.categories.map { words in
        Value.string(format == .tokens ? words.joined(separator: " ") : ".*?" + words.joined(separator: ".+?") + ".*?")
      }
      let cells = numbers.map { $0.isEmpty ? Value.null : $0.count == 1 ? names[$0[0]] : .several($0.map { names[$0] }) }
      return [ColumnBuilder.column(of: cells, type: .keyword)]
    }
  }
}
