/// A task's number on its node: 1, 2, 3 … across restarts, never used twice.
public typealias TaskNumber = UInt64

/// The id of an asynchronous query, as clients know it.
///
/// On the wire it is what Elasticsearch uses: URL-safe Base64, padded, of a length-prefixed document id (22 characters, 128 random bits) followed
/// by a length-prefixed `node:number`. Clients treat it as opaque; the random bits make it unguessable, the number finds it.
public struct TaskID: Sendable, Hashable, CustomStringConvertible {
  /// 22 characters of URL-safe Base64: 128 random bits.
  public let document: String
  /// 22 characters that name the server.
  public let node: String
  public let number: TaskNumber
  /// What clients see.
  public let encoded: String

  public init(document: String, node: String, number: TaskNumber) {
    self.init(document: document, node: node, number: number, encoded: Self.encode(document: document, task: "\(node):\(number)"))
  }

  private init(document: String, node: String, number: TaskNumber, encoded: String) {
    self.document = document
    self.node = node
    self.number = number
    self.encoded = encoded
  }

  /// An id that nobody can guess.
  public init(node: String, number: TaskNumber, random: any RandomSource) {
    self.init(document: Self.randomName(random), node: node, number: number)
  }

  /// 22 characters of URL-safe Base64 out of 128 random bits: what names documents, nodes and clusters.
  public static func randomName(_ random: any RandomSource) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16)
    for word in [random.next(), random.next()] {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return Base64.encode(bytes, isPadded: false)
  }

  public var description: String { encoded }

  /// `node:number`, the id in task listings.
  public var task: String { "\(node):\(number)" }
}

// MARK: - The wire format

extension TaskID {
  /// Reads what a client sent back, percent-decoded; missing padding is forgiven.
  ///
  /// - Throws: a 400 that names what was given.
  public init(parsing given: String) throws(APIError) {
    guard let bytes = Base64.decode(given) else { throw Self.invalid(given, because: "Illegal base64 character or length") }
    var rest = bytes[...]
    guard let document = Self.takeString(from: &rest), !document.isEmpty, let task = Self.takeString(from: &rest) else {
      throw Self.invalid(given, because: "unexpected end of the id")
    }
    guard rest.isEmpty else { throw Self.invalid(given, because: "[\(rest.count)] bytes follow the end of the id") }
    let (node, number) = try Self.parseTask(task)
    // Nearly always it comes back as it was given out: two lengths of a byte each, and padding.
    if given.utf8.count.isMultiple(of: 4), bytes.count == 2 + document.utf8.count + task.utf8.count, task == "\(node):\(number)" {
      self.init(document: document, node: node, number: number, encoded: given)
    } else {
      self.init(document: document, node: node, number: number)
    }
  }

  /// Reads the `node:number` of a task listing.
  ///
  /// - Throws: a 400, `malformed task id …`.
  public static func parseTask(_ text: String) throws(APIError) -> (node: String, number: TaskNumber) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), colon != text.startIndex else {
      throw .illegalArgument("malformed task id \(text)")
    }
    let digits = text[text.utf8.index(after: colon)...]
    guard digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = TaskNumber(digits) else {
      throw .illegalArgument("malformed task id \(text)")
    }
    return (String(text[..<colon]), number)
  }

  private static func invalid(_ given: String, because reason: String) -> APIError {
    .illegalArgument(
      "invalid id: [\(given)]", causedBy: APIError(type: "illegal_argument_exception", reason: reason, status: 400))
  }

  private static func encode(document: String, task: String) -> String {
    var bytes: [UInt8] = []
    for part in [document, task] {
      var length = part.utf8.count
      while length > 0x7F {
        bytes.append(UInt8(length & 0x7F) | 0x80)
        length >>= 7
      }
      bytes.append(UInt8(length))
      bytes.append(contentsOf: part.utf8)
    }
    return Base64.encode(bytes, isPadded: true)
  }

  /// A string behind its length in bytes, a variable-length integer of seven bits a byte.
  private static func takeString(from rest: inout ArraySlice<UInt8>) -> String? {
    var length = 0
    for shift in stride(from: 0, through: 14, by: 7) {
      guard let byte = rest.popFirst() else { return nil }
      length |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { break }
      if shift == 14 { return nil }
    }
    guard rest.count >= length else { return nil }
    defer { rest = rest.dropFirst(length) }
    let bytes = rest.prefix(length)
    // Ids that were made here are ASCII.
    return bytes.allSatisfy { $0 < 0x80 } ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
  }
}
