#if CLI
import ArgumentParser
import Meanwhile

/// What every query command takes beside its query.
struct QueryOptions: ParsableArguments {
  @OptionGroup var service: ServiceOptions

  @Option(help: "How to write the result: \(OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = OutputFormat.table

  @Flag(help: "Run it as a task, and show how far it is until it ends.")
  var follow = false

  static let followDiscussion =
    "With --follow, Control-C leaves a query that a server runs, and says how to come back for it. " + TaskWatch.exitCodes

  /// Submits a query, shows how far it is until it ends, and writes its result.
  ///
  /// - Parameter tasks: where the tasks of its language are.
  func follow(in program: Program, _ submission: EndpointRequest, tasks: String) async throws {
    try await service.withService(of: program) { service in
      try await FollowedQuery(service: service, submission: submission, tasks: tasks, format: format).run()
    }
  }

  func run(in program: Program, _ method: EndpointRequest.Method, _ path: String, body: JSONValue) async throws {
    try await service.withService(of: program) { service in
      try ResultWriter(format: format).write(try await service.answer(EndpointRequest(method, path, json: body)))
    }
  }
}

struct ESQLCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "esql", abstract: "Runs an ES|QL query.",
    usage: "meanwhile esql 'FROM access | STATS hits = COUNT(*) BY status' [--follow] [--server <url> | --file access=access.ndjson]",
    discussion: QueryOptions.followDiscussion)

  @Argument(help: "The query, such as 'FROM access | LIMIT 10'.")
  var query: String

  @Option(help: "A file to query as an index, such as access=access.ndjson.gz; held in memory for this query. May be given several times.")
  var file: [QueriedFile] = []

  @OptionGroup var options: QueryOptions

  func validate() throws {
    let names = options.service
    guard file.isEmpty || !options.follow && names.data == nil && names.server == nil else {
      throw ValidationError("--file excludes --data, --server and --follow.")
    }
  }

  func run(in program: Program) async throws {
    var body: JSONObject = ["query": .string(query)]
    guard file.isEmpty else { return try await run(.object(body), onFilesIn: program) }
    guard options.follow else { return try await options.run(in: program, .post, "/_query", body: .object(body)) }
    body[FollowedQuery.wait.name] = .string(FollowedQuery.wait.value)
    try await options.follow(in: program, EndpointRequest(.post, "/_query/async", json: .object(body)), tasks: "/_query/async")
  }
}

extension ESQLCommand {
  /// Loads the files into a service of their own, and asks that.
  private func run(_ body: JSONValue, onFilesIn program: Program) async throws {
    let files = try file.map { (index: $0.index, reader: try FileReader($0.path), format: try ImportFormat(ofFile: $0.path)) }
    var service = options.service
    service.memory = true
    try await service.withService(of: program) { service in
      for (index, reader, format) in files {
        var progress = ProgressBar(total: reader.size)
        let outcome = try await BulkLoader(service: service, index: index).load(reader, as: format, progress: &progress)
        _ = try await service.json(.post, "/\(PercentEncoding.encode(index))/_refresh")
        if outcome.refused > 0 { Terminal.warn("[\(index)]: \(outcome.refused) lines were refused: \(outcome.reasons.first ?? "")") }
      }
      try ResultWriter(format: options.format).write(try await service.answer(EndpointRequest(.post, "/_query", json: body)))
    }
  }
}

/// A file that is queried under a name: `access=logs/access.ndjson`.
struct QueriedFile: ExpressibleByArgument, Sendable {
  let index: String
  let path: String

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
    index = String(argument[..<sign])
    path = String(argument[argument.index(after: sign)...])
    guard !path.isEmpty else { return nil }
  }
}

struct EQLCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "eql", abstract: "Runs an EQL query over the events of an index.",
    usage: "meanwhile eql 'process where process.name == \"bash\"' --index process [--follow] [--server <url>]",
    discussion: QueryOptions.followDiscussion)

  @Argument(help: "The query, such as 'process where process.name == \"bash\"'.")
  var query: String

  @Option(help: "The index or indices to search: names and patterns, with commas between them.")
  var index: String

  @Option(help: "How many events or sequences to return at most.")
  var size: Int?

  @OptionGroup var options: QueryOptions

  func run(in program: Program) async throws {
    var body: JSONObject = ["query": .string(query)]
    if let size { body["size"] = .integer(Int64(size)) }
    let path = "/\(PercentEncoding.encode(index))/_eql/search"
    guard options.follow else { return try await options.run(in: program, .post, path, body: .object(body)) }
    body[FollowedQuery.wait.name] = .string(FollowedQuery.wait.value)
    try await options.follow(in: program, EndpointRequest(.post, path, json: .object(body)), tasks: "/_eql/search")
  }
}

struct SearchCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Runs a search: a query string, or a whole request as JSON.",
    usage: "meanwhile search 'status:404' --index access [--follow] [--server <url>]",
    discussion: QueryOptions.followDiscussion)

  @Argument(help: "The search: words and field:value pairs, or a JSON object such as '{\"query\":{\"match_all\":{}}}'.")
  var query: String

  @Option(help: "The index or indices to search: names and patterns, with commas between them.")
  var index = "_all"

  @Option(help: "How many hits to return at most.")
  var size: Int?

  @OptionGroup var options: QueryOptions

  func run(in program: Program) async throws {
    var body = try Self.body(of: query)
    if let size { body["size"] = .integer(Int64(size)) }
    let indexPath = "/" + PercentEncoding.encode(index)
    guard options.follow else { return try await options.run(in: program, .post, indexPath + "/_search", body: .object(body)) }
    let submission = EndpointRequest(
      .post, indexPath + "/_async_search", parameters: [FollowedQuery.wait.name: FollowedQuery.wait.value], json: .object(body))
    try await options.follow(in: program, submission, tasks: "/_async_search")
  }

  private static func body(of query: String) throws -> JSONObject {
    guard query.first(where: { !$0.isWhitespace }) == "{" else { return ["query": ["query_string": ["query": .string(query)]]] }
    guard let body = try JSONValue.parse(Array(query.utf8)).object else { throw CommandFailure("the search is no JSON object") }
    return body
  }
}
#endif
