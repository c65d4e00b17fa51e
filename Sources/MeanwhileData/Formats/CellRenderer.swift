import Meanwhile

/// Turns a column's rows into text, the type chosen once a column: what every text format is made of.
struct CellRenderer {
  enum Style: Sendable {
    /// JSON values; null is `null`.
    case json
    /// Bare text; several values are `[a, b]`, and null is what is given here.
    case plain(null: String)
  }

  let style: Style
  let zone: TimeZoneRules?

  /// One run of bytes a row.
  func render(_ column: Column) -> BytesVector {
    let out = BytesVectorBuilder(capacity: column.rowCount)
    let bytes = out.bytes
    switch column.values {
    case .none: rows(of: column, into: out) { _ in }
    case .booleans(let values):
      rows(of: column, into: out) { append(values[$0] != 0 ? "true" : "false", to: bytes) }
    case .doubles(let values):
      rows(of: column, into: out) { append(values[$0], to: bytes) }
    case .longs(let values): renderLongs(column, values, into: out)
    case .bytes(let values):
      let write = writer(of: column.type)
      rows(of: column, into: out) { write(values[$0], bytes) }
    case .ordinals(let ordinals, let dictionary, _):
      let write = writer(of: column.type)
      rows(of: column, into: out) { write(dictionary[Int(ordinals[$0])], bytes) }
    }
    return out.finish()
  }

  @inline(__always)
  private func rows(of column: Column, into out: BytesVectorBuilder, _ appendSlot: (Int) -> Void) {
    let distinctRows = column.isConstant ? min(1, column.rowCount) : column.rowCount
    for row in 0..<distinctRows {
      let slots = column.slots(ofRow: row)
      switch slots.count {
      case 0: appendNull(to: out.bytes)
      case 1: appendSlot(slots.lowerBound)
      default:
        out.bytes.append(UInt8(ascii: "["))
        for slot in slots {
          if slot > slots.lowerBound { appendSeparator(to: out.bytes) }
          appendSlot(slot)
        }
        out.bytes.append(UInt8(ascii: "]"))
      }
      out.endValue()
    }
    guard distinctRows < column.rowCount else { return }
    let cell = Array(out.bytes.buffer)
    for _ in distinctRows..<column.rowCount { out.append(cell) }
  }

  private func renderLongs(_ column: Column, _ values: Vector<Int64>, into out: BytesVectorBuilder) {
    let bytes = out.bytes
    switch column.type {
    case .unsignedLong: rows(of: column, into: out) { NumberText.append(UnsignedLong.decode(values[$0]), to: bytes) }
    case .date:
      rows(of: column, into: out) { slot in quoted(bytes) { ISODate.append(millis: values[slot], in: zone, to: bytes) } }
    case .dateNanos:
      rows(of: column, into: out) { slot in quoted(bytes) { ISODate.append(nanos: values[slot], in: zone, to: bytes) } }
    default: rows(of: column, into: out) { NumberText.append(values[$0], to: bytes) }
    }
  }

  private typealias BytesWriter = (UnsafeBufferPointer<UInt8>, VectorBuilder<UInt8>) -> Void

  private func writer(of type: DataType) -> BytesWriter {
    switch (type, style) {
    case (.ip, _):
      return { value, bytes in quoted(bytes) { IPAddress(bytes: value)?.appendText(to: bytes) } }
    case (.version, _):
      return { value, bytes in quoted(bytes) { VersionKey.append(decoding: value, to: bytes) } }
    case (.geoPoint, _), (.cartesianPoint, _):
      return { value, bytes in quoted(bytes) { GeometryPoint(wellKnownBinary: value)?.appendText(to: bytes) } }
    case (.source, .json): return { value, bytes in bytes.append(contentsOf: value) }
    case (.source, .plain): return { value, bytes in appendMap(value, to: bytes) }
    case (_, .json): return { value, bytes in bytes.appendJSON(quoting: value) }
    case (_, .plain): return { value, bytes in bytes.append(contentsOf: value) }
    }
  }

  @inline(__always)
  private func quoted(_ bytes: VectorBuilder<UInt8>, _ write: () -> Void) {
    if case .json = style {
      bytes.append(UInt8(ascii: "\""))
      write()
      bytes.append(UInt8(ascii: "\""))
    } else {
      write()
    }
  }

  private func append(_ value: Double, to bytes: VectorBuilder<UInt8>) {
    guard value.isFinite || !isJSON else { return append("null", to: bytes) }
    NumberText.append(value, to: bytes)
  }

  private var isJSON: Bool { if case .json = style { true } else { false } }

  private func appendNull(to bytes: VectorBuilder<UInt8>) {
    switch style {
    case .json: append("null", to: bytes)
    case .plain(let null):
      var null = null
      null.withUTF8 { bytes.append(contentsOf: $0) }
    }
  }

  private func appendSeparator(to bytes: VectorBuilder<UInt8>) {
    bytes.append(UInt8(ascii: ","))
    if !isJSON { bytes.append(UInt8(ascii: " ")) }
  }

  private func append(_ text: StaticString, to bytes: VectorBuilder<UInt8>) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// A document in text formats, the way Java prints a map: `{a=1, b=[x, y]}`.
  private func appendMap(_ json: UnsafeBufferPointer<UInt8>, to bytes: VectorBuilder<UInt8>) {
    guard let value = try? JSONValue.parse(json) else { return bytes.append(contentsOf: json) }
    var text = Self.mapText(value)
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  private static func mapText(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let values): "[" + values.map(mapText).joined(separator: ", ") + "]"
    case .object(let object): "{" + object.members.map { $0.name + "=" + mapText($0.value) }.joined(separator: ", ") + "}"
    default: value.text()
    }
  }
}

extension VectorBuilder<UInt8> {
  /// Appends a quoted and escaped JSON string given as UTF-8.
  public func appendJSON(quoting utf8: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    for index in 0..<utf8.count {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
      start = index + 1
      append(UInt8(ascii: "\\"))
      switch byte {
      case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
      case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
      case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
      case 0x08: append(UInt8(ascii: "b"))
      case 0x0C: append(UInt8(ascii: "f"))
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
      default:
        for character in "u00".utf8 { append(character) }
        append(byte >> 4 + 0x30)
        append(byte & 15 < 10 ? byte & 15 + 0x30 : byte & 15 + 0x57)
      }
    }
    append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<utf8.count]))
    append(UInt8(ascii: "\""))
  }
}
