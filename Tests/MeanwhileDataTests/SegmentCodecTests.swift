import Meanwhile
import Testing

@testable import MeanwhileData

@Suite struct SegmentCodecTests {
  /// A segment with a column of every layout, with nulls and several values.
  private func segment() throws -> Segment {
    let mapping = try Mapping(parsing: [
      "properties": [
        "k": ["type": "keyword"], "l": ["type": "long"], "d": ["type": "double"], "b": ["type": "boolean"], "ip": ["type": "ip"],
        "t": ["type": "text"],
      ]
    ])
    let builder = try SegmentBuilder(mapping: mapping)
    for row in 0..<200 {
      let source = """
        {"k":["a\(row % 7)","z"],"l":\(row)\(row % 3 == 0 ? "" : ",\"d\":\(row).5"),"b":\(row % 2 == 0),"ip":"10.0.0.\(row)","t":"text \(row)"}
        """
      let id = Array("id\(row)".utf8)
      try Array(source.utf8).withUnsafeBufferPointer { source in
        _ = try id.withUnsafeBufferPointer { try builder.add(source, id: $0, version: 1, sequenceNumber: Int64(row), skipsUnmapped: true) }
      }
    }
    return builder.finish()
  }

  private func encoded(_ segment: Segment) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try SegmentCodec.encode(segment, analyzers: ["t": .standard]) { bytes.append(contentsOf: $0) }
    return bytes
  }

  private func storage(_ bytes: [UInt8]) -> Storage {
    let base = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
    base.copyMemory(from: bytes, byteCount: bytes.count)
    return Storage(base: UnsafeRawPointer(base), byteCount: bytes.count) { base, _ in base.deallocate() }
  }

  private func cells(_ segment: Segment) throws -> [String: [Value]] {
    var cells: [String: [Value]] = [:]
    for path in segment.fields.keys {
      let column = try segment.column(path)
      cells[path] = (0..<segment.rowCount).map { column?.value(atRow: $0) ?? .null }
    }
    return cells
  }

  @Test func `a segment is the same once written and opened`() throws {
    let original = try segment()
    let bytes = try encoded(original)
    let opened = try SegmentCodec.open(storage(bytes), name: "test")
    #expect(opened.rowCount == original.rowCount)
    #expect(opened.fields == original.fields)
    #expect(try cells(opened) == cells(original))
    #expect(try encoded(opened) == bytes)
    var id = "id77"
    let row = try id.withUTF8 { try opened.row(ofID: $0) }
    #expect(row == 77)
    #expect(opened.fields["l"]?.minimum == .long(0) && opened.fields["l"]?.maximum == .long(199))
    #expect(try opened.column("k")?.value(atRow: 8) == .several([.string("a1"), .string("z")]))
  }

  @Test func `damage anywhere is an error that says where, and never a crash`() throws {
    let original = try segment()
    let bytes = try encoded(original)
    let expected = try cells(original)
    var random = SystemRandomNumberGenerator()
    var found = 0
    for _ in 0..<400 {
      var damaged = bytes
      let place = Int.random(in: 64..<bytes.count, using: &random)
      damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      do {
        let opened = try SegmentCodec.open(storage(damaged), name: "test")
        // What differs in no column may only be the padding between sections.
        #expect(try cells(opened) == expected)
        _ = try opened.identifiers()
      } catch {
        found += 1
        #expect(error is CorruptData || (error as? APIError)?.reason.contains("test") == true)
      }
    }
    #expect(found > 200)
    for length in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: CorruptData.self) { try SegmentCodec.open(storage(Array(bytes.prefix(length))), name: "test") }
    }
  }

  @Test func `deleted rows come back`() throws {
    let deleted = Bitmap(count: 130) { $0 % 3 == 0 }
    let bytes = DeletedRowsCodec.encode(deleted)
    let decoded = try DeletedRowsCodec.decode(bytes, rowCount: 130)
    #expect((0..<130).allSatisfy { decoded[$0] == deleted[$0] })
    #expect(throws: CorruptData.self) { try DeletedRowsCodec.decode(bytes, rowCount: 131) }
    #expect(throws: CorruptData.self) { try DeletedRowsCodec.decode(bytes.dropLast() + [0xFF], rowCount: 130) }
  }
}
