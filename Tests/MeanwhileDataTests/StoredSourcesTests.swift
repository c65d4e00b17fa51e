import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileData

/// Documents are kept as shapes and columns; what comes back must be what came, byte by byte.
@Suite struct StoredSourcesTests {
  private let mapping: Mapping

  init() throws {
    mapping = try Mapping(parsing: [
      "dynamic": "false",
      "properties": [
        "k": ["type": "keyword", "ignore_above": 12, "copy_to": "all"], "all": ["type": "keyword"],
        "low": ["type": "keyword", "normalizer": "lowercase"],
        "t": ["type": "text", "fields": ["raw": ["type": "keyword"]]], "l": ["type": "long"],
        "i": ["type": "integer", "ignore_malformed": true],
        "d": ["type": "double"], "f": ["type": "float"], "s": ["type": "scaled_float", "scaling_factor": 100], "b": ["type": "boolean"],
        "date": ["type": "date"], "ip": ["type": "ip"], "n": ["type": "date", "null_value": "2020-01-01"],
        "o": ["properties": ["k": ["type": "keyword"], "l": ["type": "long"]]], "off": ["type": "object", "enabled": false],
      ],
    ])
  }

  private func segment(_ documents: [String]) throws -> Segment {
    let builder = try SegmentBuilder(mapping: mapping)
    for (row, document) in documents.enumerated() {
      let id = Array("id\(row)".utf8)
      try Array(document.utf8).withUnsafeBufferPointer { source in
        _ = try id.withUnsafeBufferPointer { try builder.add(source, id: $0, version: 1, sequenceNumber: Int64(row), skipsUnmapped: true) }
      }
    }
    return builder.finish()
  }

