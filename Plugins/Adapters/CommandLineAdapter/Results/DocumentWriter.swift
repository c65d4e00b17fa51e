#if CLI
import Meanwhile

/// Writes documents as a file that `import` reads.
struct DocumentWriter {
  let format: ImportFormat
  /// Paths of the fields that have a column.
  let columns: [String]

  private var delimiter: UInt8 { format == .csv ? UInt8(ascii: ",") : UInt8(ascii: "\t") }

  /// The paths of all fields of a mapping that hold values.
  static func columns(of properties: JSONObject, under prefix: String = "") -> [String] {
    properties.members.flatMap { member -> [String] in
      let path = prefix + member.name
      if let inner = member.value["properties"]?.object { return columns(of: inner, under: path + ".") }
      return member.value["type"]?.string == "alias" ? [] : [path]
    }
  }

  /// The header line; nothing for NDJSON.
  var head: [UInt8] {
    guard format != .ndjson else { return [] }
    var out: [UInt8] = []
    appendRecord(columns, to: &out)
    return out
  }

  func append(_ document: JSONObject, to out: inout [UInt8]) {
    guard format != .ndjson else {
      out += JSONValue.object(document).encoded()
      out.append(UInt8(ascii: "\n"))
      return
    }
    appendRecord(columns.map { Self.cell(Self.values($0[...], in: document)) }, to: &out)
  }

  /// The values at a path, through objects and arrays of them, and where names have dots.
  private static func values(_ path: Substring, in object: JSONObject) -> [JSONValue] {
    if let value = object[String(path)], value.object == nil { return flattened(value) }
    var found: [JSONValue] = []
    for (place, character) in zip(path.indices, path) where character == "." {
      guard let inner = object[String(path[..<place])] else { continue }
      let rest = path[path.index(after: place)...]
      for value in inner.array ?? [inner] { if let object = value.object { found += values(rest, in: object) } }
    }
    return found
  }

  private static func flattened(_ value: JSONValue) -> [JSONValue] { value.array?.flatMap(flattened) ?? (value.isNull ? [] : [value]) }

  private static func cell(_ values: [JSONValue]) -> String {
    guard values.count == 1 else { return values.isEmpty ? "" : JSONValue.array(values).text() }
    return values[0].string ?? values[0].text()
  }

  private func appendRecord(_ cells: [String], to out: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { out.append(delimiter) }
      let bytes = Array(cell.utf8)
      let isQuoted = bytes.contains { $0 == delimiter || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      guard isQuoted else {
        out += bytes
        continue
      }
      out.append(UInt8(ascii: "\""))
      for byte in bytes {
        if byte == UInt8(ascii: "\"") { out.append(byte) }
        out.append(byte)
      }
      out.append(UInt8(ascii: "\""))
    }
    out.append(UInt8(ascii: "\n"))
  }
}
#endif
