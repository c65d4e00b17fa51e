#if CLI
import ArgumentParser

/// What a file that is imported holds.
enum ImportFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// A JSON object a line, or one array of objects.
  case ndjson
  /// RFC 4180 with a header line.
  case csv
  /// The same with tabs.
  case tsv

  /// By a file's name; nil where it tells nothing.
  init?(fileName: String) {
    let lower = fileName.lowercased()
    let plain = lower.hasSuffix(".gz") ? String(lower.dropLast(3)) : lower
    for (suffix, format) in Self.bySuffix where plain.hasSuffix(suffix) {
      self = format
      return
    }
    return nil
  }

  private static let bySuffix: [(String, ImportFormat)] = [
    (".ndjson", .ndjson), (".jsonl", .ndjson), (".json", .ndjson), (".csv", .csv), (".tsv", .tsv), (".tab", .tsv),
  ]
}
#endif
