/// The text of a query. Syntax nodes carry ranges of it; here a range becomes text again.
struct QuerySource: Sendable, Hashable {
  /// UTF-8.
  let bytes: [UInt8]

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The text of a range, as the user wrote it.
  func text(of range: SourceRange) -> String {
    text(range.start, range.end)
  }

  func text(_ start: Int, _ end: Int) -> String {
    guard start >= 0, start <= end, end <= bytes.count else { return "" }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
