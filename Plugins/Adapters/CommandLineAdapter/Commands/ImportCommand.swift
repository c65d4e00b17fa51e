#if CLI
import ArgumentParser
import Meanwhile

struct ImportCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Loads a file into an index, which is made if it is not there.",
    usage: "meanwhile import <file> --index <index> [--format ndjson|csv|tsv] [--mapping <file>] [--data <dir> | --server <url>]",
    discussion:
      "The file may be compressed with gzip. Lines that are refused are counted, the first few with their reasons, and the exit status is "
      + "then 1; all others are kept.")

  @Argument(help: "The file to load; - for standard input.")
  var file: String

  @Option(help: "The index to load it into.")
  var index: String

  @Option(help: "What the file holds: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")); by default, what its name says.")
  var format: ImportFormat?

  @Option(help: "A JSON file with the index's mapping, such as {\"properties\":{\"code\":{\"type\":\"keyword\"}}}.")
  var mapping: String?

  @OptionGroup var service: ServiceOptions

  func run(in program: Program) async throws {
    let format = try format ?? ImportFormat(ofFile: file)
    let mapping = try mapping.map(Self.mapping)
    let reader = try FileReader(file)
    try await service.withService(of: program, creating: true) { service in
      try await load(reader, as: format, mapping: mapping, into: service)
    }
  }

  /// A mapping as a file has it: itself, or in the body that makes an index.
  private static func mapping(_ path: String) throws -> JSONObject {
    let file = try FileReader(path)
    var bytes: [UInt8] = []
    while true {
      let block = try file.read(upTo: 1 << 16)
      if block.isEmpty { break }
      bytes += block
    }
    guard let object = (try? JSONValue.parse(bytes))?.object else { throw CommandFailure("[\(path)] holds no JSON object") }
    return object["mappings"]?.object ?? object
  }

  private func load(_ file: FileReader, as format: ImportFormat, mapping: JSONObject?, into service: any ServiceAccess) async throws {
    var progress = ProgressBar(total: file.size)
    let loader = BulkLoader(service: service, index: index)
    if let mapping { try await loader.prepare(mapping) }
    let outcome = try await loader.load(file, as: format, progress: &progress)
    _ = try await service.json(.post, "/\(PercentEncoding.encode(index))/_refresh")
    let seconds = (progress.seconds * 10).rounded() / 10
    Terminal.write(output: "imported \(outcome.documents) documents into [\(index)] in \(seconds) s\n")
    guard outcome.refused > 0 else { return }
    for reason in outcome.reasons { Terminal.write(error: "  \(reason)\n") }
    throw CommandFailure("\(outcome.refused) lines were refused")
  }
}

extension ImportFormat {
  /// By a file's name.
  ///
  /// - Throws: ``CommandFailure`` where it tells nothing.
  init(ofFile path: String) throws {
    guard let format = ImportFormat(fileName: path) else {
      throw CommandFailure("cannot tell what [\(path)] holds; say so with --format")
    }
    self = format
  }
}
#endif
