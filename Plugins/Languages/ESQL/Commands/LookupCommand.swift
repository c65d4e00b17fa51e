import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `LOOKUP JOIN index ON a, b`, `LOOKUP JOIN index ON left == right AND c > d`: the rows of a lookup index that each row matches.
/// `LOOKUP table ON a`: those of a table that the request brings along.
struct LookupCommand: Command {
  static let keyword = "lookup"

  /// The index, or the table.
  var name: NameSyntax
  var isJoin: Bool
  var conditions: [ExpressionSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    isJoin = parser.isWord("join")
    if isJoin {
      try parser.advance(.source)
      name = try parser.sourceName()
    } else {
      name = try parser.name()
    }
    // What stands behind the name was cut as a name too: it is the word ON, from which on there are expressions.
    guard parser.isWord("on") || parser.current.kind == .on else { throw parser.mismatched(["'on'"]) }
    try parser.advance(.expression)
    conditions = []
    repeat { conditions.append(try parser.expression()) } while try parser.accept(.comma)
    range = keyword.range.through(parser.previous)
    if let wildcard = name.text.first(where: { $0 == "*" || $0 == "," }) {
      throw parser.error("invalid index pattern [\(name)], wildcards are not allowed in LOOKUP JOIN [\(wildcard)]", at: name.range)
    }
  }

  private var source: SourceReference { SourceReference(kind: .lookup, names: [name.text], range: name.range) }

  var sources: [SourceReference] { isJoin ? [source] : [] }

  func analyse(_ analyser: inout Analyser) {
    guard let (rightPlan, right) = rightSide(&analyser) else { return }
    if isJoin, analyser.endsInSort {
      analyser.environment.warnings.add(
        "Line \(analyser.sortRange?.line ?? range.line):\(analyser.sortRange?.column ?? range.column): SORT is followed by a LOOKUP JOIN which does not "
          + "preserve order; add another SORT after the LOOKUP JOIN if order is required")
    }
    var parts = Parts()
    for condition in conditions { read(condition, right, &parts, &analyser) }
    guard !parts.keys.isEmpty || parts.condition != nil else { return }
    let added = right.filter { !parts.hidden.contains($0) }
    let join = Plan.Join(
      right: rightPlan, keys: parts.keys, condition: parts.condition, columns: added,
      severalValues: .refused(detail: "java.lang.IllegalArgumentException: LOOKUP JOIN encountered multi-value"),
      origin: analyser.origin(range))
    analyser.plan = .join(analyser.plan, join)
    for attribute in added { analyser.add(attribute) }
  }

  /// The rows to match, and their columns.
  private func rightSide(_ analyser: inout Analyser) -> (Plan, [Attribute])? {
    guard isJoin else {
      guard let table = analyser.environment.tables[name.text] else {
        let suggestion = Suggestions.text(for: name.text, among: analyser.environment.tables.keys)
        analyser.problem("Unknown table [\(name)]" + suggestion, at: name.range)
        return nil
      }
      let attributes = table.columns.map { Attribute(name: $0.name, type: $0.column.type) }
      let page = Page(rowCount: table.columns.first?.column.rowCount ?? 0, columns: table.columns.map(\.column))
      return (.rows(attributes, page), attributes)
    }
    guard let indices = analyser.environment.sources.indices(of: source) else { return nil }
    let columns = indices.fields().map { field in
      Plan.Scan.Column(Attribute(name: field.name, type: field.type, originalTypes: field.originalTypes), .field(field.path))
    }
    return (.scan(Plan.Scan(snapshots: indices.snapshots, columns: columns)), columns.map(\.attribute))
  }

  private struct Parts {
    var keys: [Plan.Join.Key] = []
    var condition: Expression?
    /// Columns of the right side that are not added, being the left side's.
    var hidden: Set<Attribute> = []
  }

