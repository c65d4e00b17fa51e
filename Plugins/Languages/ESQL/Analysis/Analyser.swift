import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Turns a parsed query into a plan: resolves names, checks types, folds constants. Problems are gathered, so that a query's author sees all of them at
/// once; what depends on something that is wrong is not complained of again.
struct Analyser {
  let source: QuerySource
  let environment: AnalysisEnvironment
  /// What has been planned so far.
  var plan: Plan
  /// The columns that the next command sees, in order, each name once. The plan may carry others: shadowed ones, dropped ones.
  private(set) var columns: [Attribute] = []
  /// Columns by name; `columns` in another order of access.
  private var byName: [String: Attribute] = [:]
  /// Names that stand for something that could not be resolved.
  private var unresolvedNames: Set<String> = []
  private(set) var problems: [String] = []
  /// Whether some command limits the rows.
  var hasLimit = false
  /// Columns that are the same in every row: what stands for them where a function takes constants only.
  var constants: [Attribute: Expression] = [:]
  /// Set while the aggregates of a STATS are read.
  var aggregation: AggregationScope?
  /// For columns that have different types in different places: a column for each of them. An explicit conversion makes one of them again.
  var unionVariants: [Attribute: [Attribute]] = [:]
  /// Whether a FORK was met.
  var isWithinFork = false
  /// Where the last SORT stands.
  var sortRange: SourceRange?
  /// Whether what full-text functions find counts for the score: within a WHERE, not below a NOT.
  var scoresMatches = false
  /// What full-text functions search.
  var searchScope = SearchScope()

  init(_ source: QuerySource, _ environment: AnalysisEnvironment) {
    self.source = source
    self.environment = environment
    plan = .rows([], Page(rowCount: 1, columns: []))
  }

  /// Plans a whole query.
  ///
  /// - Throws: `verification_exception` with every problem there is.
  static func analyse(_ query: QuerySyntax, in environment: AnalysisEnvironment) throws(APIError) -> Plan {
    var analyser = Analyser(query.source, environment)
    for command in query.commands { try command.analyse(&analyser) }
    guard analyser.problems.isEmpty else { throw .verification(analyser.problems) }
    try analyser.addScores()
    return analyser.limited()
  }

  /// The plan with the limit that every query has, giving the visible columns.
  private func limited() -> Plan {
    if !hasLimit { environment.warnings.add("No limit defined, adding default limit of [\(environment.limits.rowsDefault)]") }
    let rows = hasLimit ? environment.limits.rowsMax : environment.limits.rowsDefault
    return .project(.limit(plan, rows), columns)
  }

  // MARK: - Problems

  mutating func problem(_ message: String, at range: SourceRange) {
    let text = "line \(range.line):\(range.column): \(message)"
    if !problems.contains(text) { problems.append(text) }
  }

  /// Takes over what is wrong with a branch.
  mutating func takeProblems(of branch: Analyser) {
    for text in branch.problems where !problems.contains(text) { problems.append(text) }
  }

  // MARK: - Columns

  /// Names that stand for something that was complained of.
  var unresolved: Set<String> { unresolvedNames }

  /// What a name stands for.
  enum Lookup {
    case found(Attribute)
    /// Stands for something that was complained of already.
    case unresolved
    case unknown
  }

  func lookUp(_ name: String) -> Lookup {
    if let attribute = byName[name] { return .found(attribute) }
    return unresolvedNames.contains(name) ? .unresolved : .unknown
  }

  /// The column of a name; an unknown one is a problem, with a suggestion.
  mutating func column(_ name: NameSyntax) -> Attribute? {
    switch lookUp(name.text) {
    case .found(let attribute): return attribute
    case .unresolved: return nil
    case .unknown:
      switch environment.unmappedFields {
      case .fail: break
      case .nullify: return addUnmapped(name.text)
      case .load: if let loaded = loadUnmapped(name.text) { return loaded }
      }
      problem("Unknown column [\(name.text)]" + suggestion(for: name.text), at: name.range)
      return nil
    }
  }

