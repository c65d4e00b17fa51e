import MeanwhileData
import MeanwhileEngine

/// The reference of functions, as their declarations have it: names, signatures, null and multi-value behaviour, examples.
struct FunctionReference: Sendable {
  struct Entry: Sendable {
    var name: String
    var aliases: [String]
    var documentation: FunctionDocumentation
    /// Types of arguments, and of the result: `keyword, integer → keyword`.
    var signatures: [String]
  }

  /// The functions that every query has.
  static let standard = FunctionReference(.standard)

  /// By name.
  let entries: [Entry]

  init(_ registry: FunctionRegistry) {
    entries = registry.names.compactMap { name in
      if let function = registry.scalar(name) {
        return Entry(
          name: name, aliases: function.aliases, documentation: function.documentation,
          signatures: Self.signatures { arguments in try? function.resolve(arguments).type })
      }
      guard let function = registry.aggregate(name) else { return nil }
      return Entry(
        name: name, aliases: function.aliases, documentation: function.documentation,
        signatures: Self.signatures { arguments in try? function.resolve(arguments).type })
    }
  }

  // MARK: - The page

  /// The whole page, in Markdown.
  var page: String {
    var text = "# Functions\n\nWhat an ES|QL query can call. This page is made from the functions' declarations.\n"
    for category in FunctionDocumentation.Category.allCases {
      let members = entries.filter { $0.documentation.category == category }
      guard !members.isEmpty else { continue }
      text += "\n## \(Self.title(of: category))\n"
      for entry in members { text += section(of: entry) }
    }
    return text
  }

  private func section(of entry: Entry) -> String {
    let documentation = entry.documentation
    var text = "\n### \(documentation.syntax)\n\n\(documentation.summary)\n"
    if !entry.aliases.isEmpty { text += "\nAlso called \(entry.aliases.map { "`\($0.uppercased())`" }.joined(separator: ", ")).\n" }
    if ![.aggregate, .grouping].contains(documentation.category) {
      text += documentation.propagatesNull ? "\nNull where an argument is.\n" : "\nAn argument may be null.\n"
    }
    if !entry.signatures.isEmpty { text += "\n" + entry.signatures.map { "- \($0)\n" }.joined() }
    for example in documentation.examples { text += "\n```esql\n\(example.query)\n```\n\nanswers `\(example.result)`.\n" }
    return text
  }

  private static func title(of category: FunctionDocumentation.Category) -> String {
    switch category {
    case .operators: "Operators"
    case .string: "Strings"
    case .math: "Mathematics"
    case .date: "Dates"
    case .conditional: "Conditions"
    case .conversion: "Conversions"
    case .multiValue: "Several values"
    case .ip: "IP addresses"
    case .search: "Search"
    case .aggregate: "Aggregates"
    case .grouping: "Groups"
    case .eql: "EQL"
    }
  }

  // MARK: - Signatures

  private static let types: [DataType] = [
    .boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .date, .dateNanos, .ip, .version, .datePeriod, .timeDuration,
  ]

  /// The types that further arguments are tried with.
  private static let usual: [DataType] = [.boolean, .integer, .long, .double, .keyword, .date, .ip, .version, .datePeriod]

  /// Constants that arguments are tried with, beside columns: patterns, units, counts.
  private static let texts: [Value] = ["1 day", "day", "year", "md5", "asc", "10.0.0.0/8"].map { .string($0) }

  /// The combinations of types that a function takes, found by asking it. Beyond three arguments, further ones are like the last.
  private static func signatures(_ resolve: ([ScalarFunction.Argument]) -> DataType?) -> [String] {
    var found: [(arguments: [DataType], result: DataType)] = []
    if let result = resolve([]) { found.append(([], result)) }
    for count in 1...4 where takes(count, resolve) {
      // Once a function takes some arguments, more are only tried up to three: the fourth is for those that need it.
      if count == 4, !found.isEmpty { break }
      let choices = count == 4 ? types.map { [DataType](repeating: $0, count: 4) } : combinations(count)
      for choice in choices {
        if let result = accepted(choice, resolve) { found.append((choice, result)) }
      }
    }
    return summaries(found)
  }

  /// Whether a function may take so many arguments: null is of every type, and constant.
  private static func takes(_ count: Int, _ resolve: ([ScalarFunction.Argument]) -> DataType?) -> Bool {
    let null = ScalarFunction.Argument(type: .null, constant: .null, text: "x")
    if resolve([ScalarFunction.Argument](repeating: null, count: count)) != nil { return true }
    return types.contains { accepted([DataType](repeating: $0, count: count), resolve) != nil }
      || count > 1 && count < 4
        && types.contains { type in usual.contains { accepted([type] + [DataType](repeating: $0, count: count - 1), resolve) != nil } }
  }

  private static func combinations(_ count: Int) -> [[DataType]] {
    (0..<count).reduce([[]]) { start, place in
      start.flatMap { list in (count > 2 || place > 1 ? usual : types).map { list + [$0] } }
    }
  }

  /// The result for columns of these types, or for constants in their places.
  private static func accepted(_ choice: [DataType], _ resolve: ([ScalarFunction.Argument]) -> DataType?) -> DataType? {
    func column(_ type: DataType) -> ScalarFunction.Argument { ScalarFunction.Argument(type: type, constant: nil, text: "x") }
    if let result = resolve(choice.map(column)) { return result }
    guard choice.contains(where: { $0 == .keyword || $0 == .integer || $0.isTemporalAmount }) else { return nil }
    for text in choice.contains(.keyword) ? texts : texts.prefix(1).map({ $0 }) {
      func constant(_ type: DataType) -> ScalarFunction.Argument {
        switch type {
        case .keyword: ScalarFunction.Argument(type: type, constant: text, text: "x")
        case .integer, .datePeriod, .timeDuration: ScalarFunction.Argument(type: type, constant: .long(1), text: "x")
        default: column(type)
        }
      }
      let leading = choice.dropLast().map(constant) + choice.suffix(1).map(column)
      let trailing = choice.prefix(1).map(column) + choice.dropFirst().map(constant)
      if let result = resolve(Array(leading)) ?? resolve(Array(trailing)) ?? resolve(choice.map(constant)) { return result }
    }
    return nil
  }

  /// One line for each result and number of arguments: the types of each argument side by side.
  private static func summaries(_ found: [(arguments: [DataType], result: DataType)]) -> [String] {
    var lines: [String] = []
    for count in Set(found.map(\.arguments.count)).sorted() {
      let ofCount = found.filter { $0.arguments.count == count }
      for result in DataType.allCases {
        let taken = ofCount.filter { $0.result == result }.map(\.arguments)
        guard !taken.isEmpty else { continue }
        let places = (0..<count).map { place in
          let used = Set(taken.map { $0[place] })
          return "`" + types.filter(used.contains).map(\.name).joined(separator: "` or `") + "`"
        }
        lines.append(places.joined(separator: ", ") + (places.isEmpty ? "`\(result.name)`" : " → `\(result.name)`"))
      }
    }
    return lines
  }
}
