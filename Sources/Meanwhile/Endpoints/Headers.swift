/// Header fields of a request or a response: ordered, repeatable, names compared without case (RFC 9110, section 5).
public struct Headers: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var fields: [Field]

  public init(_ fields: [Field] = []) {
    self.fields = fields
  }

  public init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of a name; setting replaces all values of that name, setting nil removes them.
  public subscript(name: String) -> String? {
    get { fields.first { Self.same($0.name, name) }?.value }
    set {
      fields.removeAll { Self.same($0.name, name) }
      if let newValue { fields.append(Field(name: name, value: newValue)) }
    }
  }

  /// Adds a value beside those that are there.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  public mutating func add(contentsOf other: Headers) {
    fields.append(contentsOf: other.fields)
  }

  /// Adds how long a phase of the answering took, as `Server-Timing` has it, in milliseconds (https://www.w3.org/TR/server-timing/).
  mutating func addTiming(_ phase: String, nanoseconds: UInt64) {
    let micros = nanoseconds / 1_000
    let fraction = String(micros % 1_000)
    let entry = "\(phase);dur=\(micros / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    self["Server-Timing"] = self["Server-Timing"].map { "\($0), \(entry)" } ?? entry
  }

  public func all(_ name: String) -> [String] {
    fields.filter { Self.same($0.name, name) }.map(\.value)
  }

  /// Names of fields are ASCII.
  private static func same(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    var others = right.utf8.makeIterator()
    for byte in left.utf8 {
      guard let other = others.next(), byte == other || lowercased(byte) == lowercased(other) else { return false }
    }
    return true
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
  }
}
