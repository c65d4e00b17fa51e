import Meanwhile

/// The formats a service can answer in, and how a request chooses among them: the `format` parameter, else `Accept`, else `Content-Type`.
public struct ResultFormats: Sendable {
  public private(set) var all: [any ResultFormat]

  /// JSON, CSV, TSV and text tables.
  public static let standard = ResultFormats([JSONFormat(), DelimitedFormat.csv, DelimitedFormat.tsv, TextTableFormat()])

  public init(_ formats: [any ResultFormat]) { all = formats }

  /// These and a plugin's.
  public func adding(_ format: some ResultFormat) -> ResultFormats { ResultFormats(all + [format]) }

  public subscript(name: String) -> (any ResultFormat)? { all.first { $0.name == name.lowercased() } }

  /// What a request asked for.
  public struct Choice: Sendable {
    public var format: any ResultFormat
    /// With the header and the vendor type that `Accept` asked for, and the delimiter of the `delimiter` parameter.
    public var options: ResultOptions
  }

  /// The format of the response to a request.
  ///
  /// - Parameters:
  ///   - fallback: the name of the format where nothing usable was asked for; nil makes that an error, as submitting a query has it.
  ///   - path: the endpoint, for the text of errors.
  /// - Throws: `illegal_argument_exception` for a format or delimiter that cannot be.
  public func choose(for request: EndpointRequest, fallback: String? = nil, path: String? = nil) throws(APIError) -> Choice {
    let asked = request.parameters["format"]
    let accept = request.headers["Accept"]
    let contentType = request.headers["Content-Type"]
    var options = ResultOptions()
    let format = find(asked: asked, accept: accept, contentType: contentType, options: &options) ?? fallback.flatMap { self[$0] }
    guard let format else {
      throw .illegalArgument(
        "Invalid request content type: Accept=[\(accept ?? "null")], Content-Type=[\(contentType ?? "null")], format=[\(asked ?? "null")]")
    }
    try readDelimiter(of: request, format, path ?? request.path, into: &options)
    return Choice(format: format, options: options)
  }

  private func find(asked: String?, accept: String?, contentType: String?, options: inout ResultOptions) -> (any ResultFormat)? {
    if let asked { return self[asked] }
    // A list is not negotiated, and `*/*` asks for nothing.
    if let accept = accept.map(MediaType.init), accept.essence != "*/*", !accept.isList {
      guard let format = format(of: accept), Self.areUsable(accept.parameters) else { return nil }
      options.hasHeader = accept.parameters["header"] != "absent"
      if accept.essence.contains("vnd.elasticsearch+"), format.capabilities.contains(.members) {
        options.vendorContentType = "\(accept.essence);compatible-with=\(accept.parameters["compatible-with"] ?? "9")"
      }
      return format
    }
    guard let contentType else { return nil }
    return format(of: MediaType(contentType))
  }

  /// Whether a media type's parameters ask for nothing that cannot be.
  private static func areUsable(_ parameters: [String: String]) -> Bool {
    parameters.allSatisfy { name, value in
      switch name {
      case "header": value == "present" || value == "absent"
      case "charset": value.lowercased() == "utf-8"
      default: true
      }
    }
  }

  private func format(of type: MediaType) -> (any ResultFormat)? {
    all.first { $0.mediaTypes.contains(type.essence) }
  }

  private func readDelimiter(
    of request: EndpointRequest, _ format: any ResultFormat, _ path: String, into options: inout ResultOptions
  ) throws(APIError) {
    guard let text = request.parameters["delimiter"] else { return }
    guard format.capabilities.contains(.delimiter) else {
      throw .illegalArgument("parameter: [delimiter] can only be used with the format [csv] for request [\(path)]")
    }
    let bytes = Array(text.utf8)
    switch bytes.count {
    case 0: throw .illegalArgument("invalid empty delimiter []")
    case 1: options.delimiter = try Self.checked(bytes[0], text)
    default: throw .illegalArgument("invalid multi-character delimiter [\(text)]")
    }
  }

  private static func checked(_ delimiter: UInt8, _ text: String) throws(APIError) -> UInt8 {
    switch delimiter {
    case UInt8(ascii: "\""), 0x0A, 0x0D: throw .illegalArgument("illegal reserved character specified as delimiter [\(text)]")
    case 0x09:
      throw .illegalArgument("illegal delimiter [TAB] specified as delimiter for the [csv] format; choose the [tsv] format instead")
    default: return delimiter
    }
  }
}

extension ResultFormats.Choice {
  /// Refuses an argument that only object formats can answer to.
  ///
  /// - Throws: `illegal_argument_exception` when the format is none.
  public func requireMembers(for argument: String) throws(APIError) {
    guard !format.capabilities.contains(.members) else { return }
    throw .illegalArgument("Invalid use of [\(argument)] argument: cannot be used in combination with [txt, csv, tsv] formats")
  }
}

/// A media type of a header: `text/csv; header=absent`.
struct MediaType {
  /// Lowercase, without parameters.
  let essence: String
  /// Names lowercase.
  let parameters: [String: String]
  let isList: Bool

  init(_ text: String) {
    guard text.utf8.contains(where: { !(UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == UInt8(ascii: "/")) }) else {
      // What nearly every request says: nothing to take apart.
      essence = text
      parameters = [:]
      isList = false
      return
    }
    let parts = text.split(separator: ";", omittingEmptySubsequences: true).map { Self.trimmed($0) }
    essence = (parts.first ?? "").lowercased()
    var found: [String: String] = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { found[Self.trimmed(pair[0]).lowercased()] = Self.trimmed(pair[1]) }
    }
    parameters = found
    isList = text.contains(",")
  }

  private static func trimmed(_ text: Substring) -> String {
    let isKept: (UInt8) -> Bool = { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\"") }
    guard let first = text.utf8.firstIndex(where: isKept), let last = text.utf8.lastIndex(where: isKept) else { return "" }
    return String(text[first...last])
  }
}
