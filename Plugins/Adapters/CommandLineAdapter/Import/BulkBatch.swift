#if CLI
/// Documents on their way into an index: the body of a bulk request, and the line of the file that each came from.
struct BulkBatch {
  private let action: [UInt8]
  private(set) var body: [UInt8] = []
  private(set) var lines: [Int] = []
  /// Lines that never became documents.
  private(set) var refused: [(line: Int, reason: String)] = []
  /// Fields whose types the file itself gives, with their types; to be made before the documents are sent.
  var declared: [(name: String, type: String)] = []

  /// - Parameter action: what stands before each document.
  init(action: [UInt8]) { self.action = action }

  mutating func append(_ document: ArraySlice<UInt8>, line: Int) {
    body.append(contentsOf: action)
    body.append(contentsOf: document)
    body.append(UInt8(ascii: "\n"))
    lines.append(line)
  }

  mutating func refuse(line: Int, reason: String) {
    refused.append((line, reason))
  }

  /// Empties the batch to be filled again.
  mutating func take() -> BulkBatch {
    let filled = self
    self = BulkBatch(action: action)
    return filled
  }
}
#endif
