import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `FILLNULL "none" ON a, b*`: a value in place of null. `FILLNULL DEFAULT ON *`: zero, false or the empty text, as the type has it.
struct FillNullCommand: Command {
  static let keyword = "fillnull"

  var value: LiteralSyntax?
  var valueRange: SourceRange
  var patterns: [NamePatternSyntax]
  var range: SourceRange

  /// Fields that a warning lists.
  private static let fieldsListedMax = 10

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    valueRange = parser.current.range
    if parser.isWord("default") {
      try parser.advance()
    } else {
      (value, valueRange) = try parser.constant()
    }
    guard parser.current.kind == .on else { throw parser.mismatched(["'on'"]) }
    try parser.advance(.pattern)
    patterns = try parser.namePatterns()
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    var targets: [Attribute] = []
    for pattern in patterns {
      for attribute in analyser.columns(matching: pattern) where !targets.contains(attribute) { targets.append(attribute) }
    }
    let named = Set(patterns.compactMap(\.name))
    var unfilled: [Attribute] = []
    var assignments: [Plan.Assignment] = []
    for target in targets where target.type != .null {
      let isNamed = named.contains(target.name)
      guard let filler = filler(for: target, isNamed: isNamed, &analyser) else {
        if value == nil { unfilled.append(target) }
        continue
      }
      guard filler.constant != .null,
        let filled = try? analyser.environment.functions.call("coalesce", [.column(target), filler], origin: analyser.origin(range))
      else { continue }
      assignments.append(Plan.Assignment(Attribute(name: target.name, type: filled.type), filled))
    }
    warn(of: unfilled, named, analyser)
    guard !assignments.isEmpty else { return }
    analyser.plan = .eval(analyser.plan, assignments)
    for assignment in assignments {
      guard case .found(let old) = analyser.lookUp(assignment.attribute.name) else { continue }
      analyser.replace(old, by: assignment.attribute)
    }
  }

  /// What a column's nulls become; nil where there is nothing that fits. Of a column that is named, a value that does not fit is a problem.
  private func filler(for target: Attribute, isNamed: Bool, _ analyser: inout Analyser) -> Expression? {
    let type = target.type == .text ? .keyword : target.type
    guard let value else { return Self.defaults[type].map { .literal($0, type) } }
    let literal = Analyser.literal(value)
    if let fitting = analyser.fitting(literal, in: type) { return fitting }
    if isNamed {
      analyser.problem(
        "[FILLNULL] value [\(analyser.source.text(of: valueRange))] of type [\(literal.type.messageName)] cannot fill field [\(target.name)] of type "
          + "[\(target.type.messageName)]", at: valueRange)
    }
    return nil
  }

  private static let defaults: [DataType: Value] = [
    .integer: .long(0), .long: .long(0), .unsignedLong: .long(.min), .double: .double(0), .keyword: .string(""), .boolean: .boolean(false),
  ]

  private func warn(of unfilled: [Attribute], _ named: Set<String>, _ analyser: Analyser) {
    let warnings = analyser.environment.warnings
    let place = "Line \(range.line):\(range.column): [FILLNULL]"
    for attribute in unfilled where named.contains(attribute.name) {
      warnings.add(
        "\(place) field [\(attribute.name)] of type [\(attribute.type.messageName)] has no default fill value and was left unchanged; "
          + "provide an explicit value")
    }
    let others = unfilled.map(\.name).filter { !named.contains($0) }
    guard !others.isEmpty else { return }
    let listed = others.prefix(Self.fieldsListedMax).joined(separator: ", ")
    let rest = others.count > Self.fieldsListedMax ? "; only the first \(Self.fieldsListedMax) of \(others.count) fields are shown" : ""
    warnings.add(
      "\(place) the following fields have no default fill value for their type and were left unchanged: [\(listed)]; "
        + "provide an explicit value\(rest)")
  }

  var description: String {
    "FILLNULL \(value?.description ?? "DEFAULT") ON " + patterns.map(\.description).joined(separator: ", ")
  }
}
