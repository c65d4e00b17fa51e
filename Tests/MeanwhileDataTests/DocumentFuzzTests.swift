import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileData

/// What the reader of documents makes of bytes that nobody meant: it refuses them and leaves nothing, or what it took comes back as it came.
@Suite struct DocumentFuzzTests {
  private static let mapping: JSONObject = [
    "dynamic": "false",
    "properties": [
      "k": ["type": "keyword", "ignore_above": 8], "t": ["type": "text", "fields": ["raw": ["type": "keyword"]]], "l": ["type": "long"],
      "d": ["type": "double"], "b": ["type": "boolean"], "at": ["type": "date"], "ip": ["type": "ip"], "v": ["type": "version"],
      "p": ["type": "geo_point"], "o": ["properties": ["x": ["type": "integer", "ignore_malformed": true]]],
    ],
  ]

  private static let documents: [String] = [
    #"{"k":"abc","t":"some words","l":12,"d":-0.5e3,"b":true,"at":"2025-01-02T03:04:05.678Z","ip":"::1","v":"1.2.3-a","o":{"x":1}}"#,
    #"{"k":["a","b\n\u00e9\ud83d\ude00"],"l":[1,[2,3]],"p":{"lat":1,"lon":2},"o":[{"x":1},{"x":"y"}],"other":{"deep":[{"a":null}]}}"#,
    #" { "p" : [ 1.5 , 2 ] , "d" : 1e400 , "l" : "7" , "b" : "" , "t" : null , "o.x" : 3 } "#,
  ]

  /// Bytes that mean something in JSON come more often than others.
  private static let telling = Array(#"{}[]":,\ -+.eE0123456789tfnu"#.utf8) + [0, 9, 10, 0x7F, 0x80, 0xC3, 0xED, 0xF0, 0xFF]

  private static func changed(_ document: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var bytes = document
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let at = Int.random(in: 0..<bytes.count, using: &random)
      let byte = telling[Int.random(in: 0..<telling.count, using: &random)]
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[at] = byte
      case 1: bytes.insert(byte, at: at)
      case 2: bytes.remove(at: at)
      case 3: bytes.removeSubrange(at...)
      default:
        let end = min(bytes.count, at + Int.random(in: 1...20, using: &random))
        bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
      }
    }
    return bytes
  }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func `changed documents are refused whole, or come back as they came`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let mapping = try Mapping(parsing: Self.mapping)
    var builder = try SegmentBuilder(mapping: mapping)
    var taken: [[UInt8]] = []
    for round in 0..<4_000 {
      let bytes = Self.changed(Array(Self.documents[round % Self.documents.count].utf8), &random)
      let id = Array("\(round)".utf8)
      let before = builder.rowCount
      do {
        try bytes.withUnsafeBufferPointer { source in
          _ = try id.withUnsafeBufferPointer {
            try builder.add(source, id: $0, version: 1, sequenceNumber: Int64(round), skipsUnmapped: true)
          }
        }
        // What is a document to one reader of JSON is one to the other.
        #expect((try? JSONValue.parse(bytes))?.object != nil, "seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
        taken.append(bytes)
      } catch {
        #expect(builder.rowCount == before && error is DocumentFault, "seed \(seed), round \(round)")
      }
      guard round % 500 == 499 else { continue }
      let segment = builder.finish()
      for (row, document) in taken.enumerated() { #expect(try segment.source(ofRow: row) == document, "seed \(seed), row \(row)") }
      for path in segment.fields.keys { #expect(try segment.column(path)?.rowCount == taken.count) }
      taken = []
      builder = try SegmentBuilder(mapping: mapping)
    }
  }

  @Test(arguments: [UInt64(1), 2])
  func `any bytes are read to an end`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        Self.telling[Int.random(in: 0..<Self.telling.count, using: &random)]
      }
      if let value = try? JSONValue.parse(bytes) { #expect(try JSONValue.parse(value.encoded()) == value) }
    }
  }
}
