import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileData

/// What the segment reader makes of bytes that were changed and signed anew, so that no checksum catches the change.
@Suite struct SegmentFuzzTests {
  private func file() throws -> [UInt8] {
    let mapping = try Mapping(parsing: [
      "properties": [
        "k": ["type": "keyword"], "l": ["type": "long"], "d": ["type": "double"], "b": ["type": "boolean"], "t": ["type": "text"],
      ]
    ])
    let builder = try SegmentBuilder(mapping: mapping)
    for row in 0..<70 {
      let source =
        #"{"k":["a\#(row % 7)","z"],"l":[\#(row),7],"t":["storm \#(row) storm","sea"]\#(row % 3 == 0 ? "" : #","d":0.5,"b":true"#)}"#
      let id = Array("id\(row)".utf8)
      try Array(source.utf8).withUnsafeBufferPointer { source in
        _ = try id.withUnsafeBufferPointer { try builder.add(source, id: $0, version: 1, sequenceNumber: Int64(row), skipsUnmapped: true) }
      }
    }
    var bytes: [UInt8] = []
    try SegmentCodec.encode(builder.finish(), analyzers: mapping.analyzers) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Where the directory is, by the footer.
  private func directory(of bytes: [UInt8]) throws -> Range<Int> {
    var footer = ByteReader(bytes.suffix(SegmentFormat.footerByteCount))
    let start = Int(try footer.number(UInt64.self))
    return start..<start + Int(try footer.number(UInt64.self))
  }

  /// Makes all checksums right again.
  private func sign(_ bytes: inout [UInt8], _ place: Range<Int>) throws {
    if var directory = try? SegmentFormat.decodeDirectory(bytes[place], version: SegmentFormat.version) {
      for number in directory.sections.indices {
        let section = directory.sections[number]
        guard section.offset >= 0, section.byteCount >= 0, section.byteCount <= place.lowerBound,
          section.offset <= place.lowerBound - section.byteCount
        else { continue }
        directory.sections[number].checksum = CRC32C.checksum(Array(bytes[section.offset..<section.offset + section.byteCount]))
      }
      let encoded = SegmentFormat.encode(directory)
      if encoded.count == place.count { bytes.replaceSubrange(place, with: encoded) }
    }
    let footerAt = bytes.count - SegmentFormat.footerByteCount
    func put(_ value: UInt32, at offset: Int) {
      for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
    put(CRC32C.checksum(Array(bytes[place])), at: footerAt + 16)
    put(CRC32C.checksum(Array(bytes[footerAt..<footerAt + 40])), at: footerAt + 40)
  }

  /// Reads everything that there is to read.
  private func readAll(_ bytes: [UInt8]) throws {
    let base = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
    base.copyMemory(from: bytes, byteCount: bytes.count)
    let storage = Storage(base: UnsafeRawPointer(base), byteCount: bytes.count) { base, _ in base.deallocate() }
    let segment = try SegmentCodec.open(storage, name: "fuzz")
    // A count of rows that no column bears out would only make the test long.
    guard segment.rowCount < 1 << 16 else { return }
    for path in segment.fields.keys.sorted() {
      if let column = try? segment.column(path) {
        for row in 0..<column.rowCount { _ = column.value(atRow: row) }
      }
      if let index = try? segment.invertedIndex(path, analyzer: .standard) {
        for term in 0..<index.terms.count {
          if let postings = try? index.postings(ofTerm: term) { _ = try? index.positions(ofTerm: term, postings) }
        }
      }
    }
    var id = "id7"
    _ = try? id.withUTF8 { try segment.row(ofID: $0) }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `changed bytes are an error or other values, and never a crash`(seed: UInt64) throws {
    let whole = try file()
    let place = try directory(of: whole)
    var random = SeededRandom(seed: seed)
    for round in 0..<300 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        // The directory is small and says the most, so it has half of the changes.
        let at =
          round % 2 == 0
          ? Int.random(in: place, using: &random) : Int.random(in: SegmentFormat.headerByteCount..<place.lowerBound, using: &random)
        bytes[at] =
          Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random) : bytes[at] ^ (1 << UInt8.random(in: 0..<8, using: &random))
      }
      try sign(&bytes, place)
      do { try readAll(bytes) } catch { #expect(error is CorruptData || error is APIError, "seed \(seed), round \(round)") }
    }
  }
}
