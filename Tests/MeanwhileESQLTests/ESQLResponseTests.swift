import Meanwhile
import MeanwhileData
import Testing

@testable import MeanwhileESQL

/// What is written of a query that runs and has some rows already.
@Suite("Responses of running ES|QL queries")
struct ESQLResponseTests {
  let partial = ESQLOutput(
    table: Table(
      fields: [.init(name: "n", type: .long)],
      pages: [Page(rowCount: 3, columns: [ColumnBuilder.column(of: [.long(1), .long(2), .long(3)], type: .long)])]),
    isPartial: false, documentsFound: 7, valuesLoaded: 8, warnings: ["careful"])

  func respond(_ partial: ESQLOutput?, _ parameters: Parameters = [:]) async throws -> (body: String, headers: Headers) {
    let id = TaskID(document: "cIEFuafBSwGcPH9HZzuRFA", node: "iqegxxsTSXShp7gcaRhDgQ", number: 1)
    let view = TaskView(
      id: id, state: .running, submitted: Timestamp(milliseconds: 10), completed: nil, expires: Timestamp(milliseconds: 20),
      elapsed: .milliseconds(5), progress: QueryProgress.Reading(), description: "", isAsynchronous: true, now: Timestamp(milliseconds: 15))
    let request = EndpointRequest(.get, "/_query/async/\(id)", parameters: parameters)
    let response = try ESQLResponse(view, request, .standard).running(partial)
    return (String(decoding: try await response.collectBody(), as: UTF8.self), response.headers)
  }

  @Test("have the rows so far, and say that there may be more")
  func rows() async throws {
    let (text, headers) = try await respond(partial)
    let body = try JSONValue.parse(text)
    #expect(
      body.object?.names == [
        "id", "is_running", "is_partial", "documents_found", "values_loaded", "start_time_in_millis", "expiration_time_in_millis",
        "columns",
        "values",
      ])
    #expect(body["is_running"] == true)
    #expect(body["is_partial"] == true)
    #expect(body["documents_found"] == 7)
    #expect(body["values"] == [[1], [2], [3]])
    #expect(headers.all("Warning").count == 1)
  }

  @Test("are tables in text formats, and can be paged through")
  func formats() async throws {
    #expect(try await respond(partial, ["format": "csv"]).body == "n\r\n1\r\n2\r\n3\r\n")
    let (page, headers) = try await respond(partial, ["format": "tsv", "offset": "1", "limit": "1"])
    #expect(page == "n\n2\n")
    #expect(headers["X-Meanwhile-Rows-Total"] == "3")
  }

  @Test("have no rows, and do not say whether they are partial, where none were asked for")
  func nothing() async throws {
    let body = try JSONValue.parse(try await respond(nil).body)
    #expect(body["is_partial"] == nil)
    #expect(body["values"] == [])
  }
}
