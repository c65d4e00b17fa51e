/// Folding of case beyond ASCII.
enum Folding {
  /// Hands on two texts, in lower case where case does not count and one of them is not ASCII.
  static func pair<Result>(
    _ left: TextSearch.Bytes, _ right: TextSearch.Bytes, isInsensitive: Bool, _ body: (TextSearch.Bytes, TextSearch.Bytes) -> Result
  ) -> Result {
    guard isInsensitive, !isASCII(left) || !isASCII(right) else { return body(left, right) }
    return lowered(left).withUnsafeBufferPointer { left in
      lowered(right).withUnsafeBufferPointer { right in body(left, right) }
    }
  }

  static func isASCII(_ bytes: TextSearch.Bytes) -> Bool {
    for byte in bytes where byte >= 0x80 { return false }
    return true
  }

  private static func lowered(_ bytes: TextSearch.Bytes) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8)
  }
}
