#if CLI
/// JSON objects: one a line, or the elements of one array, which the first byte that is no white space tells apart. Objects go on as they are; what is wrong with one is the service's
/// to say.
struct JSONSource: DocumentSource {
  private enum Form {
    case unknown
    case lines
    case array
  }

  private var form = Form.unknown
  private var lines = LineSource()
  private var elements = ArraySource()
  /// White space before the first object.
  private var linesBefore = 0

  mutating func take(_ block: [UInt8], into batch: inout BulkBatch) {
    switch form {
    case .lines: lines.take(block[...], into: &batch)
    case .array: elements.take(block[...], into: &batch)
    case .unknown:
      guard let first = block.firstIndex(where: { !Self.isSpace($0) }) else {
        linesBefore += Self.lineEnds(block[...])
        return
      }
      let isArray = block[first] == UInt8(ascii: "[")
      form = isArray ? .array : .lines
      let before = linesBefore + Self.lineEnds(block[..<first])
      if isArray {
        elements.line += before
        elements.take(block[(first + 1)...], into: &batch)
      } else {
        lines.line += before
        lines.take(block[first...], into: &batch)
      }
    }
  }

  mutating func finish(into batch: inout BulkBatch) {
    switch form {
    case .unknown: break
    case .lines: lines.finish(into: &batch)
    case .array: elements.finish(into: &batch)
    }
  }

  fileprivate static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private static func lineEnds(_ bytes: ArraySlice<UInt8>) -> Int { bytes.count { $0 == UInt8(ascii: "\n") } }
}

/// A JSON object a line.
private struct LineSource {
  /// The beginning of a line whose end has not come yet.
  private var unfinished: [UInt8] = []
  /// Lines that have ended.
  var line = 0

  mutating func take(_ block: ArraySlice<UInt8>, into batch: inout BulkBatch) {
    var start = block.startIndex
    while let end = block[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if unfinished.isEmpty {
        add(block[start..<end], to: &batch)
      } else {
        unfinished.append(contentsOf: block[start..<end])
        add(unfinished[...], to: &batch)
        unfinished.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    unfinished.append(contentsOf: block[start...])
  }

  mutating func finish(into batch: inout BulkBatch) {
    if !unfinished.isEmpty { add(unfinished[...], to: &batch) }
    unfinished = []
  }

  private mutating func add(_ bytes: ArraySlice<UInt8>, to batch: inout BulkBatch) {
    line += 1
    guard bytes.contains(where: { !JSONSource.isSpace($0) }) else { return }
    batch.append(bytes, line: line)
  }
}

/// The elements of one JSON array. Line ends within one become spaces, as a bulk request wants it.
private struct ArraySource {
  private var element: [UInt8] = []
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasEnded = false
  /// Whether it was said that something follows the array: once is enough, however many blocks it fills.
  private var hasRefusedRest = false
  private var elementLine = 1
  /// The line that is being read.
  var line = 1

  mutating func take(_ block: ArraySlice<UInt8>, into batch: inout BulkBatch) {
    for byte in block {
      if byte == UInt8(ascii: "\n") { line += 1 }
      if hasEnded {
        guard !hasRefusedRest, !JSONSource.isSpace(byte) else { continue }
        batch.refuse(line: line, reason: "something follows the array")
        hasRefusedRest = true
      }
      take(byte, into: &batch)
    }
  }

  private mutating func take(_ byte: UInt8, into batch: inout BulkBatch) {
    if isInString {
      element.append(byte)
      switch byte {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "\""): isInString = false
      default: break
      }
      return
    }
    switch byte {
    case UInt8(ascii: ",") where depth == 0: end(&batch)
    case UInt8(ascii: "]") where depth == 0:
      end(&batch)
      hasEnded = true
    case _ where JSONSource.isSpace(byte):
      if !element.isEmpty { element.append(UInt8(ascii: " ")) }
    default:
      if element.isEmpty { elementLine = line }
      element.append(byte)
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
      default: break
      }
    }
  }

  private mutating func end(_ batch: inout BulkBatch) {
    if element.contains(UInt8(ascii: "\n")) {
      batch.refuse(line: elementLine, reason: "a string runs over the end of a line")
    } else if !element.isEmpty {
      batch.append(element[...], line: elementLine)
    }
    element.removeAll(keepingCapacity: true)
  }

  mutating func finish(into batch: inout BulkBatch) {
    guard !hasEnded else { return }
    batch.refuse(line: line, reason: "the array does not end")
  }
}
#endif
