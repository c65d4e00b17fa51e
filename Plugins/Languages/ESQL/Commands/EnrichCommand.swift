import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `ENRICH policy ON field WITH new = column, …`: columns of the documents that a policy's data has for a value.
struct EnrichCommand: Command {
  static let keyword = "enrich"
  static let mode = Lexer.Mode.source

  struct Added: Sendable, Hashable {
    var name: NameSyntax
    var field: NameSyntax
  }

  var policy: NameSyntax
  /// Where the data is looked up in a query over clusters: here there is one.
  var place: String?
  var matchField: NameSyntax?
  /// Empty for all of the policy's fields.
  var added: [Added]
  var range: SourceRange

  private static let places: Set<String> = ["any", "coordinator", "remote"]

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    policy = try parser.sourceName()
    if policy.text.hasPrefix("_"), let colon = policy.text.firstIndex(of: ":") {
      let place = policy.text[policy.text.index(after: policy.text.startIndex)..<colon].lowercased()
      guard Self.places.contains(place) else {
        throw parser.error(
          "Unrecognized value [_\(place)], ENRICH policy qualifier needs to be one of [_ANY, _COORDINATOR, _REMOTE]", at: policy.range)
      }
      self.place = place
      policy.text = String(policy.text[policy.text.index(after: colon)...])
    }
    // The words behind the name were cut as names of sources.
    if parser.isWord("on") {
      try parser.advance(.pattern)
      let pattern = try parser.namePattern()
      guard let name = pattern.name else {
        throw parser.error("Using wildcards [*] in ENRICH WITH projections is not allowed, found [\(pattern)]", at: pattern.range)
      }
      matchField = NameSyntax(text: name, range: pattern.range)
    }
    added = []
    if parser.isWord("with") || parser.current.kind == .with {
      try parser.advance(.pattern)
      repeat { added.append(try Self.added(&parser)) } while try parser.accept(.comma)
    }
    range = keyword.range.through(parser.previous)
  }

  private static func added(_ parser: inout Parser) throws(APIError) -> Added {
    func name() throws(APIError) -> NameSyntax {
      let pattern = try parser.namePattern()
      guard let name = pattern.name else {
        throw parser.error("Using wildcards [*] in ENRICH WITH projections is not allowed, found [\(pattern)]", at: pattern.range)
      }
      return NameSyntax(text: name, range: pattern.range)
    }
    let first = try name()
    guard try parser.accept(.assign) else { return Added(name: first, field: first) }
    return Added(name: first, field: try name())
  }

  private var source: SourceReference { SourceReference(kind: .policy, names: [policy.text], range: policy.range) }

  var sources: [SourceReference] { [source] }

  func analyse(_ analyser: inout Analyser) {
    guard let resolved = analyser.environment.sources.policy(of: source) else { return }
    let name = matchField ?? NameSyntax(text: resolved.policy.matchField, range: range)
    guard let value = analyser.column(name) else {
      for field in added { analyser.addUnresolved(field.name.text) }
      return
    }
    let fields = resolved.data.fields()
    var columns: [Plan.Scan.Column] = []
    func column(_ path: String, named name: String) -> Attribute? {
      guard let field = fields.first(where: { $0.name == path }) else { return nil }
      let attribute = Attribute(name: name, type: field.type == .text ? .keyword : field.type, originalTypes: field.originalTypes)
      columns.append(Plan.Scan.Column(attribute, .field(field.path)))
      return attribute
    }
    let wanted =
      added.isEmpty
      ? resolved.policy.enrichFields.map { Added(name: NameSyntax(text: $0, range: range), field: NameSyntax(text: $0, range: range)) }
      : added
    var outputs: [Attribute] = []
    for field in wanted {
      guard resolved.policy.enrichFields.contains(field.field.text), let attribute = column(field.field.text, named: field.name.text) else {
        let suggestion = Suggestions.text(for: field.field.text, among: resolved.policy.enrichFields)
        analyser.problem("Enrich field [\(field.field)] not found in enrich policy [\(policy)]" + suggestion, at: field.field.range)
        continue
      }
      outputs.removeAll { $0.name == attribute.name }
      outputs.append(attribute)
    }
    guard let match = match(value, resolved.policy, column, at: name.range, &analyser) else { return }
    let join = Plan.Join(
      right: .scan(Plan.Scan(snapshots: resolved.data.snapshots, columns: columns)), keys: match.keys, condition: match.condition,
      columns: outputs, matches: .values, origin: analyser.origin(range))
    analyser.plan = .join(analyser.plan, join)
    for output in outputs { analyser.add(output) }
  }

  /// How a value finds documents: equal to a keyword, or within a range.
  private func match(
    _ value: Attribute, _ policy: EnrichPolicy, _ column: (String, String) -> Attribute?, at range: SourceRange, _ analyser: inout Analyser
  ) -> (keys: [Plan.Join.Key], condition: Expression?)? {
    let functions = analyser.environment.functions
    do throws(FunctionError) {
      switch policy.kind {
      case .match:
        guard let key = column(policy.matchColumn, policy.matchColumn) else { return nil }
        let text = value.type.isString || value.type == .null ? Expression.column(value) : try functions.call("to_string", [.column(value)])
        return ([Plan.Join.Key(left: text, right: .column(key))], nil)
      case .range:
        guard let lower = column(policy.lowerColumn, policy.lowerColumn), let upper = column(policy.upperColumn, policy.upperColumn) else {
          return nil
        }
        let isAbove = try functions.call(">=", [.column(value), .column(lower)])
        let isBelow = try functions.call("<=", [.column(value), .column(upper)])
        return ([], try functions.call(OperatorName.and, [isAbove, isBelow]))
      }
    } catch {
      analyser.problem(
        "Unsupported type [\(value.type.messageName)] for enrich matching field [\(value.name)]; only [keyword, text, ip, long, integer, float, double and "
          + "datetime] are allowed for type [\(policy.kind.rawValue)]", at: range)
      return nil
    }
  }

  var description: String {
    "ENRICH \(place.map { "_\($0):" } ?? "")\(policy)" + (matchField.map { " ON \($0)" } ?? "")
      + (added.isEmpty
        ? "" : " WITH " + added.map { $0.name.text == $0.field.text ? $0.name.text : "\($0.name) = \($0.field)" }.joined(separator: ", "))
  }
}
