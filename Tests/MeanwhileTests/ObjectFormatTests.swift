import Meanwhile
import Testing

/// How a service speaks a format besides JSON: one that writes JSON between bars, so that a test sees what became of it.
struct ObjectFormatTests {
  struct Barred: ObjectFormat {
    let name = "barred"
    let mediaTypes = ["application/barred"]

    func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
      guard bytes.first == UInt8(ascii: "|") else { throw .xContentParse("no bar", at: nil) }
      json.startObject()
      json.name("bars")
      json.number(Int64(bytes.count))
      json.endObject()
    }

    func makeEncoder() -> Encoder { Encoder() }

    struct Encoder: ObjectEncoder {
      private var json = JSONWriter()
      var bytes: [UInt8] {
        get { json.bytes }
        set { json.bytes = newValue }
      }
      mutating func startObject() {
        json.bytes.append(UInt8(ascii: "|"))
        json.startObject()
      }
      mutating func endObject() { json.endObject() }
      mutating func startArray() { json.startArray() }
      mutating func endArray() { json.endArray() }
      mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) { json.name(utf8) }
      mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) { json.string(utf8) }
      mutating func number(_ text: UnsafeBufferPointer<UInt8>) { json.number(text) }
      mutating func bool(_ value: Bool) { json.bool(value) }
      mutating func null() { json.null() }
    }
  }

  struct Echo: EndpointProvider {
    var routes: [Route] {
      [
        Route(.post, "/_echo", summary: "", body: .required) { request, _ in
          .json([
            "body": .string(String(decoding: try await request.body.collect(bytesMax: 100), as: UTF8.self)),
            "type": .string(request.headers["Content-Type"] ?? ""), "format": request.parameters["format"].map(JSONValue.string) ?? .null,
          ])
        },
        Route(.get, "/_stream", summary: "") { _, _ in
          let chunks = [#"{"a":[1,"#, #""x"],"b"#, #"":2}"#].map { Array($0.utf8) }
          return EndpointResponse(headers: ["Content-Type": "application/json"], body: .stream(ChunkStream(chunks)))
        },
        Route(.get, "/_text", summary: "") { _, _ in EndpointResponse(headers: ["Content-Type": "text/plain"], body: .bytes([0x78])) },
      ]
    }
  }

  private func send(
    _ method: EndpointRequest.Method, _ path: String, _ parameters: Parameters = [:], headers: Headers = [:], body: String? = nil
  ) async throws -> (status: Int, type: String?, text: String) {
    var builder = ServiceBuilder(taskStore: TransientTaskStore())
    builder.add(endpoints: Echo())
    builder.add(format: Barred())
    let service = try await builder.build()
    let response = await service.respond(
      to: EndpointRequest(
        method: method, path: path, parameters: parameters, headers: headers, body: body.map { ChunkStream([Array($0.utf8)]) } ?? .empty))
    return (response.status, response.headers["Content-Type"], String(decoding: try await response.collectBody(), as: UTF8.self))
  }

  @Test("A body becomes JSON before its handler sees it, and the answer is in the format that was asked in")
  func bodies() async throws {
    let answer = try await send(.post, "/_echo", headers: ["Content-Type": "application/barred"], body: "|||")
    #expect(answer == (200, "application/barred", #"|{"body":"{\"bars\":3}","type":"application/json","format":null}"#))
    let refused = try await send(.post, "/_echo", headers: ["Content-Type": "application/barred"], body: "x")
    #expect(refused.status == 400 && refused.type == "application/barred" && refused.text.contains("no bar"))
  }

  @Test(
    "The parameter goes before Accept, and that before the type of the body",
    arguments: [
      (["format": "json"], ["Accept": "application/barred"], "application/json"),
      (["format": "barred"], ["Accept": "application/json"], "application/barred"),
      ([:], ["Accept": "application/barred", "Content-Type": "application/json"], "application/barred"),
      ([:], ["Accept": "*/*", "Content-Type": "application/barred"], "application/barred"),
      (
        [:], ["Accept": "application/vnd.elasticsearch+barred; compatible-with=8"], "application/vnd.elasticsearch+barred;compatible-with=8"
      ),
    ] as [(Parameters, Headers, String)])
  func choice(_ parameters: Parameters, headers: Headers, type: String) async throws {
    #expect(try await send(.get, "/_stream", parameters, headers: headers).type == type)
  }

  @Test("A stream is rewritten as it is sent: in another format, filtered, laid out")
  func streams() async throws {
    #expect(try await send(.get, "/_stream", ["format": "barred"]).text == #"|{"a":[1,"x"],"b":2}"#)
    #expect(try await send(.get, "/_stream", ["format": "barred", "filter_path": "b"]).text == #"|{"b":2}"#)
    #expect(try await send(.get, "/_stream", ["filter_path": "-a"]).text == #"{"b":2}"#)
    #expect(try await send(.get, "/_stream", ["pretty": "", "filter_path": "b"]).text == "{\n  \"b\" : 2\n}\n")
    #expect(try await send(.get, "/_text", ["pretty": ""]).text == "x")
  }

  @Test("The source parameter is a body of the type that it says")
  func source() async throws {
    let answer = try await send(.post, "/_echo", ["source": "||", "source_content_type": "application/barred", "format": "json"])
    #expect(answer.text == #"{"body":"{\"bars\":2}","type":"application/json","format":"json"}"#)
  }

  @Test("A type that nobody reads is a 406")
  func unknown() async throws {
    #expect(try await send(.post, "/_echo", headers: ["Content-Type": "application/cbor"], body: "x").status == 406)
  }

  @Test("Errors say what led to them where they are asked")
  func traces() async throws {
    let answer = try await send(
      .post, "/_echo", ["error_trace": "true", "format": "json"], headers: ["Content-Type": "application/barred"], body: "x")
    #expect(try JSONValue.parse(answer.text)["error"]?["stack_trace"] == "x_content_parse_exception: no bar")
  }
}
