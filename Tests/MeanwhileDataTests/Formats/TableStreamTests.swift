import Meanwhile
import MeanwhileData
import Synchronization
import Testing

/// Tables that are read page by page, out of memory and out of a store.
@Suite struct TableStreamTests {
  /// Ten pages of four rows: 0 … 39, and in the second column a value in the first page alone.
  let table = Table(
    fields: [.init(name: "n", type: .long), .init(name: "s", type: .keyword), .init(name: "z", type: .keyword)],
    pages: (0..<10).map { page in
      Page(
        rowCount: 4,
        columns: [
          ColumnBuilder.column(of: (0..<4).map { .long(Int64(page * 4 + $0)) }, type: .long),
          ColumnBuilder.column(of: (0..<4).map { _ in page == 0 ? .string("x") : .null }, type: .keyword), .nulls(.keyword, rowCount: 4),
        ])
    })

  static let formats: [any ResultFormat] = [JSONFormat(), DelimitedFormat.csv, DelimitedFormat.tsv, TextTableFormat()]
  static let windows: [(offset: Int, limit: Int?)] = [
    (0, nil), (0, 4), (3, 3), (4, 4), (5, 100), (38, nil), (39, 1), (40, 1), (.max, .max), (7, 0),
  ]

  func stored() async throws -> TableStream { try await TableCodec.open(TableCodec.encode(TableStream(table))) }

  @Test(arguments: windows) func aPartIsWhatItIsOfTheWhole(offset: Int, limit: Int?) async throws {
    let whole = (0..<40).map { Int64($0) }
    let expected = Array(whole.dropFirst(offset).prefix(limit ?? .max))
    for stream in [TableStream(table), try await stored()] {
      let part = stream.rows(from: offset, limit: limit)
      #expect(part.rowCount == 40)
      #expect(part.range.count == expected.count)
      for _ in 0..<2 {
        let pages = try await part.collect().pages
        let values = pages.flatMap { page in (0..<page.rowCount).map { page.columns[0].value(atRow: $0) } }
        #expect(values == expected.map { .long($0) })
      }
    }
  }

  @Test(arguments: windows) func everyFormatWritesItAlikeFromMemoryAndFromTheStore(offset: Int, limit: Int?) async throws {
    var columnar = ResultOptions()
    columnar.isColumnar = true
    var dense = ResultOptions()
    dense.dropsNullColumns = true
    for format in Self.formats {
      for options in [ResultOptions(), columnar, dense] {
        var texts: Set<String> = []
        for stream in [TableStream(table), try await stored()] {
          let document = ResultDocument(head: ["took": 1], table: stream.rows(from: offset, limit: limit))
          let body = try await format.response(document, options: options).collectBody()
          texts.insert(String(decoding: body, as: UTF8.self))
        }
        #expect(texts.count == 1)
      }
    }
  }

  @Test func whichColumnsAreNullIsAMatterOfTheWhole() async throws {
    var options = ResultOptions()
    options.dropsNullColumns = true
    let document = ResultDocument(table: try await stored().rows(from: 8, limit: 1))
    let text = String(decoding: try await DelimitedFormat.csv.response(document, options: options).collectBody(), as: UTF8.self)
    #expect(text == "n,s\r\n8,\r\n")
  }

  /// A stream that counts how many of its chunks were asked for.
  final class Tally: Sendable {
    private let taken = Atomic(0)
    var count: Int { taken.load(ordering: .relaxed) }

    func counting(_ stream: ChunkStream) -> ChunkStream {
      ChunkStream {
        let chunks = stream.makeAsyncIterator()
        return {
          var chunks = chunks
          let chunk = try await chunks.next()
          if chunk != nil { self.taken.add(1, ordering: .relaxed) }
          return chunk
        }
      }
    }
  }

  /// A table of many rows in chunks of some KB, as a file gives them.
  private func large() async throws -> (chunks: [[UInt8]], rowCount: Int) {
    let pages = (0..<200).map { page in
      Page(rowCount: 1_000, columns: [ColumnBuilder.column(of: (0..<1_000).map { .long(Int64(page * 1_000 + $0)) }, type: .long)])
    }
    let bytes = try await TableCodec.encode(TableStream(Table(fields: [.init(name: "n", type: .long)], pages: pages))).collect(
      bytesMax: .max)
    let size = 4_096
    return (stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min(bytes.count, $0 + size)]) }, 200_000)
  }

  @Test func aLargeResultIsWrittenAsItIsRead() async throws {
    let (chunks, rowCount) = try await large()
    let tally = Tally()
    let stream = try await TableCodec.open(tally.counting(ChunkStream(chunks)), rowCount: rowCount)
    #expect(tally.count == 1, "the names of the columns are all that is read to begin with")
    var body = DelimitedFormat.csv.stream(ResultDocument(table: stream)).makeAsyncIterator()
    var written = 0
    var read = tally.count
    while let chunk = try await body.next() {
      written += chunk.count
      #expect(chunk.count < 80 << 10)
      #expect(tally.count - read < 60, "no more is read for a chunk than goes into it")
      read = tally.count
    }
    var expected = "n\r\n".utf8.count
    for number in 0..<rowCount { expected += "\(number)\r\n".utf8.count }
    #expect(written == expected)
  }

  @Test func aPartNeedsNoMoreThanWhatComesBeforeIt() async throws {
    let (chunks, rowCount) = try await large()
    let tally = Tally()
    let stream = try await TableCodec.open(tally.counting(ChunkStream(chunks)), rowCount: rowCount)
    let before = tally.count
    let part = try await stream.rows(from: 1_500, limit: 10).collect()
    #expect(part.pages.map(\.rowCount) == [10])
    #expect(part.pages[0].columns[0].value(atRow: 0) == .long(1_500))
    #expect(tally.count - before <= 5, "two pages of two hundred, of two chunks each")
  }

  @Test func aResultThatIsCutShortIsFoundWhenItIsRead() async throws {
    let (chunks, rowCount) = try await large()
    let stream = try await TableCodec.open(ChunkStream(chunks.dropLast()), rowCount: rowCount)
    await #expect(throws: APIError.self) { try await stream.collect() }
    let wrong = try await TableCodec.open(ChunkStream(chunks), rowCount: rowCount + 1)
    await #expect(throws: APIError.self) { try await wrong.collect() }
  }
}
