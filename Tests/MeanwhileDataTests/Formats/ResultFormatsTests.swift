import Meanwhile
import MeanwhileData
import Testing

@Suite struct ResultFormatsTests {
  static func request(_ headers: Headers, _ parameters: Parameters = [:]) -> EndpointRequest {
    EndpointRequest(method: .post, path: "/_query", parameters: parameters, headers: headers)
  }

  static let requests: [(headers: Headers, parameters: Parameters, name: String)] = [
    (["Accept": "text/csv"], [:], "csv"),
    (["Accept": "*/*", "Content-Type": "application/json"], [:], "json"),
    (["Content-Type": "application/json; charset=utf-8"], [:], "json"),
    (["Accept": "text/csv"], ["format": "TXT"], "txt"),
    (["Accept": "text/vnd.elasticsearch+tab-separated-values; compatible-with=9"], [:], "tsv"),
    (["Accept": "text/plain"], [:], "txt"),
    (["Accept": "text/html, */*", "Content-Type": "application/json"], [:], "json"),
  ]

  @Test(arguments: requests)
  func chooses(headers: Headers, parameters: Parameters, name: String) throws {
    #expect(try ResultFormats.standard.choose(for: Self.request(headers, parameters)).format.name == name)
  }

  @Test func mediaTypeParametersCount() throws {
    let choice = try ResultFormats.standard.choose(for: Self.request(["Accept": "text/csv; header=absent"]))
    #expect(!choice.options.hasHeader)
    let vendor = try ResultFormats.standard.choose(for: Self.request(["Accept": "application/vnd.elasticsearch+json; compatible-with=9"]))
    #expect(vendor.format.contentType(vendor.options) == "application/vnd.elasticsearch+json;compatible-with=9")
  }

  @Test func nothingUsableIsAnErrorUnlessThereIsAFallback() throws {
    let request = Self.request(["Accept": "image/png"], ["format": "xls"])
    #expect(throws: APIError.illegalArgument("Invalid request content type: Accept=[image/png], Content-Type=[null], format=[xls]")) {
      try ResultFormats.standard.choose(for: request)
    }
    #expect(try ResultFormats.standard.choose(for: request, fallback: "json").format.name == "json")
  }

  @Test(arguments: [
    ("ab", "csv", "invalid multi-character delimiter [ab]"), ("", "csv", "invalid empty delimiter []"),
    ("\"", "csv", "illegal reserved character specified as delimiter [\"]"),
    ("\t", "csv", "illegal delimiter [TAB] specified as delimiter for the [csv] format; choose the [tsv] format instead"),
    (";", "json", "parameter: [delimiter] can only be used with the format [csv] for request [/_query]"),
  ])
  func delimitersAreChecked(delimiter: String, format: String, reason: String) {
    #expect(throws: APIError.illegalArgument(reason)) {
      try ResultFormats.standard.choose(for: Self.request([:], ["format": format, "delimiter": delimiter]))
    }
  }

  @Test func textFormatsHaveNoMembers() throws {
    let choice = try ResultFormats.standard.choose(for: Self.request([:], ["format": "csv"]))
    let reason = "Invalid use of [columnar] argument: cannot be used in combination with [txt, csv, tsv] formats"
    #expect(throws: APIError.illegalArgument(reason)) { try choice.requireMembers(for: "columnar") }
  }
}
