#if CLI
import Meanwhile
import MeanwhileData

/// Records with a delimiter between their fields and a header that names them (RFC 4180).
///
/// A document has a member for each field that is not empty. Whether a column holds numbers, truth values or text is settled once, by the
/// records of the first block: a postcode that looks like a number in one record and not in the next stays text in both. A header may give a column's type, as in
/// `postcode:keyword`; then the column is of it.
struct DelimitedSource: DocumentSource {
  private let delimiter: UInt8
  private var parser: RecordParser
  private var names: [String] = []
  private var kinds: [ValueKind]?
  /// The types that the header gives, by column.
  private var types: [String?] = []
  /// The records of the first block, until they have settled the kinds.
  private var sample: [Record] = []
  private var sampleBytes = 0

  private static let sampleBytesMax = 1 << 20

  init(delimiter: UInt8) {
    self.delimiter = delimiter
    parser = RecordParser(delimiter: delimiter)
  }

  mutating func take(_ block: [UInt8], into batch: inout BulkBatch) {
    for record in parser.take(block) { handle(record, &batch) }
    sampleBytes += block.count
    if kinds == nil, sampleBytes >= Self.sampleBytesMax { settleKinds(&batch) }
  }

  mutating func finish(into batch: inout BulkBatch) {
    if let last = parser.finish() { handle(last, &batch) }
    if kinds == nil { settleKinds(&batch) }
  }

  private mutating func handle(_ record: Record, _ batch: inout BulkBatch) {
    if names.isEmpty {
      names = record.fields.enumerated().map { index, field in
        let name = String(decoding: index == 0 ? Self.withoutByteOrderMark(field.bytes) : field.bytes[...], as: UTF8.self)
        return name.isEmpty ? "column\(index + 1)" : name
      }
      types = names.map(Self.declaredType)
      for (index, type) in types.enumerated() {
        guard let type else { continue }
        names[index] = String(names[index].dropLast(type.count + 1))
        batch.declared.append((names[index], type))
      }
    } else if let kinds {
      add(record, kinds, &batch)
    } else {
      sample.append(record)
    }
  }

  /// The type behind the last colon of a column's name; nil where there is none that a field could have.
  private static func declaredType(_ name: String) -> String? {
    guard let colon = name.lastIndex(of: ":"), colon != name.startIndex else { return nil }
    let type = String(name[name.index(after: colon)...])
    guard let known = FieldType(rawValue: type), ![.object, .nested, .alias].contains(known) else { return nil }
    return type
  }

  private static func withoutByteOrderMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
  }

  private mutating func settleKinds(_ batch: inout BulkBatch) {
    let settled = names.indices.map { index in
      // What a given type makes of a text is the service's to say, and its number may be a code such as 007.
      if types[index] != nil { return ValueKind.text }
      return sample.reduce(ValueKind.unknown) { kind, record in
        index < record.fields.count ? kind.including(record.fields[index]) : kind
      }
    }
    kinds = settled
    for record in sample { add(record, settled, &batch) }
    sample = []
  }

  private func add(_ record: Record, _ kinds: [ValueKind], _ batch: inout BulkBatch) {
    guard record.fields.count == names.count else {
      batch.refuse(line: record.line, reason: "has [\(record.fields.count)] fields, and the header has [\(names.count)]")
      return
    }
    var document: [UInt8] = [UInt8(ascii: "{")]
    for (index, field) in record.fields.enumerated() where field.isQuoted || !field.bytes.isEmpty {
      if document.count > 1 { document.append(UInt8(ascii: ",")) }
      JSONText.append(quoting: names[index], to: &document)
      document.append(UInt8(ascii: ":"))
      if kinds[index] != .text, ValueKind(of: field) != .text {
        document.append(contentsOf: field.bytes)
      } else {
        JSONText.append(quoting: String(decoding: field.bytes, as: UTF8.self), to: &document)
      }
    }
    document.append(UInt8(ascii: "}"))
    batch.append(document[...], line: record.line)
  }

  /// What the values of a column have been so far.
  enum ValueKind: Equatable {
    case unknown, number, truth, text

    init(of field: Record.Field) {
      if field.isQuoted { self = .text } else if field.bytes.isEmpty { self = .unknown } else { self = Self.kind(of: field.bytes) }
    }

    func including(_ field: Record.Field) -> ValueKind {
      let other = ValueKind(of: field)
      if other == .unknown { return self }
      return self == .unknown || self == other ? other : .text
    }

    private static func kind(of bytes: [UInt8]) -> ValueKind {
      if bytes.elementsEqual("true".utf8) || bytes.elementsEqual("false".utf8) { return .truth }
      return isNumber(bytes) ? .number : .text
    }

    /// The grammar of a JSON number (RFC 8259, section 6), which a code such as `007` is not.
    private static func isNumber(_ bytes: [UInt8]) -> Bool {
      var rest = bytes[...]
      func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let run = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        rest = rest.dropFirst(run.count)
        return run.count
      }
      if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      let hasLeadingZero = rest.first == UInt8(ascii: "0")
      let whole = digits(&rest)
      guard whole > 0, !hasLeadingZero || whole == 1 else { return false }
      if rest.first == UInt8(ascii: ".") {
        rest.removeFirst()
        guard digits(&rest) > 0 else { return false }
      }
      if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
        rest.removeFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        guard digits(&rest) > 0 else { return false }
      }
      return rest.isEmpty
    }
  }
}
#endif
