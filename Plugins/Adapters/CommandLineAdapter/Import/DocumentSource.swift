#if CLI
/// Turns the bytes of a file, block by block, into documents.
protocol DocumentSource {
  /// Takes the next bytes of the file and hands on the documents that are complete with them.
  mutating func take(_ block: [UInt8], into batch: inout BulkBatch)
  /// The file is at its end: hands on what is left.
  mutating func finish(into batch: inout BulkBatch)
}

extension ImportFormat {
  /// What reads a file of this format.
  func makeSource() -> any DocumentSource {
    switch self {
    case .ndjson: JSONSource()
    case .csv: DelimitedSource(delimiter: UInt8(ascii: ","))
    case .tsv: DelimitedSource(delimiter: UInt8(ascii: "\t"))
    }
  }
}
#endif
