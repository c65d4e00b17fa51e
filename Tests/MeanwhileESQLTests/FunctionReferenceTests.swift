import MeanwhileData
import MeanwhileEngine
import Testing

@testable import MeanwhileESQL

#if canImport(Glibc)
import Glibc
#endif

/// The reference page of functions is written from their declarations.
@Suite("Function reference")
struct FunctionReferenceTests {
  /// `MEANWHILE_WRITE_REFERENCE=1` writes it.
  @Test("says what the functions' declarations say") func isUpToDate() throws {
    // Two folders up from this file is the package.
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(root)/Plugins/Languages/ESQL/ESQL.docc/Functions.md"
    let page = FunctionReference.standard.page
    if getenv("MEANWHILE_WRITE_REFERENCE") != nil { try write(page, to: path) }
    #expect(read(path) == page, "write it anew: MEANWHILE_WRITE_REFERENCE=1 swift test --filter FunctionReferenceTests")
  }

  @Test("every function says what it does, and shows it") func isComplete() {
    for entry in FunctionReference.standard.entries {
      // Search functions are asked for by name, and a series' exponent must be a constant fraction: neither is found by trying types.
      let isSearch = entry.documentation.category == .search || entry.name == "mv_pseries_weighted_sum"
      #expect(!entry.documentation.summary.isEmpty && (isSearch || !entry.signatures.isEmpty), "\(entry.name)")
      let needsExample = ![.search, .eql].contains(entry.documentation.category) && !Self.withoutExample.contains(entry.name)
      #expect(!entry.documentation.examples.isEmpty || !needsExample, "\(entry.name) has no example")
    }
  }

  /// What answers differently each time, or needs documents.
  private static let withoutExample: Set<String> = ["now", "delay", "random_number", "trange", "tbucket", "sample", "source_field"]

  @Test("the language has every function that is promised", arguments: promised) func has(name: String) {
    let isThere =
      FunctionRegistry.standard.scalar(name) != nil || FunctionRegistry.standard.aggregate(name) != nil
      || Analyser.SearchFunction(rawValue: name) != nil || ["categorize", "score"].contains(name)
    #expect(isThere)
  }

  private static let promised =
    """
    absent avg count count_distinct first last max median median_absolute_deviation min percentile present sample std_dev sum top values variance
    weighted_avg bucket tbucket categorize case coalesce greatest least clamp date_diff date_extract date_format date_parse date_trunc day_name
    month_name now trange cidr_match ip_prefix network_direction abs acos acosh asin asinh atan atan2 atanh cbrt ceil copy_sign cos cosh e exp
    floor hypot log log10 pi pow round round_to scalb signum sin sinh sqrt tan tanh tau bit_length byte_length concat contains ends_with
    from_base64 hash left length locate ltrim md5 repeat replace reverse right rtrim sha1 sha256 space split starts_with substring to_base64
    to_lower to_upper trim url_encode url_encode_component url_decode json_extract match match_phrase qstr kql term score mv_append mv_avg
    mv_concat mv_contains mv_count mv_dedupe mv_difference mv_first mv_intersection mv_intersects mv_last mv_max mv_median
    mv_median_absolute_deviation mv_min mv_percentile mv_pseries_weighted_sum mv_slice mv_sort mv_sum mv_union mv_zip to_boolean to_datetime
    to_date_nanos to_dateperiod to_timeduration to_degrees to_radians to_double to_integer to_long to_unsigned_long to_ip to_string to_version
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  @Test(
    "the language has every command that is promised",
    arguments: """
      change_point dedup dissect distinct drop enrich eval fillnull fork fuse grok inline keep limit lookup mv_expand rename sample sort uri_parts
      stats where
      """.split { $0 == " " || $0 == "\n" }.map(String.init))
  func hasCommand(keyword: String) {
    #expect(Commands.processing.contains { $0.keyword == keyword })
  }

  private func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func write(_ text: String, to path: String) throws {
    let file = try #require(fopen(path, "w"))
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
