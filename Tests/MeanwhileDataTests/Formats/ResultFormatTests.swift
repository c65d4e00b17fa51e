import Meanwhile
import MeanwhileData
import Testing

@Suite struct ResultFormatTests {
  @Test func jsonRendersEveryType() async throws {
    let text = try await JSONFormat().text(.sample, head: ["took": 3], tail: ["profile": [:]])
    let json = try JSONValue.parse(text)
    #expect(json.object?.names == ["took", "columns", "values", "profile"])
    #expect(json["columns"]?.array?.first == ["name": "flag", "type": "boolean"])
    let first =
      #"[true,1,18446744073709551615,40.0,"a \"b\"\n","2020-02-29T12:30:30.500Z","2020-02-29T12:30:30.5008009Z","10.1.2.3","1.2.3","#
      + #"{"a":1,"b":["x",null]},null]"#
    #expect(text.contains(first))
    #expect(text.contains(#"[null,[-2,3],null,1.0E10,["p","q,r"],null,null,null,null,null,null]"#))
    #expect(text.contains(#"[false,null,5,null,"tab\there",null,null,null,null,null,null]"#))
  }

  @Test func pointsAreWellKnownText() async throws {
    let built = VectorBuilder<UInt8>()
    GeometryPoint(x: 1, y: -2.5).appendWellKnownBinary(to: built)
    let point = Value.bytes(Array(built.buffer))
    let table = Table.of([("geo", .geoPoint, [point, .several([point, point])]), ("flat", .cartesianPoint, [.null, point])])
    let text = "POINT (1.0 -2.5)"
    #expect(try await JSONFormat().text(table).hasSuffix(#""values":[["\#(text)",null],[["\#(text)","\#(text)"],"\#(text)"]]}"#))
    #expect(try await DelimitedFormat.csv.text(table) == "geo,flat\r\n\(text),\r\n\"[\(text), \(text)]\",\(text)\r\n")
  }

  @Test func jsonByColumn() async throws {
    var options = ResultOptions()
    options.isColumnar = true
    let table = Table.of([("a", .long, [.long(1), .null]), ("b", .keyword, [.string("x"), .string("y")])])
    let text = try await JSONFormat().text(table, options: options)
    #expect(text == #"{"columns":[{"name":"a","type":"long"},{"name":"b","type":"keyword"}],"values":[[1,null],["x","y"]]}"#)
    let twice = Table(fields: table.fields, pages: table.pages + table.pages)
    #expect(try await JSONFormat().text(twice, options: options).hasSuffix(#""values":[[1,null,1,null],["x","y","x","y"]]}"#))
    let empty = Table(fields: table.fields)
    #expect(try await JSONFormat().text(empty, options: options).hasSuffix(#""values":[[],[]]}"#))
    #expect(try await JSONFormat().text(empty).hasSuffix(#""values":[]}"#))
  }

  @Test func nullColumnsCanBeLeftOut() async throws {
    var options = ResultOptions()
    options.dropsNullColumns = true
    let table = Table.of([("a", .long, [.long(1)]), ("b", .keyword, [.null])])
    let text = try await JSONFormat().text(table, options: options)
    #expect(
      text
        == #"{"all_columns":[{"name":"a","type":"long"},{"name":"b","type":"keyword"}],"columns":[{"name":"a","type":"long"}],"values":[[1]]}"#
    )
    #expect(try await DelimitedFormat.csv.text(table, options: options) == "a\r\n1\r\n")
  }

  @Test func csvQuotesWhatNeedsIt() async throws {
    let table = Table.of([
      ("na,me", .keyword, [.string("plain"), .string("say \"hi\""), .string("a,b"), .string("x;y"), .string("two\nlines"), .null]),
      ("n", .long, [.long(1), .several([.long(1), .long(2)]), .null, .long(4), .long(5), .long(6)]),
    ])
    let expected = "\"na,me\",n\r\nplain,1\r\n\"say \"\"hi\"\"\",\"[1, 2]\"\r\n\"a,b\",\r\nx;y,4\r\n\"two\nlines\",5\r\n,6\r\n"
    #expect(try await DelimitedFormat.csv.text(table) == expected)
    var options = ResultOptions()
    options.delimiter = UInt8(ascii: ";")
    options.hasHeader = false
    #expect(
      try await DelimitedFormat.csv.text(table, options: options).hasPrefix("plain;1\r\n\"say \"\"hi\"\"\";[1, 2]\r\na,b;\r\n\"x;y\";4"))
    #expect(DelimitedFormat.csv.contentType(options) == "text/csv; charset=utf-8; header=absent")
  }

  @Test func tsvEscapesTabsAndLineFeeds() async throws {
    let table = Table.of([("a", .keyword, [.string("x\ty"), .string("x\ny\\z"), .null]), ("b", .long, [.long(1), .long(2), .long(3)])])
    #expect(try await DelimitedFormat.tsv.text(table) == "a\tb\nx\\ty\t1\nx\\ny\\z\t2\n\t3\n")
  }

  @Test func textTablesAlign() async throws {
    let table = Table.of([("keyword", .keyword, [.string("keyword0"), .null]), ("integer", .integer, [.long(0), .long(1)])])
    let expected = """
          keyword    |    integer    \n\
      ---------------+---------------
      keyword0       |0              \n\
      null           |1              \n
      """
    #expect(try await TextTableFormat().text(table) == expected)
    let wide = Table.of([("é", .keyword, [.string("a text of more than fifteen é")])])
    #expect(try await TextTableFormat().text(wide).hasSuffix("-----------------------------\na text of more than fifteen é\n"))
  }

  @Test func textFormatsShowDocumentsAsMaps() async throws {
    #expect(try await DelimitedFormat.tsv.text(.sample).contains("{a=1, b=[x, null]}"))
  }

  @Test func constantColumnsRepeat() async throws {
    let column = Column(constant: .string("x"), type: .keyword, rowCount: 3)
    let table = Table(fields: [Table.Field(name: "c", type: .keyword)], pages: [Page(rowCount: 3, columns: [column])])
    #expect(try await DelimitedFormat.csv.text(table) == "c\r\nx\r\nx\r\nx\r\n")
  }
}
