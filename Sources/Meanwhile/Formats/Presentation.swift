/// How a response is to look: the format that its request asked for, what of it is kept, and how it is laid out.
struct Presentation: Sendable {
  /// Nil for JSON.
  let format: (any ObjectFormat)?
  /// The `Content-Type` of what is said in JSON, or in another format instead.
  let contentType: String
  private let isPretty: Bool
  private let filter: Result<FilterPath, APIError>?
  /// Whether errors say what led to them.
  let tracesErrors: Bool

  /// - Parameter formats: those besides JSON.
  init(of request: EndpointRequest, among formats: [any ObjectFormat]) {
    let accept = request.headers["Accept"].flatMap { MediaType($0) }
    let asked = request.parameters["format"]?.lowercased()
    if let asked {
      format = formats.first { $0.name == asked }
    } else if let accept, accept.name != "*/*" {
      format = formats.format(of: accept)
    } else {
      format = request.headers["Content-Type"].flatMap { MediaType($0) }.flatMap { formats.format(of: $0) }
    }
    let name = format?.name ?? "json"
    if accept?.isVendor == true, asked == nil || asked == "json" {
      contentType = "application/vnd.elasticsearch+\(name);compatible-with=\(accept?.compatibleVersion ?? "9")"
    } else {
      contentType = format?.mediaTypes.first ?? "application/json"
    }
    isPretty = request.parameters["pretty"].map { $0 != "false" } ?? false
    filter = request.parameters["filter_path"].flatMap { text in
      text.isEmpty ? nil : Result { () throws(APIError) in try FilterPath(text) }
    }
    tracesErrors = request.parameters["error_trace"].map { $0 != "false" } ?? false
  }

  /// - Throws: `illegal_argument_exception` where it cannot be so.
  func check() throws(APIError) { _ = try filter?.get() }

  /// The request as its handler sees it: what asks for a format that the handler does not write asks for JSON.
  func hidden(from request: EndpointRequest) -> EndpointRequest {
    guard format != nil else { return request }
    var request = request
    if request.parameters["format"] != nil { request.parameters["format"] = "json" }
    if request.headers["Accept"].map({ $0 != "*/*" }) == true { request.headers["Accept"] = "application/json" }
    return request
  }

  /// A body as it is to look, if it is JSON. What is made as it is sent stays so.
  func present(_ body: EndpointResponse.Body, isError: Bool) -> EndpointResponse.Body {
    let filter = isError ? nil : try? filter?.get()
    guard format != nil || isPretty || filter != nil else {
      if case .json(let value) = body { return .bytes(value.encoded()) }
      return body
    }
    if let format { return rewrite(body, filter, by: format.makeEncoder()) }
    return rewrite(body, filter, by: JSONWriter(style: isPretty ? .pretty : .compact), end: isPretty ? [UInt8(ascii: "\n")] : [])
  }

  /// - Parameter encoder: a new one; being a value, it serves every reading of a stream.
  private func rewrite(
    _ body: EndpointResponse.Body, _ filter: FilterPath?, by encoder: some ObjectEncoder, end: [UInt8] = []
  ) -> EndpointResponse.Body {
    guard let filter else { return Self.rewrite(body, by: encoder, end) }
    return Self.rewrite(body, by: FilteringEncoder(encoder, filter), end)
  }

  private static func rewrite(_ body: EndpointResponse.Body, by encoder: some ObjectEncoder, _ end: [UInt8]) -> EndpointResponse.Body {
    func whole(_ json: [UInt8]) -> EndpointResponse.Body {
      var tokenizer = JSONTokenizer(encoder)
      tokenizer.read(json, isLast: true)
      return .bytes(tokenizer.encoder.bytes + end)
    }
    switch body {
    case .none: return body
    case .json(let value): return whole(value.encoded())
    case .bytes(let json): return whole(json)
    case .stream(let stream): return .stream(stream.transcoded(by: encoder, end: end))
    }
  }
}

extension [any ObjectFormat] {
  /// The one that a media type asks for, vendor types among them.
  func format(of type: MediaType) -> (any ObjectFormat)? {
    first { $0.mediaTypes.contains(type.plainName) }
  }
}
