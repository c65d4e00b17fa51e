#if CLI
import ArgumentParser
import Meanwhile

struct ImportCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Loads a file into an index, which is made if it is not there.",
    usage: "meanwhile import <file> --index <index> [--format ndjson|csv|tsv] [--data <dir> | --server <url>]",
    discussion: "Lines that are refused are counted, the first few with their reasons, and the exit status is then 1; all others are kept.")

  @Argument(help: "The file to load; - for standard input.")
  var file: String

  @Option(help: "The index to load it into.")
  var index: String

  @Option(help: "What the file holds: \(ImportFormat.allCases.map(\.rawValue).joined(separator: ", ")); by default, what its name says.")
  var format: ImportFormat?

  @OptionGroup var service: ServiceOptions

  func run(in program: Program) async throws {
    guard let format = format ?? ImportFormat(fileName: file) else {
      throw CommandFailure("cannot tell what [\(file)] holds; say so with --format")
    }
    let reader = try FileReader(file)
    try await service.withService(of: program, creating: true) { service in
      try await load(reader, as: format, into: service)
    }
  }

  private func load(_ file: FileReader, as format: ImportFormat, into service: any ServiceAccess) async throws {
    var progress = ProgressBar(total: file.size)
    let outcome = try await BulkLoader(service: service, index: index).load(file, as: format, progress: &progress)
    _ = try await service.json(.post, "/\(PercentEncoding.encode(index))/_refresh")
    let seconds = (progress.seconds * 10).rounded() / 10
    Terminal.write(output: "imported \(outcome.documents) documents into [\(index)] in \(seconds) s\n")
    guard outcome.refused > 0 else { return }
    for reason in outcome.reasons { Terminal.write(error: "  \(reason)\n") }
    throw CommandFailure("\(outcome.refused) lines were refused")
  }
}
#endif
