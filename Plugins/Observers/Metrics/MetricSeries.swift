#if Metrics
/// A metric's name with its dimensions, as Prometheus' text format writes them.
struct MetricSeries: Hashable, Comparable, Sendable {
  let name: String
  /// `a="1",b="2"`; empty where there are none.
  let labels: String

  init(_ name: String, _ dimensions: [(String, String)]) {
    self.name = Self.identifier(name)
    labels = dimensions.map { "\(Self.identifier($0))=\"\(Self.escaped($1))\"" }.joined(separator: ",")
  }

  static func < (left: MetricSeries, right: MetricSeries) -> Bool { (left.name, left.labels) < (right.name, right.labels) }

  /// One line.
  ///
  /// - Parameters:
  ///   - suffix: what a histogram appends to the name.
  ///   - label: one more label, as it is written.
  func line(_ value: String, suffix: String = "", label: String? = nil) -> String {
    let all = [labels, label ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
    return all.isEmpty ? "\(name)\(suffix) \(value)\n" : "\(name)\(suffix){\(all)} \(value)\n"
  }

  /// Letters, digits and underscores; anything else becomes an underscore.
  private static func identifier(_ text: String) -> String {
    var bytes = text.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: UInt8(ascii: "_")
      }
    }
    if bytes.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
#endif
