import Meanwhile
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
  static let examples: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
    (Array("123456789".utf8), 0xE306_9283), ([], 0),
  ]

  @Test("has the values of RFC 3720", arguments: examples)
  func published(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(bytes) == checksum)
  }

  @Test("goes on where it stopped")
  func continued() {
    let bytes = Array("a result in several chunks".utf8)
    for split in 0...bytes.count {
      let first = CRC32C.checksum(Array(bytes[..<split]))
      #expect(CRC32C.checksum(Array(bytes[split...]), continuing: first) == CRC32C.checksum(bytes))
    }
  }
}
