import Meanwhile
import Testing

@testable import MeanwhileDocuments

@Suite struct FieldCapabilitiesTests {
  private let client = DocumentClient()

  private func create(_ index: String, _ properties: String) async throws {
    let answer = try await client.send(.put, "/\(index)", body: #"{"mappings":{"properties":\#(properties)}}"#)
    #expect(answer.status == 200)
  }

  @Test func `a field says what can be done with it`() async throws {
    try await create("a", #"{"t":{"type":"text"},"o":{"properties":{"k":{"type":"keyword"}}},"hidden":{"type":"long","index":false}}"#)
    let answer = try await client.send(.get, "/a/_field_caps", parameters: ["fields": "*"])
    #expect(answer.body["indices"] == ["a"])
    let fields = try #require(answer.body["fields"]?.object)
    #expect(fields.names == ["hidden", "o", "o.k", "t"])
    #expect(fields["t"]?["text"] == ["type": "text", "metadata_field": false, "searchable": true, "aggregatable": false])
    #expect(fields["o"]?["object"]?["searchable"] == false)
    #expect(fields["o.k"]?["keyword"]?["aggregatable"] == true)
    #expect(fields["hidden"]?["long"]?["searchable"] == true)
  }

  @Test func `types that differ among indices name those that have them`() async throws {
    try await create("a", #"{"f":{"type":"long"}}"#)
    try await create("b", #"{"f":{"type":"keyword"}}"#)
    try await create("c", #"{"g":{"type":"keyword"}}"#)
    let answer = try await client.send(.post, "/_field_caps", parameters: ["include_unmapped": ""], body: #"{"fields":["f"]}"#)
    let field = answer.body["fields"]?["f"]
    #expect(field?["long"]?["indices"] == ["a"] && field?["keyword"]?["indices"] == ["b"] && field?["unmapped"]?["indices"] == ["c"])
  }

  @Test(arguments: [("{}", "action_request_validation_exception"), (#"{"feilds":"*"}"#, "x_content_parse_exception")])
  func `what cannot be asked is refused`(_ body: String, type: String) async throws {
    try await create("a", "{}")
    let answer = try await client.send(.post, "/a/_field_caps", body: body)
    #expect(answer.status == 400 && answer.body["error"]?["type"]?.string == type)
  }
}
