import Meanwhile
import MeanwhileData

/// Arrow's streaming format (https://arrow.apache.org/docs/format/Columnar.html): a schema, a record batch a page, the end.
///
/// Whether a column has several values in any row is part of the schema, so the table is gone over once to find out; still only a page of it is held.
public struct ArrowFormat: ResultFormat {
  public let name = "arrow"
  public let mediaTypes = ["application/vnd.apache.arrow.stream"]
  public let capabilities: ResultFormatCapabilities = []

  public init() {}

  public func contentType(_ options: ResultOptions) -> String { mediaTypes[0] }

  public func response(_ document: ResultDocument, options: ResultOptions) -> EndpointResponse {
    EndpointResponse(headers: ["Content-Type": contentType(options)], body: .stream(stream(document, options: options)))
  }

  func stream(_ document: ResultDocument, options: ResultOptions = ResultOptions()) -> ChunkStream {
    ChunkStream(of: document.table) {
      let indices = try await document.columnIndices(options)
      var columns: [ArrowColumn] = []
      for index in indices {
        let field = document.table.fields[index]
        guard let type = ArrowType(field.type) else {
          throw APIError.illegalArgument("ES|QL type [\(field.type.name)] is not supported by the Arrow format")
        }
        columns.append(ArrowColumn(name: field.name, type: type))
      }
      let reader = document.table.read()
      while let page = try await reader.next() {
        for (position, index) in indices.enumerated() where page.columns[index].hasSeveralValues { columns[position].isList = true }
      }
      return [
        TablePass(head: ArrowMessage.schema(columns), tail: ArrowMessage.end) { [columns] page, _ in
          var batch = ArrowBatch(rowCount: page.rowCount)
          for (column, index) in zip(columns, indices) { batch.append(page.columns[index], as: column) }
          return batch.message
        }
      ]
    }
  }
}

/// A column of the stream.
struct ArrowColumn: Sendable {
  var name: String
  var type: ArrowType
  /// Whether any row has several values: then every row is a list.
  var isList = false
}

extension Column {
  /// Whether some row has more than one value.
  fileprivate var hasSeveralValues: Bool {
    guard mayHaveSeveralValues else { return false }
    return (0..<(isConstant ? min(1, rowCount) : rowCount)).contains { slots(ofRow: $0).count > 1 }
  }
}
