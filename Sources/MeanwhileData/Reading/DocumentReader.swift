import Meanwhile

/// Reads documents straight into the columns of a ``FieldTree``: no object is made of what is read.
///
/// Members are looked for first where the last document had them. Objects become dotted paths, arrays several values, nulls nothing.
struct DocumentReader {
  private var cursor: JSONCursor
  private let row: Int
  /// Whether a field that the mapping lacks is read over; else it is the fault `unmapped`, where the mapping may grow.
  private let skipsUnmapped: Bool
  /// Numbers the objects of all documents; see ``FieldNode/lastObject``.
  private var objectNumber: Int
  private let ignored: ColumnAccumulator
  private let recorder: SourceRecorder
  /// Whether values are noted one by one: not where several of them are noted as a whole.
  private var isNoting = true

  /// - Returns: the number of the last object, for the next document.
  /// - Throws: why the document is refused. The values that it had until then are still in the columns, and must be taken back.
  static func read(
    _ source: UnsafeBufferPointer<UInt8>, into tree: FieldTree, row: Int, ignored: ColumnAccumulator, scratch: VectorBuilder<UInt8>,
    objectNumber: Int, skipsUnmapped: Bool, recorder: SourceRecorder
  ) throws(DocumentFault) -> Int {
    var reader = DocumentReader(
      cursor: JSONCursor(source, scratch: scratch), row: row, ignored: ignored, objectNumber: objectNumber,
      skipsUnmapped: skipsUnmapped, recorder: recorder)
    guard reader.cursor.peek() == UInt8(ascii: "{") else {
      guard reader.cursor.isAtEnd() else { throw reader.cursor.fault("Failed to parse object: expecting an object") }
      throw reader.cursor.fault("Unexpected end-of-input: the document is empty")
    }
    try reader.object(tree.root, depth: 0)
    guard reader.cursor.isAtEnd() else { throw reader.cursor.fault("Unexpected content after the document") }
    return reader.objectNumber
  }

  private init(
    cursor: JSONCursor, row: Int, ignored: ColumnAccumulator, objectNumber: Int, skipsUnmapped: Bool, recorder: SourceRecorder
  ) {
    self.cursor = cursor
    self.row = row
    self.ignored = ignored
    self.objectNumber = objectNumber
    self.skipsUnmapped = skipsUnmapped
    self.recorder = recorder
  }

  // MARK: Objects

  private mutating func object(_ node: FieldNode, depth: Int) throws(DocumentFault) {
    guard depth < JSONCursor.depthMax else { throw cursor.tooDeep() }
    objectNumber += 1
    let number = objectNumber
    cursor.at += 1
    if cursor.peek() == UInt8(ascii: "}") {
      cursor.at += 1
      return
    }
    var place = 0
    while true {
      guard cursor.peek() == UInt8(ascii: "\"") else { throw cursor.fault("was expecting double-quote to start field name") }
      let nameAt = cursor.at
      var found = node.guess(at: place, &cursor)
      if found == nil { found = try namedChild(of: node, at: place) }
      guard let child = found else {
        try cursor.colon()
        try unmapped(in: node, nameAt: nameAt, depth: depth)
        if try cursor.endsMember(with: UInt8(ascii: "}")) { return }
        place += 1
        continue
      }
      if child.lastObject == number { throw DocumentFault(reason: .syntax("Duplicate field '\(child.path)'"), offset: nameAt) }
      child.lastObject = number
      try cursor.colon()
      try value(of: child, depth: depth + 1)
      if try cursor.endsMember(with: UInt8(ascii: "}")) { return }
      place += 1
    }
  }

