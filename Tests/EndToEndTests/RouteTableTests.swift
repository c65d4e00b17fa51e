#if HTTP && CLI && Metrics && YAML
import Foundation
import Meanwhile
import Testing

/// `Plugins/Endpoints/OpenAPI/OpenAPI.docc/Endpoints.md` is made from the routes of the program, and here it is made again.
@Suite struct RouteTableTests {
  private static let file = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Plugins/Endpoints/OpenAPI/OpenAPI.docc/Endpoints.md").standardizedFileURL

  @Test("The table of endpoints says what the program answers")
  func isCurrent() async throws {
    try await withServer { client in
      let document = try await client.get("/_openapi.json").json
      let table = Self.text(of: document)
      if ProcessInfo.processInfo.environment["MEANWHILE_WRITE_DOCUMENTATION"] != nil { try Data(table.utf8).write(to: Self.file) }
      let written = String(decoding: try Data(contentsOf: Self.file), as: UTF8.self)
      #expect(
        written == table,
        "OpenAPI.docc/Endpoints.md is stale: MEANWHILE_WRITE_DOCUMENTATION=1 swift test --traits Server --filter RouteTableTests makes it anew"
      )
    }
  }

  private static func text(of document: JSONValue) -> String {
    let common = document["components"]?["parameters"]?.object?.names ?? []
    var text = """
      # What the server answers

      Made from the routes of the program, which `GET /_openapi.json` gives to tools. `MEANWHILE_WRITE_DOCUMENTATION=1 swift test --traits Server --filter
      RouteTableTests` makes it anew, and that test fails where it is stale.

      Every endpoint takes \(common.map { "`\($0)`" }.joined(separator: ", ")) besides its own parameters, and refuses any other by name. Every body, and every answer
      that is JSON, may as well be YAML, CBOR or Smile. `HEAD` answers wherever `GET` does.

      | Endpoint | Does | Parameters | Body | Answers in, besides | Privilege |
      | --- | --- | --- | --- | --- | --- |

      """
    for path in document["paths"]?.object?.members ?? [] {
      for operation in path.value.object?.members ?? [] where operation.name != "parameters" {
        text += row(operation.name.uppercased() + " " + path.name, operation.value) + "\n"
      }
    }
    return text
  }

  private static func row(_ endpoint: String, _ operation: JSONValue) -> String {
    let parameters = (operation["parameters"]?.array ?? []).compactMap { $0["name"]?.string }
    let body = operation["requestBody"].map { $0["required"] == true ? "required" : "optional" } ?? ""
    let types = (operation["responses"]?["2XX"]?["content"]?.object?.names ?? []).filter { !objectTypes.contains($0) }
    let cells = [
      code([endpoint]), (operation["summary"]?.string ?? "").replacing("|", with: "\\|"), code(parameters), body, code(types),
      code([operation["x-privilege"]?.string].compactMap { $0 }),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private static let objectTypes: Set<String> = ["application/json", "application/yaml", "application/cbor", "application/smile"]

  private static func code(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}
#endif
