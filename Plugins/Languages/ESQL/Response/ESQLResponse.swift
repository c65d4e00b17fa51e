import Meanwhile
import MeanwhileData

/// Writes responses: what stands around a table, and the table in the format that the request asks for.
struct ESQLResponse {
  private let view: TaskView
  private let request: EndpointRequest
  private let choice: ResultFormats.Choice

  /// - Throws: `illegal_argument_exception` for options that the format does not take.
  init(_ view: TaskView, _ request: EndpointRequest, _ formats: ResultFormats) throws(APIError) {
    self.view = view
    self.request = request
    choice = try formats.choose(for: request, fallback: "json")
  }

  /// A query that still runs: no rows yet, or those that it has so far. What a text format cannot say is in the headers.
  func running(_ partial: ESQLOutput?) throws -> EndpointResponse {
    guard let partial else {
      let head = head(isPartial: nil, documentsFound: 0, valuesLoaded: 0, rowsTotal: nil)
      return choice.format.response(ResultDocument(head: head, table: TableStream(Table(fields: []))), options: choice.options)
    }
    return try response(partial, isPartial: true)
  }

  /// A finished query; also of a synchronous call.
  func finished(_ output: ESQLOutput) throws -> EndpointResponse {
    try response(output, isPartial: output.isPartial)
  }

  private func response(_ output: ESQLOutput, isPartial: Bool) throws -> EndpointResponse {
    var options = choice.options
    options.isColumnar = output.presentation.isColumnar
    options.dropsNullColumns = try request.parameters.bool("drop_null_columns") ?? false
    if output.presentation.timeZone != "UTC" { options.zone = TimeZoneRules(id: output.presentation.timeZone) }
    var tail = JSONObject()
    if output.presentation.includesClusters { tail.append("_clusters", clusters) }
    if output.presentation.includesProfile { tail.append("profile", output.profile ?? ["drivers": [], "plans": []]) }
    let window = try ResultWindow(of: request)
    let rowsTotal = window == nil ? nil : output.table.rowCount
    let head = head(
      isPartial: isPartial, documentsFound: output.documentsFound, valuesLoaded: output.valuesLoaded, rowsTotal: rowsTotal)
    let table = window?.rows(of: output.table) ?? output.table
    var response = choice.format.response(ResultDocument(head: head, table: table, tail: tail), options: options)
    // Where the format has no members, a header says how much there is to page through.
    if let rowsTotal { response.headers["X-Meanwhile-Rows-Total"] = String(rowsTotal) }
    response.headers["Took-nanos"] = String(view.elapsed.nanoseconds)
    for text in output.warnings {
      response.headers.add("Warning", "299 \(output.presentation.warningAgent) \"\(Self.quoted(text))\"")
    }
    return response
  }

  /// What stands in front of the table, in the order of the wire format.
  ///
  /// - Parameters:
  ///   - isPartial: nil while there is nothing that could be.
  ///   - rowsTotal: the rows of the whole result, where a part of it is given.
  private func head(isPartial: Bool?, documentsFound: Int, valuesLoaded: Int, rowsTotal: Int?) -> JSONObject {
    var head = JSONObject()
    if view.isAsynchronous {
      if let id = view.id { head.append("id", .string(id.encoded)) }
      head.append("is_running", .bool(view.isRunning))
    }
    if !view.isRunning { head.append("took", .integer(view.elapsed.milliseconds)) }
    if let isPartial { head.append("is_partial", .bool(isPartial)) }
    if !view.isRunning {
      append("completion_time", view.submitted.advanced(by: view.elapsed).milliseconds, to: &head)
    }
    head.append("documents_found", .integer(Int64(documentsFound)))
    head.append("values_loaded", .integer(Int64(valuesLoaded)))
    if let rowsTotal { head.append("rows_total", .integer(Int64(rowsTotal))) }
    appendTimes(to: &head)
    return head
  }

  private func appendTimes(to head: inout JSONObject) {
    append("start_time", view.submitted.milliseconds, to: &head)
    append("expiration_time", view.expires.milliseconds, to: &head)
  }

  /// A moment in milliseconds, behind a readable twin for those who ask for it.
  private func append(_ name: String, _ milliseconds: Int64, to head: inout JSONObject) {
    if (try? request.parameters.bool("human")) == true { head.append(name, .string(ISODate.text(millis: milliseconds))) }
    head.append(name + "_in_millis", .integer(milliseconds))
  }

  /// There is one cluster, and it answered.
  private var clusters: JSONValue {
    [
      "total": 1, "successful": 1, "running": 0, "skipped": 0, "partial": 0, "failed": 0,
      "details": ["(local)": ["status": "successful", "took": .integer(view.elapsed.milliseconds)]],
    ]
  }

  /// A warning's text: quotes and backslashes escaped; percent signs and what is not printable ASCII percent-encoded.
  static func quoted(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "%"), 0..<0x20, 0x7F...: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