  func suggestion(for name: String) -> String {
    Suggestions.text(for: name, among: columns.map(\.name))
  }

  /// A column that nobody has: null everywhere, seen from here on.
  private mutating func addUnmapped(_ name: String) -> Attribute {
    let attribute = Attribute(name: name, type: .null)
    plan = .eval(plan, [Plan.Assignment(attribute, .literal(.null, .null))])
    byName[name] = attribute
    return attribute
  }

  /// A column that no mapping has, read from the documents themselves; nil where there are none to read.
  private mutating func loadUnmapped(_ name: String) -> Attribute? {
    let document = Attribute(name: MetadataField.source, type: .source)
    let read = plan.mapScan { $0.columns.append(Plan.Scan.Column(document, .metadata(MetadataField.source))) }
    guard read.output.contains(document),
      let value = try? environment.functions.call(OperatorName.sourceField, [.column(document), .literal(.string(name), .keyword)])
    else { return nil }
    let attribute = Attribute(name: name, type: .keyword)
    plan = .eval(read, [Plan.Assignment(attribute, value)])
    byName[name] = attribute
    return attribute
  }

  /// Adds a column at the end; one of the same name goes.
  mutating func add(_ attribute: Attribute) {
    if byName[attribute.name] != nil { columns.removeAll { $0.name == attribute.name } }
    columns.append(attribute)
    byName[attribute.name] = attribute
    unresolvedNames.remove(attribute.name)
  }

  /// Notes that a name stands for something that could not be resolved.
  mutating func addUnresolved(_ name: String) {
    columns.removeAll { $0.name == name }
    byName[name] = nil
    unresolvedNames.insert(name)
  }

  /// Sets all visible columns at once. Of a name given twice the last one counts.
  mutating func setColumns(_ attributes: [Attribute], keepsUnresolved: Bool = true) {
    if !keepsUnresolved { unresolvedNames = [] }
    byName = [:]
    for attribute in attributes { byName[attribute.name] = attribute }
    columns = byName.count == attributes.count ? attributes : attributes.filter { byName[$0.name] == $0 }
  }

  /// Replaces a visible column in its place.
  mutating func replace(_ old: Attribute, by new: Attribute) {
    setColumns(columns.map { $0 == old ? new : $0 })
  }

  /// The columns that a name pattern stands for; none is a problem.
  mutating func columns(matching pattern: NamePatternSyntax) -> [Attribute] {
    if let name = pattern.name {
      return column(NameSyntax(text: name, range: pattern.range)).map { [$0] } ?? []
    }
    let found = columns.filter { pattern.matches($0.name) }
    if found.isEmpty, !pattern.isEverything, unresolvedNames.isEmpty {
      problem("No matches found for pattern [\(pattern)]", at: pattern.range)
    }
    return found
  }

  // MARK: - Fields

  /// Computes fields one after the other, each seeing those before it.
  mutating func assign(_ fields: [FieldSyntax]) {
    var assignments: [Plan.Assignment] = []
    for field in fields {
      guard let expression = expression(field.expression) else {
        addUnresolved(field.name)
        continue
      }
      // Unmapped fields may have grown the plan meanwhile; the order of assignments stays that of the query.
      let attribute = Attribute(name: field.name, type: expression.type)
      assignments.append(Plan.Assignment(attribute, expression))
      // Quietly: what fails is warned of where the rows are computed.
      let constant = fold(expression.replacing(constants), warnings: Warnings())
      if constant.constant != nil { constants[attribute] = constant }
      add(attribute)
    }
    if !assignments.isEmpty { plan = .eval(plan, assignments) }
  }

  /// The place and text of a node, as warnings quote it.
  func origin(_ range: SourceRange) -> Expression.Origin {
    Expression.Origin(line: range.line, column: range.column, text: source.text(of: range))
  }
}
