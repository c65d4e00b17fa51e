import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// Resolves and checks a whole query.
struct QueryPlanner {
  private let request: EQLRequest
  private let statement: EQLStatement
  private let targets: [IndexResolver.Target]
  private let catalog: FieldCatalog
  private let functions: FunctionRegistry
  private var compiler: ConditionCompiler

  /// - Parameter targets: what of the indices is searched; all of them unless given.
  init(
    request: EQLRequest, statement: EQLStatement, definitions: [IndexDefinition], targets: [IndexResolver.Target]? = nil,
    functions: FunctionRegistry, now: Timestamp
  ) {
    self.request = request
    self.statement = statement
    self.targets = targets ?? definitions.map { IndexResolver.Target(name: $0.name) }
    catalog = FieldCatalog(definitions)
    self.functions = functions
    compiler = ConditionCompiler(catalog: catalog, registry: functions, statement: statement, now: now)
  }

  /// - Throws: `verification_exception` with all that is wrong.
  mutating func plan() throws(APIError) -> EQLPreparedQuery {
    let kind: EQLPreparedQuery.Kind
    switch statement.query {
    case .events(let filter):
      let condition = compiler.condition(of: filter, categoryField: request.eventCategoryField)
      kind = .events(condition: condition, order: timeOrder())
    case .sequence(let sequence): kind = .sequence(plan(of: sequence), order: timeOrder())
    case .sample(let sample): kind = .sample(sample.terms.map { plan(of: $0) })
    }
    guard compiler.problems.isEmpty else { throw .verification(compiler.problems) }
    return EQLPreparedQuery(
      request: request, targets: targets, kind: kind, pipes: statement.pipes.isEmpty ? [sizePipe] : statement.pipes,
      columns: compiler.columns.values.sorted { $0.attribute.name < $1.attribute.name }, registry: functions,
      fetchedFields: try fetchedFields())
  }

  private var sizePipe: EQLPipe {
    EQLPipe(kind: request.resultPosition == .head ? .head : .tail, count: request.size, source: .none)
  }

  private mutating func timeOrder() -> EQLPreparedQuery.TimeOrder {
    let name = EQLField(name: request.timestampField, isOptional: false, source: .none)
    let timestamp = compiler.field(name).map { field -> Attribute in
      if !field.type.isDate {
        compiler.report("timestamp field [\(field.name)] must be a date, found type [\(field.type.name)]", at: .none)
      }
      return compiler.attribute(of: field)
    }
    let tiebreaker = request.tiebreakerField.flatMap { name -> Attribute? in
      compiler.field(EQLField(name: name, isOptional: false, source: .none)).map { compiler.attribute(of: $0) }
    }
    // Without a timestamp there is a problem, and no plan.
    return EQLPreparedQuery.TimeOrder(timestamp: timestamp ?? Attribute(name: request.timestampField, type: .date), tiebreaker: tiebreaker)
  }

  private mutating func plan(of sequence: SequenceQuery) -> EQLPreparedQuery.SequencePlan {
    var distinct: [EventTerm] = []
    func place(of term: EventTerm) -> Int {
      if let place = distinct.firstIndex(of: term) { return place }
      distinct.append(term)
      return distinct.count - 1
    }
    let stages = sequence.terms.map(place)
    let until = sequence.until.map(place)
    return EQLPreparedQuery.SequencePlan(
      terms: distinct.map { plan(of: $0) }, stages: stages, isMissing: sequence.terms.map(\.isMissing), until: until,
      maxSpanMillis: sequence.maxSpanMillis)
  }

  private mutating func plan(of term: EventTerm) -> EQLPreparedQuery.TermPlan {
    let condition = compiler.condition(of: term.filter, categoryField: request.eventCategoryField)
    let keys = term.keys.map { key in
      let field = compiler.field(key)
      return EQLPreparedQuery.TermPlan.Key(attribute: field.map { compiler.attribute(of: $0) }, isOptional: key.isOptional)
    }
    return EQLPreparedQuery.TermPlan(condition: condition, keys: keys)
  }

  // MARK: - Fields beside the source

  /// The most fields that patterns may stand for.
  private static let fetchedFieldsMax = 1_000

  private func fetchedFields() throws(APIError) -> [EQLPreparedQuery.FetchedField] {
    var found: [EQLPreparedQuery.FetchedField] = []
    var seen: Set<String> = []
    for wanted in request.fields {
      let names = try catalog.names(matching: wanted.name)
      for name in names where seen.insert(name).inserted {
        guard case .field(let field) = catalog.resolve(name) else { continue }
        found.append(.init(name: name, path: field.path, type: field.type, dateFormat: wanted.format ?? field.dateFormat))
      }
    }
    guard found.count <= Self.fetchedFieldsMax else {
      throw .illegalArgument("[fields] stands for [\(found.count)] fields; at most [\(Self.fetchedFieldsMax)] are given")
    }
    return found
  }
}

extension FieldCatalog {
  /// Names that fit a pattern, sorted.
  func names(matching pattern: String) throws(APIError) -> [String] {
    guard pattern.contains("*") else { return [pattern] }
    do {
      let pattern = try TextPattern.wildcard(pattern)
      return names.filter { pattern.matches($0) }.sorted()
    } catch {
      throw .illegalArgument(error.reason)
    }
  }
}
