#if CLI
/// One record of a delimited file.
struct Record {
  struct Field {
    var bytes: [UInt8] = []
    /// Written in quotes, so text even where it is empty or looks like a number.
    var isQuoted = false
  }

  var fields: [Field]
  /// The line it begins on, 1-based.
  var line: Int
}

/// Splits a delimited file (RFC 4180), block by block, into records. Quotes protect delimiters and line ends; two quotes stand for one.
struct RecordParser {
  private enum State {
    /// Before a field's first byte.
    case start
    case plain
    case quoted
    /// After a quote within a quoted field: its end, or the first of two.
    case quoteInQuoted
  }

  private let delimiter: UInt8
  private var state = State.start
  private var fields: [Record.Field] = []
  private var field = Record.Field()
  private var line = 1
  private var recordLine = 1

  init(delimiter: UInt8) { self.delimiter = delimiter }

  /// The records that end in a block.
  mutating func take(_ block: [UInt8]) -> [Record] {
    var records: [Record] = []
    for byte in block {
      if state == .quoteInQuoted, byte == UInt8(ascii: "\"") {
        field.bytes.append(byte)
        state = .quoted
      } else if state == .quoted {
        if byte == UInt8(ascii: "\n") { line += 1 }
        if byte == UInt8(ascii: "\"") { state = .quoteInQuoted } else { field.bytes.append(byte) }
      } else if byte == delimiter {
        endField()
      } else if byte == UInt8(ascii: "\n") {
        line += 1
        if let record = endRecord() { records.append(record) }
      } else if state == .start, byte == UInt8(ascii: "\"") {
        field.isQuoted = true
        state = .quoted
      } else {
        field.bytes.append(byte)
        if state == .start { state = .plain }
      }
    }
    return records
  }

  /// The record that no line end followed, if there is one.
  mutating func finish() -> Record? {
    endRecord()
  }

  private mutating func endField() {
    fields.append(field)
    field = Record.Field()
    state = .start
  }

  /// Nil for an empty line.
  private mutating func endRecord() -> Record? {
    if field.bytes.last == UInt8(ascii: "\r") { field.bytes.removeLast() }
    defer {
      fields = []
      recordLine = line
    }
    let isEmpty = fields.isEmpty && field.bytes.isEmpty && !field.isQuoted
    endField()
    return isEmpty ? nil : Record(fields: fields, line: recordLine)
  }
}
#endif
