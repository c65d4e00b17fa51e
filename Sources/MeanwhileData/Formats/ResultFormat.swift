import Meanwhile

/// A way to write a table as a response: a plugin point.
///
/// Contract. ``response(_:options:)`` may be called at any time, from any thread, repeatedly for one document, and gives the same bytes each time. It
/// makes the body as it is read, page by page, and holds no more than a page of it. It is given options that ``ResultFormats`` has checked against
/// ``capabilities``.
///
/// A format writes tables alone; one for whatever JSON says, tables among it, is an `ObjectFormat`. A service's formats are those that its language is given:
/// ``ResultFormats/adding(_:)``.
///
/// Shipped implementations: ``JSONFormat``, ``DelimitedFormat`` (CSV and TSV), ``TextTableFormat``, and `ArrowFormat`, which is a module of its own.
public protocol ResultFormat: Sendable {
  /// The value of the `format` parameter, lowercase: `csv`.
  var name: String { get }
  /// Media types of an `Accept` or `Content-Type` header that ask for it, lowercase, without parameters.
  var mediaTypes: [String] { get }
  var capabilities: ResultFormatCapabilities { get }
  /// The `Content-Type` of a response.
  func contentType(_ options: ResultOptions) -> String
  func response(_ document: ResultDocument, options: ResultOptions) -> EndpointResponse
}

/// What a format can express.
public struct ResultFormatCapabilities: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// It is an object, with members beside the table: `took`, `is_partial`, `profile`.
  public static let members = ResultFormatCapabilities(rawValue: 1)
  /// Values may be given column by column.
  public static let columnar = ResultFormatCapabilities(rawValue: 2)
  /// The character between fields can be chosen.
  public static let delimiter = ResultFormatCapabilities(rawValue: 4)
  /// The row of column names can be left out.
  public static let header = ResultFormatCapabilities(rawValue: 8)
}

/// A table, and what an object format writes around it.
public struct ResultDocument: Sendable {
  /// Members before `columns`: `took`, `is_partial`, …
  public var head: JSONObject
  public var table: TableStream
  /// Members behind `values`: `_clusters`, `profile`.
  public var tail: JSONObject

  public init(head: JSONObject = [:], table: TableStream, tail: JSONObject = [:]) {
    self.head = head
    self.table = table
    self.tail = tail
  }
}

/// How a table is to be written.
public struct ResultOptions: Sendable {
  /// Values column by column; formats with ``ResultFormatCapabilities/columnar``.
  public var isColumnar = false
  /// Leave out columns in which every row is null.
  public var dropsNullColumns = false
  /// Between fields; nil is the format's own.
  public var delimiter: UInt8?
  /// Whether the row of column names is written; formats with ``ResultFormatCapabilities/header``.
  public var hasHeader = true
  /// The zone that dates are shown in; nil is UTC.
  public var zone: TimeZoneRules?
  /// Set when the client asked with a vendor media type: the response's type, then, such as `application/vnd.elasticsearch+json;compatible-with=9`.
  public var vendorContentType: String?

  public init() {}
}

extension ResultDocument {
  /// The columns to write, by their position. Which of them are null is a matter of the whole table, whatever part of it is written.
  public func columnIndices(_ options: ResultOptions) async throws -> [Int] {
    let all = Array(table.fields.indices)
    guard options.dropsNullColumns else { return all }
    var nulls = Set(all)
    let reader = table.rows(from: 0).read()
    while !nulls.isEmpty, let page = try await reader.next() { nulls = nulls.filter { page.columns[$0].hasOnlyNulls } }
    return all.filter { !nulls.contains($0) }
  }
}

extension Column {
  /// Whether every row is null.
  public var hasOnlyNulls: Bool {
    if isAllNull { return true }
    if isConstant { return slots(ofRow: 0).isEmpty }
    if let offsets { return offsets[0] == offsets[rowCount] }
    guard let nulls else { return rowCount == 0 }
    return nulls.setCount >= rowCount
  }
}
