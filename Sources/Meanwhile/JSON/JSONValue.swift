/// A JSON value (RFC 8259) on the control plane: request bodies, settings, error envelopes, listings.
///
/// Documents on their way into an index and results on their way out never become `JSONValue`s: they stay bytes.
/// Objects keep the order of their members, since the order of a response's fields is part of a wire format.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number without fraction or exponent that fits in 64 signed bits.
  case integer(Int64)
  /// A whole number above `Int64.max` that fits in 64 unsigned bits.
  case unsigned(UInt64)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

/// A place in a JSON text, 1-based, as error messages write it: `[line:column]`.
public struct JSONLocation: Sendable, Hashable {
  public var line: Int
  public var column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// The members of a JSON object, in order. Of a repeated name, the last one counts, as in most readers.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
    /// Where the member's value starts in the text it was read from; nil for a value that was made, not read.
    public var location: JSONLocation?

    public init(name: String, value: JSONValue, location: JSONLocation? = nil) {
      self.name = name
      self.value = value
      self.location = location
    }

    public static func == (left: Member, right: Member) -> Bool {
      left.name == right.name && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
      hasher.combine(name)
      hasher.combine(value)
    }
  }

  public private(set) var members: [Member]

  public init(_ members: [Member] = []) {
    self.members = members
  }

  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    members = elements.map { Member(name: $0.0, value: $0.1) }
  }

  public var isEmpty: Bool { members.isEmpty }
  public var count: Int { members.count }
  public var names: [String] { members.map(\.name) }

  /// The value of a member; setting nil removes it, setting a new name appends it.
  public subscript(name: String) -> JSONValue? {
    get { members.last { $0.name == name }?.value }
    set {
      if let newValue {
        if let index = members.lastIndex(where: { $0.name == name }) {
          members[index].value = newValue
        } else {
          members.append(Member(name: name, value: newValue))
        }
      } else {
        members.removeAll { $0.name == name }
      }
    }
  }

  public mutating func append(_ name: String, _ value: JSONValue, location: JSONLocation? = nil) {
    members.append(Member(name: name, value: value, location: location))
  }

  public func location(of name: String) -> JSONLocation? {
    members.last { $0.name == name }?.location
  }
}

// MARK: - Looking inside

extension JSONValue {
  public var isNull: Bool { self == .null }

  public var string: String? {
    if case .string(let value) = self { return value }
    return nil
  }

  public var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// A whole number that fits; a double with no fraction counts as one.
  public var int: Int64? {
    switch self {
    case .integer(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  /// Any number, as a double.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  public var array: [JSONValue]? {
    if case .array(let value) = self { return value }
    return nil
  }

  public var object: JSONObject? {
    if case .object(let value) = self { return value }
    return nil
  }

  /// A member of an object; nil where this is no object or has no such member.
  public subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(nilLiteral: ()) { self = .null }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
  }
}
