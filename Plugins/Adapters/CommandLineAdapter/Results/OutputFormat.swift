#if CLI
import ArgumentParser

/// How a result is written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Aligned columns, to be read.
  case table
  /// RFC 4180.
  case csv
  /// Tab-separated, with `\t`, `\n`, `\r` and `\\` for what would break a line.
  case tsv
  /// The service's own answer.
  case json
}
#endif
