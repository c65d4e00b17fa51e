#if CLI
import Meanwhile
import MeanwhileTestKit
import Testing

@testable import MeanwhileCommandLine

@Suite("Files that nobody meant")
struct ImportFuzzTests {
  /// Bytes that mean something in one of the formats come more often than others.
  private static let telling = Array("\"\",\t\n\n\r\\{}[]:0123.e-atrue null".utf8) + [0, 0x80, 0xC3, 0xFF]

  private static func batch(_ bytes: [UInt8], _ format: ImportFormat, block: Int) -> BulkBatch {
    var source = format.makeSource()
    var batch = BulkBatch(action: Array("{}\n".utf8))
    for start in stride(from: 0, to: bytes.count, by: block) {
      source.take(Array(bytes[start..<min(bytes.count, start + block)]), into: &batch)
    }
    source.finish(into: &batch)
    return batch
  }

  @Test(
    "Any bytes are read to their end, make the same documents however they are cut, and delimited ones make JSON",
    arguments: [UInt64(1), 2, 3])
  func anyBytes(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for round in 0..<400 {
      let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        Self.telling[Int.random(in: 0..<Self.telling.count, using: &random)]
      }
      for format in ImportFormat.allCases {
        let whole = Self.batch(bytes, format, block: 1 << 20)
        let cut = Self.batch(bytes, format, block: Int.random(in: 1...9, using: &random))
        #expect(cut.body == whole.body && cut.lines == whole.lines, "seed \(seed), round \(round), \(format)")
        #expect(cut.refused.map(\.line) == whole.refused.map(\.line), "seed \(seed), round \(round), \(format)")
        guard format != .ndjson else { continue }
        for document in whole.body.split(separator: UInt8(ascii: "\n")).enumerated().filter({ $0.offset % 2 == 1 }).map(\.element) {
          guard String(validating: document, as: UTF8.self) != nil else { continue }
          #expect((try? JSONValue.parse(document))?.object != nil, "seed \(seed), round \(round), \(format)")
        }
      }
    }
  }
}
#endif