  /// The slow way from a name to its field; a dotted name is followed down, and remembered.
  private mutating func namedChild(of node: FieldNode, at place: Int) throws(DocumentFault) -> FieldNode? {
    let start = cursor.at
    let name = try cursor.string()
    if let child = node.child(named: name, at: place) { return child }
    guard name.contains(UInt8(ascii: ".")) else { return nil }
    var found = node
    for part in name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
      guard !part.isEmpty else {
        throw DocumentFault(
          reason: .structure(
            "field name cannot contain only whitespace or start or end with a dot: '\(String(decoding: name, as: UTF8.self))'"),
          offset: start)
      }
      if found.kind == .skipped { return found }
      guard let next = found.child(named: UnsafeBufferPointer(rebasing: part), at: FieldNode.namesMax) else { return nil }
      found = next
    }
    if node.hasRoom { node.add(found, named: name) }
    return found
  }

  private mutating func unmapped(in node: FieldNode, nameAt: Int, depth: Int) throws(DocumentFault) {
    switch node.dynamic {
    case .true where !skipsUnmapped && hasValue(), .runtime where !skipsUnmapped && hasValue():
      throw DocumentFault(reason: .unmapped, offset: nameAt)
    case .strict:
      var again = cursor
      again.at = nameAt
      let name = String(decoding: try again.string(), as: UTF8.self)
      throw DocumentFault(reason: .strict(field: name, parent: node.path.isEmpty ? "_doc" : node.path), offset: nameAt)
    default: try skip(depth: depth + 1)
    }
  }

  /// Reads over a value that stays in the source alone.
  private mutating func skip(depth: Int) throws(DocumentFault) {
    _ = cursor.peek()
    let start = cursor.at
    try cursor.skipValue(depth: depth)
    noteVerbatim(from: start)
  }

  @inline(__always)
  private func noteVerbatim(from start: Int) {
    if isNoting { recorder.note(.verbatim, from: start, to: cursor.at) }
  }

  /// Whether what comes next may make a field: null and an empty array do not.
  private mutating func hasValue() -> Bool {
    switch cursor.peek() {
    case UInt8(ascii: "n"): return false
    case UInt8(ascii: "["):
      var ahead = cursor
      ahead.at += 1
      return ahead.peek() != UInt8(ascii: "]")
    default: return true
    }
  }

  private mutating func value(of node: FieldNode, depth: Int) throws(DocumentFault) {
    switch node.kind {
    case .leaf:
      guard let writer = node.writer else { return try skip(depth: depth) }
      try leaf(writer, depth: depth)
    case .skipped: try skip(depth: depth)
    case .alias:
      throw DocumentFault(reason: .structure("Cannot write to a field alias [\(node.path)]."), offset: cursor.at)
    case .object: try objects(node, depth: depth)
    }
  }

  /// What an object field has: an object, several in an array, or null.
  private mutating func objects(_ node: FieldNode, depth: Int) throws(DocumentFault) {
    switch cursor.peek() {
    case UInt8(ascii: "{"): try object(node, depth: depth)
    case UInt8(ascii: "n"): try cursor.word("null")
    case UInt8(ascii: "["):
      guard depth < JSONCursor.depthMax else { throw cursor.tooDeep() }
      cursor.at += 1
      if cursor.peek() == UInt8(ascii: "]") {
        cursor.at += 1
        return
      }
      let (start, wasNoting) = (cursor.at - 1, isNoting)
      isNoting = false
      repeat { try objects(node, depth: depth + 1) } while try !cursor.endsMember(with: UInt8(ascii: "]"))
      isNoting = wasNoting
      noteVerbatim(from: start)
    default:
      throw DocumentFault(
        reason: .structure(
          "object mapping for [\(node.path)] tried to parse field [\(Self.name(of: node.path))] as object, but found a concrete value"),
        offset: cursor.at)
    }
  }

  private static func name(of path: String) -> Substring { path.split(separator: ".").last ?? Substring(path) }

  // MARK: Values

  private mutating func leaf(_ writer: FieldWriter, depth: Int) throws(DocumentFault) {
    let first = cursor.peek()
    let start = cursor.at
    if writer.type == .geoPoint || writer.type == .point { return try points(writer, depth: depth) }
    let row = row
    switch first {
    case UInt8(ascii: "\""):
      let text = try cursor.string()
      try refusing(writer, from: start) { () throws(APIError) in try writer.write(string: text, row: row) }
      if isNoting { note(string: text, of: writer, from: start) }
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let number = try cursor.number()
      try refusing(writer, from: start) { () throws(APIError) in try writer.write(number: number, row: row) }
      if isNoting { note(number, of: writer, from: start) }
    case UInt8(ascii: "t"):
      try cursor.word("true")
      try refusing(writer, from: start) { () throws(APIError) in try writer.write(boolean: true, row: row) }
      if isNoting { note(booleanOf: writer, from: start) }
    case UInt8(ascii: "f"):
      try cursor.word("false")
      try refusing(writer, from: start) { () throws(APIError) in try writer.write(boolean: false, row: row) }
      if isNoting { note(booleanOf: writer, from: start) }
    case UInt8(ascii: "n"):
      try cursor.word("null")
      try refusing(writer, from: start) { () throws(APIError) in try writer.writeNull(row: row) }
    case UInt8(ascii: "["):
      let wasNoting = isNoting
      isNoting = false
      try several(depth: depth) { (reader: inout DocumentReader) throws(DocumentFault) in
        try reader.leaf(writer, depth: depth + 1)
      }
      isNoting = wasNoting
      noteVerbatim(from: start)
    case UInt8(ascii: "{"):
      try cursor.skipValue(depth: depth)
      guard writer.ignoresMalformed else {
        throw refusal(of: writer, from: start, cause: .illegalArgument("Can't get text on a START_OBJECT at \(place(of: start))"))
      }
      writer.hasIgnored = true
      noteVerbatim(from: start)
    default: throw cursor.unexpected()
    }
    noteIgnored(writer)
  }

  private mutating func several(depth: Int, _ one: (inout DocumentReader) throws(DocumentFault) -> Void) throws(DocumentFault) {
    guard depth < JSONCursor.depthMax else { throw cursor.tooDeep() }
    cursor.at += 1
    if cursor.peek() == UInt8(ascii: "]") {
      cursor.at += 1
      return
    }
    while true {
      try one(&self)
      if try cursor.endsMember(with: UInt8(ascii: "]")) { return }
    }
  }

  /// Points are rare and come in many forms, so they are read as values.
  private mutating func points(_ writer: FieldWriter, depth: Int) throws(DocumentFault) {
    let start = cursor.at
    try cursor.skipValue(depth: depth)
    let text = UnsafeBufferPointer(start: cursor.base + start, count: cursor.at - start)
    guard let value = try? JSONValue.parse(text) else { throw cursor.fault("Unexpected content in a point") }
    var all = [value]
    if case .array(let parts) = value, parts.first.map({ $0.double == nil }) ?? true { all = parts }
    let row = row
    for value in all where !value.isNull {
      try refusing(writer, from: start) { () throws(APIError) in try writer.write(point: value, row: row) }
    }
    noteVerbatim(from: start)
    noteIgnored(writer)
  }

  // MARK: Noting what a column gives back

  /// Notes a string that was written to a field.
  @inline(__always)
  private func note(string text: UnsafeBufferPointer<UInt8>, of writer: FieldWriter, from start: Int) {
    var hole = SourceHole.verbatim
    // A string that stands elsewhere had escapes.
    if !writer.hasIgnored, text.baseAddress == cursor.base + start + 1 {
      switch writer.type {
      case .keyword, .wildcard, .text, .matchOnlyText: hole = writer.lowercases ? .verbatim : .quoted
      case .date where writer.column.count > 0:
        hole = SourceHole.time(text, millis: writer.column.longs[writer.column.count - 1], recorder.scratch) ?? .verbatim
      default: break
      }
    }
    recorder.note(hole, from: start, to: cursor.at, field: writer.number)
  }

  @inline(__always)
  private func note(_ number: NumberToken, of writer: FieldWriter, from start: Int) {
    var hole = SourceHole.verbatim
    let count = writer.column.count
    if !writer.hasIgnored, count > 0 {
      switch writer.type {
      case .byte, .short, .integer, .long, .date:
        // A zero may have had a sign.
        let isKept = number.kind == .integer && writer.column.longs[count - 1] == number.integer
        if isKept, number.integer != 0 || number.text.count == 1 { hole = .integer }
      case .double, .float, .halfFloat, .scaledFloat:
        hole = SourceHole.decimal(number.text, writer.column.doubles[count - 1]) ?? .verbatim
      case .keyword, .wildcard, .text, .matchOnlyText: hole = .bare
      default: break
      }
    }
    recorder.note(hole, from: start, to: cursor.at, field: writer.number)
  }

  @inline(__always)
  private func note(booleanOf writer: FieldWriter, from start: Int) {
    recorder.note(writer.type == .boolean && !writer.hasIgnored ? .boolean : .verbatim, from: start, to: cursor.at, field: writer.number)
  }

  // MARK: Refusing and ignoring

  @inline(__always)
  private func refusing(_ writer: FieldWriter, from start: Int, _ write: () throws(APIError) -> Void) throws(DocumentFault) {
    do { try write() } catch { throw refusal(of: writer, from: start, cause: error) }
  }

  private func refusal(of writer: FieldWriter, from start: Int, cause: APIError) -> DocumentFault {
    let text = UnsafeBufferPointer(start: cursor.base + start, count: max(0, cursor.at - start))
    let preview = (try? JSONValue.parse(text))?.preview ?? String(decoding: text, as: UTF8.self)
    return DocumentFault(reason: .value(field: writer.path, type: writer.type, preview: preview, cause: cause), offset: start)
  }

  private func place(of offset: Int) -> String {
    var line = 1
    var lineStart = 0
    for index in 0..<offset where cursor.base[index] == UInt8(ascii: "\n") { (line, lineStart) = (line + 1, index + 1) }
    return "\(line):\(offset - lineStart + 1)"
  }

  @inline(__always)
  private func noteIgnored(_ writer: FieldWriter) {
    if writer.hasIgnored || !writer.copies.isEmpty { noteIgnoredSlowly(writer) }
  }

  private func noteIgnoredSlowly(_ writer: FieldWriter) {
    for field in [writer] + writer.copies where field.hasIgnored {
      field.hasIgnored = false
      var path = field.path
      path.withUTF8 { ignored.append(bytes: $0, row: row) }
    }
  }
}
