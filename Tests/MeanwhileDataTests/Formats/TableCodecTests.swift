import Meanwhile
import MeanwhileData
import Testing

@Suite struct TableCodecTests {
  func read(_ stored: ChunkStream) async throws -> Table { try await TableCodec.open(stored).collect() }

  @Test func whatIsKeptComesBack() async throws {
    let table = Table.sample
    let back = try await read(TableCodec.encode(TableStream(table)))
    #expect(back.fields == table.fields)
    #expect(String(describing: back.cells) == String(describing: table.cells))
  }

  @Test func slicesConstantsAndOrdinalsComeBack() async throws {
    let column = ColumnBuilder.column(of: [.null, .several([.long(1), .long(2)]), .long(3), .null], type: .long)
    let flags = ColumnBuilder.column(of: (0..<100).map { $0 % 3 == 0 ? .null : .boolean(true) }, type: .boolean)
    let words = BytesVectorBuilder()
    for word in ["a", "b", "c"] { words.append(word) }
    let ordinals = Column(
      type: .keyword, rowCount: 5, values: .ordinals(Vector([2, 0, 1, 1, 0]), words.finish(), isSorted: true),
      nulls: Bitmap(count: 5) { $0 == 3 })
    for (column, type) in [
      (column.slice(1..<3), DataType.long), (flags.slice(10..<75), .boolean), (ordinals, .keyword), (ordinals.slice(1..<3), .keyword),
      (Column(constant: .string("x"), type: .keyword, rowCount: 7), .keyword), (Column(constant: .null, type: .ip, rowCount: 2), .ip),
    ] {
      let table = Table(
        fields: [Table.Field(name: "c", type: type)],
        pages: [Page(rowCount: column.rowCount, columns: [column]), Page(rowCount: 0, columns: [column.slice(0..<0)])])
      let back = try await read(TableCodec.encode(TableStream(table)))
      #expect(back.cells == table.cells)
    }
  }

  @Test func framesMayArriveInAnyPieces() async throws {
    let bytes = try await TableCodec.encode(TableStream(.sample)).collect(bytesMax: .max)
    let pieces = stride(from: 0, to: bytes.count, by: 7).map { Array(bytes[$0..<min(bytes.count, $0 + 7)]) }
    let back = try await read(ChunkStream(pieces))
    #expect(back.rowCount == 3)
  }

  @Test func brokenBytesAreAnErrorAndNothingWorse() async throws {
    let bytes = try await TableCodec.encode(TableStream(.sample)).collect(bytesMax: .max)
    for length in stride(from: 0, to: bytes.count, by: 3) {
      await #expect(throws: APIError.self) { try await read(ChunkStream([Array(bytes[..<length])])) }
    }
    // Every byte damaged in turn: it is read or refused, and what is read can be printed.
    for index in bytes.indices {
      for damage in [0xFF, 0x01, 0x80] as [UInt8] {
        var broken = bytes
        broken[index] ^= damage
        guard let table = try? await read(ChunkStream([broken])) else { continue }
        _ = try await DelimitedFormat.csv.text(table)
      }
    }
  }
}
