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
    case .ndjson: NDJSONSource()
    case .csv: DelimitedSource(delimiter: UInt8(ascii: ","))
    case .tsv: DelimitedSource(delimiter: UInt8(ascii: "\t"))
    }
  }
}

/// A JSON object a line. Lines go on as they are; what is wrong with one is the service's to say.
struct NDJSONSource: DocumentSource {
  /// The beginning of a line whose end has not come yet.
  private var unfinished: [UInt8] = []
  private var line = 0

  mutating func take(_ block: [UInt8], into batch: inout BulkBatch) {
    var start = 0
    while let end = block[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if unfinished.isEmpty {
        add(block[start..<end], to: &batch)
      } else {
        unfinished.append(contentsOf: block[start..<end])
        add(unfinished[...], to: &batch)
        unfinished.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    unfinished.append(contentsOf: block[start...])
  }

  mutating func finish(into batch: inout BulkBatch) {
    if !unfinished.isEmpty { add(unfinished[...], to: &batch) }
    unfinished = []
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>, to batch: inout BulkBatch) {
    line += 1
    guard bytes.contains(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\t") }) else { return }
    batch.append(bytes, line: line)
  }
}
#endif
