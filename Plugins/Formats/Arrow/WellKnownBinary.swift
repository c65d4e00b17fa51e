/// Geometries in the binary of OGC's Simple Features (06-103r4, section 8).
enum WellKnownBinary {
  /// A point from its text, `POINT (x y)`; nothing for what is none.
  static func point(_ text: String) -> [UInt8] {
    guard let start = text.firstIndex(of: "("), let end = text.lastIndex(of: ")"), start < end else { return [] }
    let numbers = text[text.index(after: start)..<end].split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 2 else { return [] }
    // Little-endian, and a point.
    return [1, 1, 0, 0, 0] + numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
  }
}
