#if CLI
import Meanwhile
import Testing

@testable import MeanwhileCommandLine

@Suite("Tasks of the command line")
struct TaskSummaryTests {
  static let paths: [(dialect: String, path: String)] = [
    ("esql", "/_query/async/a%3D"), ("eql", "/_eql/search/a%3D"), ("async_search", "/_async_search/a%3D"),
    ("opensearch", "/_plugins/_asynchronous_search/a%3D"), ("mine", "/_mine/async/a%3D"),
  ]

  @Test("Each dialect keeps its tasks at its own path", arguments: paths)
  func path(_ dialect: String, _ path: String) throws {
    let task = TaskSummary(["status": ["request_id": "a=", "dialect": .string(dialect)]])
    #expect(try task.path() == path)
  }

  @Test(
    "A task is stopped where its API can",
    arguments: [("esql", "/_query/async/a%3D/stop"), ("mine", "/_mine/async/a%3D/stop"), ("eql", nil)])
  func stop(_ dialect: String, _ path: String?) throws {
    let task = TaskSummary(["status": ["request_id": "a=", "dialect": .string(dialect)]])
    guard let path else {
      #expect(throws: CommandFailure.self) { try task.stopPath() }
      return
    }
    #expect(try task.stopPath() == path)
  }

  @Test("A synchronous query has no path")
  func synchronous() {
    #expect(throws: CommandFailure.self) { try TaskSummary(["status": ["dialect": "esql"]]).path() }
  }
}
#endif
