import MeanwhileData

/// Patterns of `GROK`: regular expressions in which `%{NAME:field:type}` stands for a pattern of the library.
public struct GrokPatterns: Sendable {
  private struct Capture: Sendable {
    var group: Int
    var field: Int
  }

  private struct Compiled: Sendable {
    var pattern: CapturePattern
    var captures: [Capture]
  }

  /// Every field of every pattern, sorted by name, with its type.
  let fields: [(name: String, type: DataType)]
  private let patterns: [Compiled]

  /// - Throws: ``CapturePatternError`` for a pattern that is none, names one that is not in the library, or gives a field two types.
  public init(_ patterns: [String]) throws(CapturePatternError) {
    var types: [String: DataType] = [:]
    var compiled: [(CapturePattern, [(group: Int, name: String)])] = []
    for text in patterns {
      var expansion = GrokExpansion()
      let pattern = try CapturePattern(try expansion.expand(text))
      var captures: [(group: Int, name: String)] = []
      for (name, group) in pattern.names {
        let field = expansion.field(ofGroup: name)
        captures.append((group, field.name))
        if let known = types[field.name], known != field.type {
          throw CapturePatternError(reason: "the attribute [\(field.name)] is defined multiple times with different types")
        }
        types[field.name] = field.type
      }
      compiled.append((pattern, captures))
    }
    let names = types.keys.sorted()
    fields = names.map { ($0, types[$0] ?? .keyword) }
    self.patterns = compiled.map { pattern, captures in
      Compiled(pattern: pattern, captures: captures.map { Capture(group: $0.group, field: names.firstIndex(of: $0.name) ?? 0) })
    }
  }

  func extract(_ text: UnsafeBufferPointer<UInt8>, into row: ExtractedColumns) throws(EvaluationFailure) {
    for compiled in patterns {
      guard let match = try compiled.pattern.firstMatch(in: text) else { continue }
      for capture in compiled.captures {
        guard let range = match.range(of: capture.group) else { continue }
        try append(text.part(range.lowerBound, range.count), to: capture.field, row)
      }
      return
    }
  }

  private func append(_ value: UnsafeBufferPointer<UInt8>, to field: Int, _ row: ExtractedColumns) throws(EvaluationFailure) {
    let type = fields[field].type
    guard type != .keyword else { return row.append(value, to: field) }
    let text = String(decoding: value, as: UTF8.self)
    switch type {
    case .integer, .long:
      guard let number = Int64(text), type == .long || Int32(exactly: number) != nil else { throw Self.notANumber(text) }
      row.append(number, to: field)
    case .double:
      guard let number = Double(text) else { throw Self.notANumber(text) }
      row.append(number, to: field)
    default: row.append(text.lowercased() == "true", to: field)
    }
  }

  private static func notANumber(_ text: String) -> EvaluationFailure {
    EvaluationFailure("java.lang.NumberFormatException: For input string: \"\(text)\"")
  }
}

/// Replaces `%{NAME:field:type}` by the regular expressions behind the names.
struct GrokExpansion {
  private static let depthMax = 30
  private static let charactersMax = 200_000
  private static let types: [String: DataType] = [
    "int": .integer, "integer": .integer, "long": .long, "float": .double, "double": .double, "boolean": .boolean, "string": .keyword,
  ]

  private var fields: [(name: String, type: DataType)] = []

  /// The field of a named group: groups of the library's patterns are numbered, as fields' names may hold what groups' cannot.
  func field(ofGroup name: String) -> (name: String, type: DataType) {
    guard name.hasPrefix(Self.marker), let index = Int(name.dropFirst(Self.marker.count)), fields.indices.contains(index) else {
      return (name, .keyword)
    }
    return fields[index]
  }

  private static let marker = "\u{1}"

  mutating func expand(_ pattern: String) throws(CapturePatternError) -> String {
    let expanded = try expand(Array(pattern.unicodeScalars), depth: 0)
    return String(String.UnicodeScalarView(expanded))
  }

  private mutating func expand(_ pattern: [Unicode.Scalar], depth: Int) throws(CapturePatternError) -> [Unicode.Scalar] {
    guard depth <= Self.depthMax else { throw CapturePatternError(reason: "circular reference in pattern") }
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < pattern.count {
      if pattern[index] == "\\", index + 1 < pattern.count {
        result += pattern[index...index + 1]
        index += 2
        continue
      }
      guard pattern[index] == "%", index + 1 < pattern.count, pattern[index + 1] == "{",
        let end = pattern[index...].firstIndex(of: "}")
      else {
        result.append(pattern[index])
        index += 1
        continue
      }
      result += try reference(pattern[(index + 2)..<end], depth: depth)
      index = end + 1
      guard result.count <= Self.charactersMax else { throw CapturePatternError(reason: "the pattern is too large") }
    }
    return result
  }

  private mutating func reference(_ scalars: ArraySlice<Unicode.Scalar>, depth: Int) throws(CapturePatternError) -> [Unicode.Scalar] {
    let parts = scalars.split(separator: ":", omittingEmptySubsequences: false).map { String(String.UnicodeScalarView($0)) }
    guard let pattern = GrokLibrary.patterns[parts[0]] else {
      throw CapturePatternError(reason: "Unable to find pattern [\(parts[0])] in Grok's pattern dictionary")
    }
    var group = "(?:"
    if parts.count > 1, !parts[1].isEmpty {
      // Fields of patterns within patterns are fields too.
      let type = parts.count > 2 ? Self.types[parts[2]] ?? .keyword : .keyword
      group = "(?<\(Self.marker)\(fields.count)>"
      fields.append((parts[1], type))
    }
    return Array(group.unicodeScalars) + (try expand(Array(pattern.unicodeScalars), depth: depth + 1)) + [")"]
  }
}