  private func read(_ syntax: ExpressionSyntax, _ right: [Attribute], _ parts: inout Parts, _ analyser: inout Analyser) {
    switch syntax.kind {
    case .and(let first, let second):
      read(first, right, &parts, &analyser)
      read(second, right, &parts, &analyser)
    case .column(let name):
      // One name on both sides.
      let own = analyser.column(name)
      guard let other = right.first(where: { $0.name == name.text }) else {
        return analyser.problem("Unknown column [\(name)] in right side of join", at: name.range)
      }
      guard let own else { return }
      parts.hidden.insert(other)
      add(.column(own), .column(other), at: name.range, &parts, &analyser)
    case .comparison(.equals, let first, let second):
      if let own = side(first, left: true, right, &analyser), let other = side(second, left: false, right, &analyser) {
        add(own, other, at: syntax.range, &parts, &analyser)
      } else if let own = side(second, left: true, right, &analyser), let other = side(first, left: false, right, &analyser) {
        add(own, other, at: syntax.range, &parts, &analyser)
      } else {
        addCondition(syntax, right, &parts, &analyser)
      }
    default: addCondition(syntax, right, &parts, &analyser)
    }
  }

  /// A column of one side alone; nil for anything else.
  private func side(_ syntax: ExpressionSyntax, left: Bool, _ right: [Attribute], _ analyser: inout Analyser) -> Expression? {
    guard case .column(let name) = syntax.kind else { return nil }
    let own: Attribute? = if case .found(let attribute) = analyser.lookUp(name.text) { attribute } else { nil }
    let other = right.first { $0.name == name.text }
    if left { return other == nil || own != nil ? own.map { .column($0) } : nil }
    return other.map { .column($0) }
  }

  private func add(_ left: Expression, _ right: Expression, at range: SourceRange, _ parts: inout Parts, _ analyser: inout Analyser) {
    guard let key = analyser.joinKey(left, right) else {
      return analyser.problem(
        "JOIN left field [\(left.text)] of type [\(left.type.name.uppercased())] is incompatible with right field [\(right.text)] of type "
          + "[\(right.type.name.uppercased())]", at: range)
    }
    parts.keys.append(key)
  }

  private func addCondition(_ syntax: ExpressionSyntax, _ right: [Attribute], _ parts: inout Parts, _ analyser: inout Analyser) {
    // The right side's columns are seen besides the left side's, which have precedence.
    var both = analyser
    for attribute in right {
      if case .unknown = both.lookUp(attribute.name) { both.add(attribute) }
    }
    let condition = both.expression(syntax)
    analyser.takeProblems(of: both)
    guard let condition else { return }
    parts.condition = parts.condition.flatMap { try? analyser.environment.functions.call(OperatorName.and, [$0, condition]) } ?? condition
  }

  var description: String { "LOOKUP \(isJoin ? "JOIN " : "")\(name) ON " + conditions.map(\.description).joined(separator: ", ") }
}

extension Analyser {
  /// Two expressions as a join's key, converted to one type; nil where they cannot be compared.
  func joinKey(_ left: Expression, _ right: Expression) -> Plan.Join.Key? {
    func plain(_ type: DataType) -> DataType { type == .text ? .keyword : type }
    let (own, other) = (plain(left.type), plain(right.type))
    if own == other || own == .null { return Plan.Join.Key(left: left, right: right) }
    guard own.isNumeric, other.isNumeric, own != .unsignedLong, other != .unsignedLong else { return nil }
    guard own == .double || other == .double else { return Plan.Join.Key(left: left, right: right) }
    func double(_ expression: Expression) -> Expression? {
      expression.type == .double ? expression : try? environment.functions.call("to_double", [expression])
    }
    guard let left = double(left), let right = double(right) else { return nil }
    return Plan.Join.Key(left: left, right: right)
  }

  /// Whether the rows come out of a SORT.
  var endsInSort: Bool {
    var plan = plan
    while true {
      switch plan {
      case .sort, .top: return true
      case .filter(let input, _), .eval(let input, _), .project(let input, _), .limit(let input, _), .extract(let input, _): plan = input
      default: return false
      }
    }
  }
}