  private func reopened(_ segment: Segment) throws -> Segment {
    var bytes: [UInt8] = []
    try SegmentCodec.encode(segment, analyzers: mapping.analyzers) { bytes.append(contentsOf: $0) }
    let base = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 64)
    base.copyMemory(from: bytes, byteCount: bytes.count)
    let storage = Storage(base: UnsafeRawPointer(base), byteCount: bytes.count) { base, _ in base.deallocate() }
    return try SegmentCodec.open(storage, name: "test")
  }

  private func documents(_ segment: Segment) throws -> [String] {
    try (0..<segment.rowCount).map { String(decoding: try segment.source(ofRow: $0), as: UTF8.self) }
  }

  private func check(_ given: [String]) throws {
    let made = try segment(given)
    #expect(try documents(made) == given)
    let opened = try reopened(made)
    #expect(try documents(opened) == given)
    guard case .bytes(let column)? = try opened.column(MetadataField.source)?.values else { throw CorruptData("no column of documents") }
    #expect((0..<given.count).map { column.string($0) } == given)
    let half = Bitmap(count: given.count) { $0 % 2 == 0 }
    let merged = try SegmentMerger([SegmentView(segment: opened, deleted: half), SegmentView(segment: made)]).segment
    #expect(try documents(reopened(merged)) == given.enumerated().filter { $0.offset % 2 == 1 }.map(\.element) + given)
  }

  @Test(arguments: [
    #"{}"#, #" { } "#, #"{"k":"a"}"#, #"{ "k" : "a" , "l" : 1 }"#, #"{"k":"a\"b"}"#, #"{"k":"\u0061"}"#, #"{"k":"much too long for it"}"#,
    #"{"k":["a","b"]}"#, #"{"k":["b","a"]}"#, #"{"k":"a","all":"b"}"#, #"{"all":"b"}"#, #"{"k":7}"#, #"{"k":7.50}"#, #"{"k":true}"#,
    #"{"k":null}"#, #"{"low":"ABC"}"#, #"{"t":"some words"}"#, #"{"l":0}"#, #"{"l":-0}"#, #"{"l":1.0}"#, #"{"l":"12"}"#, #"{"l":""}"#,
    #"{"l":9223372036854775807}"#, #"{"l":-9223372036854775808}"#, #"{"l":1e3}"#, #"{"i":"nonsense"}"#, #"{"i":5}"#, #"{"d":0}"#,
    #"{"d":0.0}"#,
    #"{"d":-0.0}"#, #"{"d":1.50}"#, #"{"d":1.5}"#, #"{"d":5}"#, #"{"d":5.0}"#, #"{"d":10.0}"#, #"{"d":0.05}"#, #"{"d":1e300}"#,
    #"{"d":1E2}"#,
    #"{"d":0.1234567890123456}"#, #"{"d":123456789012345.5}"#, #"{"d":123456789012345678}"#, #"{"d":-12.000001}"#, #"{"f":0.1}"#,
    #"{"f":0.5}"#,
    #"{"f":16777217}"#, #"{"s":1.25}"#, #"{"s":1.255}"#, #"{"b":true}"#, #"{"b":"true"}"#, #"{"b":""}"#, #"{"date":1735689602588}"#,
    #"{"date":5}"#,
    #"{"date":"2025-01-01T00:00:00.000Z"}"#, #"{"date":"2025-01-01T00:00:00Z"}"#, #"{"date":"2025-01-01"}"#,
    #"{"date":"2025-01-01T00:00:00.5Z"}"#,
    #"{"date":"2025-01-01T01:00:00+01:00"}"#, #"{"ip":"10.0.0.1"}"#, #"{"ip":"2001:DB8::1"}"#, #"{"n":null}"#, #"{"o":{"k":"x","l":3}}"#,
    #"{"o.k":"x","o":{"l":3}}"#, #"{"o.k":"x","o":{"k":"y"}}"#, #"{"o":[{"k":"x"},{"l":3}]}"#, #"{"o":[]}"#,
    #"{"off":{"a":[1,{"k":"z"}]}}"#,
    #"{"unmapped":{"x":[1.10]},"k":"a"}"#, #"{"k":"ä€😀"}"#,
  ])
  func `a document comes back as it came`(document: String) throws {
    try check([document])
    // Beside others the columns have nulls, several values, and dictionaries.
    try check([#"{"k":"a","l":[3,1],"d":2.5}"#, document, #"{}"#, document, #"{"o":{"k":"q"},"date":"2021-02-03T04:05:06.007Z"}"#])
  }

  @Test func `a document comes back where the mapping has no fields at all`() throws {
    let builder = try SegmentBuilder(mapping: Mapping(dynamic: .false))
    let id = Array("a".utf8)
    let document = Array(#"{"a":[1,{"b":"c"}],"d":null}"#.utf8)
    try document.withUnsafeBufferPointer { source in
      _ = try id.withUnsafeBufferPointer { try builder.add(source, id: $0, version: 1, sequenceNumber: 0, skipsUnmapped: true) }
    }
    #expect(try reopened(builder.finish()).source(ofRow: 0) == document)
  }

  @Test func `a segment has few shapes, and documents of ever new ones are kept whole`() throws {
    let alike = (0..<500).map { #"{"k":"host\#($0 % 9)","l":\#($0),"d":\#($0).25,"t":"word \#($0)","date":\#(1_735_689_600_000 + $0)}"# }
    let sources = try #require(try segment(alike).sources())
    #expect(sources.shapes.count == 2 && sources.verbatim.bytes.count == 0)
    try check((0..<1_500).map { #"{"x\#($0)":1,"k":"a\#($0)"}"# })
  }

  @Test(arguments: 0..<60) func `random documents come back`(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    try check((0..<1 + random.below(60)).map { _ in Self.document(&random) })
  }

  private static let names = ["k", "all", "low", "t", "l", "i", "d", "f", "s", "b", "date", "o.k", "o.l", "off", "unmapped"]

  static func document(_ random: inout SeededRandom) -> String {
    let chosen = names.filter { _ in random.below(3) == 0 }.shuffled(using: &random)
    let members: [String] = chosen.map { name in
      let colon = random.below(5) == 0 ? " : " : ":"
      return "\"\(name)\"\(colon)\(value(name, &random))"
    }
    return "{" + members.joined(separator: random.below(5) == 0 ? " ,\n " : ",") + "}"
  }

  private static func value(_ name: String, _ random: inout SeededRandom) -> String {
    if random.below(12) == 0 { return "null" }
    if random.below(8) == 0, name != "off" {
      return "[" + (0..<random.below(4)).map { _ in scalar(name, &random) }.joined(separator: ", ") + "]"
    }
    return scalar(name, &random)
  }

  private static func scalar(_ name: String, _ random: inout SeededRandom) -> String {
    let number = random.below(100_000) - 100
    switch name {
    case "l", "o.l": return random.below(9) == 0 ? "\"\(number)\"" : "\(number)"
    case "i": return random.below(9) == 0 ? "\"none\"" : "\(number)"
    case "d", "f", "s":
      return ["\(number)", "\(number).\(random.below(1_000))", "\(number).0", "\(number)e2", "0.\(random.below(99))5"][random.below(5)]
    case "b": return random.below(2) == 0 ? "true" : "\"false\""
    case "date":
      let full = "\"2024-0\(1 + random.below(9))-11T12:13:14.\(100 + random.below(900))Z\""
      return ["\(1_700_000_000_000 + number)", full, "\"2024-02-29\""][random.below(3)]
    case "off", "unmapped": return "{\"a\":[\(number),{\"k\":\"\(number)\"}]}"
    default:
      return ["\"w\(random.below(5))\"", "\"some words \(number)\"", "\"tab\\tbed\"", "\"ünï\"", "\(number)", "\"\""][random.below(6)]
    }
  }
}
