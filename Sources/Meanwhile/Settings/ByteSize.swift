/// A number of bytes as settings write it: a whole number with a unit, `b` `kb` `mb` `gb` `tb` `pb`, each 1,024 times the one before.
public struct ByteSize: Sendable, Hashable, Comparable {
  public var bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }

  public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

  /// The longer suffixes first, since `b` ends them all.
  private static let units: [(suffix: String, bytes: Int)] = [
    ("pb", 1 << 50), ("tb", 1 << 40), ("gb", 1 << 30), ("mb", 1 << 20), ("kb", 1 << 10), ("b", 1),
  ]

  /// Reads a size the way Elasticsearch does: units without case, blanks around trimmed, a unit required but for `0` and `-1`.
  ///
  /// - Parameter setting: the setting's name, for the error.
  public init(parsing text: String, setting: String) throws(APIError) {
    let lower = text.trimmed().lowercased()
    if lower == "0" || lower == "-1" {
      bytes = lower == "0" ? 0 : -1
      return
    }
    guard let unit = Self.units.first(where: { lower.hasSuffix($0.suffix) }) else {
      throw .illegalArgument(
        "failed to parse setting [\(setting)] with value [\(text)] as a size in bytes: unit is missing or unrecognized")
    }
    guard let count = Int(lower.dropLast(unit.suffix.count).trimmed()), count >= 0 else {
      throw .illegalArgument("failed to parse setting [\(setting)] with value [\(text)] as a size in bytes")
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
    guard !overflow else {
      throw .illegalArgument("failed to parse setting [\(setting)] with value [\(text)] as a size in bytes: it is too large")
    }
    bytes = product
  }

  /// The shortest exact spelling, such as `512mb`.
  public var text: String {
    guard bytes > 0 else { return bytes == 0 ? "0b" : "-1" }
    for unit in Self.units where bytes % unit.bytes == 0 { return "\(bytes / unit.bytes)\(unit.suffix)" }
    return "\(bytes)b"
  }
}
