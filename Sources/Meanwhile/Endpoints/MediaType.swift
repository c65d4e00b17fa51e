/// A media type as `Accept` and `Content-Type` carry it: `type/subtype; name=value`.
public struct MediaType: Sendable, Hashable {
  /// Lowercase, such as `application/json`.
  public var name: String
  /// Names in lowercase.
  public var parameters: [String: String]

  /// Reads a header's value; of a list, the first type.
  public init?(_ text: String) {
    if text == "application/json" {
      // What nearly every request says.
      name = text
      parameters = [:]
      return
    }
    let first = text.prefix { $0 != "," }
    let parts = first.split(separator: ";").map { $0.trimmed() }
    guard let name = parts.first, name.split(separator: "/").count == 2 else { return nil }
    self.name = name.lowercased()
    parameters = [:]
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmed() }
      guard pair.count == 2 else { continue }
      parameters[pair[0].lowercased()] = pair[1].hasPrefix("\"") ? String(pair[1].dropFirst().dropLast()) : pair[1]
    }
  }

  /// Whether it is one of Elasticsearch's own, which carry the version that the client speaks.
  public var isVendor: Bool { name.drop { $0 != "/" }.hasPrefix("/vnd.elasticsearch+") }

  /// The plain type: `application/json` for `application/vnd.elasticsearch+json`.
  public var plainName: String {
    isVendor ? name.split(separator: "/")[0] + "/" + name.split(separator: "+")[1...].joined(separator: "+") : name
  }

  /// The version that a vendor type asks for.
  public var compatibleVersion: String? { parameters["compatible-with"] }
}

/// What a request's `Accept` and `Content-Type` say of the version that the client speaks.
enum MediaTypes {
  private static let versions = ["9", "8"]

  /// - Parameter hasBody: then both headers must ask for the same version.
  /// - Throws: a 400, `media_type_header_exception`.
  static func check(_ request: EndpointRequest, hasBody: Bool) throws(APIError) {
    let accept = request.headers["Accept"]
    let contentType = request.headers["Content-Type"]
    let accepted = accept.flatMap { MediaType($0) }
    let content = contentType.flatMap { MediaType($0) }
    for (role, type) in [("Accept", accepted), ("Content-Type", content)] {
      guard let type, type.isVendor, !Self.versions.contains(type.compatibleVersion ?? "9") else { continue }
      throw Self.failure(
        "\(role) version must be either version 9 or 8, but found \(type.compatibleVersion ?? ""). "
          + "\(role)=\(role == "Accept" ? accept ?? "" : contentType ?? "")")
    }
    let asksForVersion = accepted?.compatibleVersion != nil || content?.compatibleVersion != nil
    if hasBody, asksForVersion, accept != nil, accept != "*/*", accepted?.compatibleVersion != content?.compatibleVersion {
      throw Self.failure(
        "A compatible version is required on both Content-Type and Accept headers if either one has requested a compatible version and the "
          + "compatible versions must match. Accept=\(accept ?? "null"), Content-Type=\(contentType ?? "null")")
    }
  }

  private static func failure(_ reason: String) -> APIError {
    APIError(
      type: "media_type_header_exception", reason: "Invalid media-type value on headers [Content-Type, Accept]", status: 400,
      causedBy: APIError(type: "status_exception", reason: reason, status: 400))
  }

  /// The types of bodies that are JSON, or lines of it.
  static let json: Set<String> = ["application/json", "application/x-ndjson"]
}
