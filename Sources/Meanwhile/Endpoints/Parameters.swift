/// The query parameters of a request, decoded, in order.
public struct Parameters: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public private(set) var pairs: [(name: String, value: String)]

  public init(_ pairs: [(name: String, value: String)] = []) {
    self.pairs = pairs
  }

  public init(dictionaryLiteral elements: (String, String)...) {
    pairs = elements.map { (name: $0.0, value: $0.1) }
  }

  public var names: [String] { pairs.map(\.name) }

  /// The last value given for a name; setting nil removes it.
  public subscript(name: String) -> String? {
    get { pairs.last { $0.name == name }?.value }
    set {
      pairs.removeAll { $0.name == name }
      if let newValue { pairs.append((name: name, value: newValue)) }
    }
  }

  /// A flag: `true`, `false`, or present with no value, which means true.
  ///
  /// - Throws: a 400 for anything else.
  public func bool(_ name: String) throws(APIError) -> Bool? {
    switch self[name] {
    case nil: nil
    case "true", "": true
    case "false": false
    case .some(let other): throw .illegalArgument("Failed to parse value [\(other)] as only [true] or [false] are allowed.")
    }
  }

  /// A whole number.
  ///
  /// - Throws: a 400 that names the parameter.
  public func int(_ name: String) throws(APIError) -> Int? {
    guard let text = self[name] else { return nil }
    guard let value = Int(text) else {
      throw .illegalArgument(
        "Failed to parse int parameter [\(name)] with value [\(text)]",
        causedBy: APIError(type: "number_format_exception", reason: "For input string: \"\(text)\"", status: 400))
    }
    return value
  }

  /// A time value such as `30s`.
  public func time(_ name: String) throws(APIError) -> TimeValue? {
    guard let text = self[name] else { return nil }
    return try TimeValue(parsing: text, setting: name)
  }

  public static func == (left: Parameters, right: Parameters) -> Bool {
    left.pairs.elementsEqual(right.pairs, by: ==)
  }

  public func hash(into hasher: inout Hasher) {
    for pair in pairs {
      hasher.combine(pair.name)
      hasher.combine(pair.value)
    }
  }
}
