import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `FROM index, logs-*, -logs-old, (FROM other | LIMIT 1) METADATA _id`: documents as rows, and the rows of queries within the query.
struct FromCommand: Command {
  static let keyword = "from"
  static let mode = Lexer.Mode.source

  /// Index names and patterns in order; one that begins with `-` takes away.
  var patterns: [NameSyntax]
  var subqueries: [[any Command]]
  var metadata: [NameSyntax]
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    patterns = []
    subqueries = []
    repeat {
      if parser.current.kind == .openParenthesis {
        subqueries.append(try parser.parenthesized([FromCommand.self], then: .source))
      } else {
        patterns.append(try parser.sourceName())
      }
    } while try parser.accept(.comma)
    metadata = []
    if try parser.accept(.metadata) {
      repeat {
        guard parser.current.kind == .source else { throw parser.mismatched(["UNQUOTED_SOURCE"]) }
        metadata.append(NameSyntax(text: parser.text(of: parser.current), range: parser.current.range))
        try parser.advance()
      } while try parser.accept(.comma)
    }
    range = keyword.range.through(parser.previous)
  }

  private var source: SourceReference? {
    patterns.isEmpty ? nil : SourceReference(kind: .indices, names: patterns.map(\.text), range: range)
  }

  var sources: [SourceReference] { (source.map { [$0] } ?? []) + subqueries.flatMap { $0.flatMap(\.sources) } }

  func analyse(_ analyser: inout Analyser) throws(APIError) {
    guard !subqueries.isEmpty else { return try read(&analyser) }
    var branches: [Analyser] = []
    if source != nil {
      var main = analyser
      try read(&main)
      analyser.takeProblems(of: main)
      branches.append(main)
    }
    for subquery in subqueries { branches.append(try analyser.branch(subquery)) }
    if branches.count == 1, metadata.isEmpty {
      analyser.plan = branches[0].plan
      analyser.setColumns(branches[0].columns)
      analyser.unionVariants = branches[0].unionVariants
      return
    }
    // A column of several types is none, unless it is converted.
    analyser.unite(branches) { _, _, _ in }
    for branch in branches { analyser.searchScope.add(branch.searchScope) }
  }

  /// Reads the indices that the patterns name.
  private func read(_ analyser: inout Analyser) throws(APIError) {
    guard let source, let indices = analyser.environment.sources.indices(of: source) else { return }
    var columns: [Plan.Scan.Column] = []
    var visible: [Attribute] = []
    for field in indices.fields() {
      let attribute = Attribute(name: field.name, type: field.type, originalTypes: field.originalTypes)
      columns.append(Plan.Scan.Column(attribute, .field(field.path)))
      visible.append(attribute)
      analyser.searchScope.add(attribute, path: field.mappedPath, isBound: field.mappedPath == field.path)
      guard !field.variants.isEmpty else { continue }
      let variants = field.variants.map { Attribute(name: field.name, type: $0) }
      columns += variants.map { Plan.Scan.Column($0, .field(field.path)) }
      analyser.unionVariants[attribute] = variants
    }
    for name in metadata {
      guard let (type, source) = Self.metadataColumns[name.text] else {
        analyser.problem("unsupported metadata field [\(name)]", at: name.range)
        continue
      }
      let attribute = Attribute(name: name.text, type: type)
      columns.append(Plan.Scan.Column(attribute, source))
      visible.append(attribute)
    }
    var condition: Expression?
    if let filter = analyser.environment.filter {
      let compiled = try SearchFilter(filter, over: indices.snapshots, now: analyser.environment.settings.now)
      columns += compiled.columns
      condition = compiled.condition
    }
    analyser.searchScope.snapshots += indices.snapshots
    analyser.plan = .scan(Plan.Scan(snapshots: indices.snapshots, columns: columns, filter: condition))
    analyser.setColumns(visible)
  }

  /// What METADATA may name.
  private static let metadataColumns: [String: (DataType, Plan.Scan.Source)] = [
    "_id": (.keyword, .metadata(MetadataField.id)), "_ignored": (.keyword, .metadata(MetadataField.ignored)), "_index": (.keyword, .index),
    "_index_mode": (.keyword, .indexMode), "_score": (.double, .score), "_source": (.source, .metadata(MetadataField.source)),
    "_version": (.long, .metadata(MetadataField.version)),
  ]

  var description: String {
    let list = patterns.map(\.text) + subqueries.map { "(" + $0.map { "\($0)" }.joined(separator: " | ") + ")" }
    return "FROM " + list.joined(separator: ", ") + (metadata.isEmpty ? "" : " METADATA " + metadata.map(\.text).joined(separator: ", "))
  }
}

extension Parser {
  /// The name of an index, a pattern of them, or a policy. The lexer is in source mode.
  mutating func sourceName() throws(APIError) -> NameSyntax {
    let start = current.range
    var text = try sourcePart()
    // `cluster:index` and `index::selector` come as parts between colons.
    while current.kind == .colon || current.kind == .cast {
      text += self.text(of: current)
      try advance()
      text += try sourcePart()
    }
    return NameSyntax(text: text, range: start.through(previous))
  }

  private mutating func sourcePart() throws(APIError) -> String {
    let token = current
    switch token.kind {
    case .source:
      try advance()
      return text(of: token)
    case .string:
      try advance()
      return unquoted(string: token.range)
    default: throw mismatched(["QUOTED_STRING", "UNQUOTED_SOURCE"])
    }
  }
}
