import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// ES|QL: piped queries over indices, answered with a table.
public struct ESQLLanguage: QueryLanguage {
  public static let name = "esql"

  private let functions: FunctionRegistry
  let formats: ResultFormats

  /// - Parameters:
  ///   - functions: what queries may call; a build may add functions of its own.
  ///   - formats: how results may be written.
  public init(functions: FunctionRegistry = .standard, formats: ResultFormats = .standard) {
    self.functions = functions
    self.formats = formats
  }

  public var settings: [any DeclaredSetting] { [ESQLSettings.truncationDefault, ESQLSettings.truncationMax] }

  public func prepare(_ request: EndpointRequest, for session: Session) async throws -> ESQLQuery {
    let body = try await request.body.collect(bytesMax: EndpointRequest.bodyBytesMax)
    let isAsynchronous = request.path.hasSuffix("/async")
    let read = try ESQLRequest(body: body, api: isAsynchronous ? .asynchronous : .synchronous)
    try checkFormat(of: request, read)
    let syntax = try Parser.parse(read.query, parameters: read.parameters)
    var environment = AnalysisEnvironment(
      functions: functions,
      settings: QuerySettings(now: session.service.environment.time.now(), timeZone: read.timeZone, locale: read.locale))
    environment.limits = RowLimits(session.service.settings)
    environment.server.version = session.service.configuration.compatibleVersion
    try environment.apply(syntax.settings)
    environment.tables = read.tables
    let sources = syntax.sources
    if !sources.isEmpty {
      await Task.yield()  // There may be much to resolve, and this may be a thread that sockets wait for.
      let resolution = IndexResolution(store: try session.resource((any IndexStore).self), now: environment.settings.now)
      environment.sources = try await resolution.resolve(sources)
      environment.filter = try read.filter.map { try SearchQuery(parsing: $0) }
    }
    let plan = Optimiser.optimise(try Analyser.analyse(syntax, in: environment), functions: functions)
    return ESQLQuery(
      text: read.query, plan: plan, settings: environment.settings, warnings: environment.warnings, request: read,
      presentation: Self.presentation(of: read, environment.settings, session))
  }

  public func run(_ query: ESQLQuery, in context: QueryContext) async throws -> ESQLOutput {
    let executor = Executor(
      ExecutionContext(
        signals: context.signals, progress: context.progress, memory: context.memory, warnings: query.warnings, settings: query.settings))
    let watch = PlanWatch()
    context.partial.offer { await watch.current().map { Self.output(of: query, $0) } }
    return Self.output(of: query, try await executor.run(query.plan, watch: watch))
  }

  private static func output(of query: ESQLQuery, _ result: ExecutionResult) -> ESQLOutput {
    var output = ESQLOutput(
      table: result.table, isPartial: result.isPartial, documentsFound: result.documentsFound, valuesLoaded: result.valuesLoaded,
      warnings: query.warnings.texts, presentation: query.presentation)
    if query.presentation.includesProfile { output.profile = result.profile.json(query.plan) }
    return output
  }

  public func describe(_ query: ESQLQuery, _ request: EndpointRequest) -> String { query.text }

  private static func presentation(of request: ESQLRequest, _ settings: QuerySettings, _ session: Session) -> ESQLOutput.Presentation {
    var presentation = ESQLOutput.Presentation()
    presentation.isColumnar = request.isColumnar
    presentation.includesProfile = request.includesProfile
    presentation.includesClusters = request.includesExecutionMetadata == true
    presentation.timeZone = settings.timeZone
    presentation.warningAgent = "Elasticsearch-\(session.service.configuration.compatibleVersion)-unknown"
    return presentation
  }

  /// Refuses options that the format has no place for. A request that is run again has no headers, and was checked before.
  private func checkFormat(of request: EndpointRequest, _ body: ESQLRequest) throws(APIError) {
    let choice = try formats.choose(for: request, fallback: "json")
    if body.isColumnar { try choice.requireMembers(for: "columnar") }
    if body.includesProfile { try choice.requireMembers(for: "profile") }
    if body.includesClusterMetadata == true { try choice.requireMembers(for: "include_ccs_metadata") }
    if body.includesExecutionMetadata == true { try choice.requireMembers(for: "include_execution_metadata") }
  }
}

extension AnalysisEnvironment {
  /// Applies the `SET` directives in front of a query.
  mutating func apply(_ directives: [SettingSyntax]) throws(APIError) {
    for directive in directives {
      switch (directive.name.lowercased(), directive.value) {
      case ("time_zone", .string(let zone)):
        guard TimeZoneRules(id: zone) != nil else {
          throw .verification([
            "line \(directive.range.line):\(directive.range.column): Error validating setting [time_zone]: Invalid time zone [\(zone)]"
          ])
        }
        settings.timeZone = zone
      case ("unmapped_fields", .string(let mode)):
        guard let mode = UnmappedFields(named: mode.lowercased()) else {
          throw .verification([
            "line \(directive.range.line):\(directive.range.column): Error validating setting [unmapped_fields]: "
              + "Invalid unmapped_fields resolution [\(mode)], must be one of [DEFAULT, NULLIFY, LOAD]"
          ])
        }
        unmappedFields = mode
      default: break
      }
    }
  }
}
