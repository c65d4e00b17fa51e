import Meanwhile

/// One field of a mapping, compiled for reading documents: what to do with the value that a document has there.
final class FieldNode {
  enum Kind {
    case object
    case leaf
    /// Read over: the value stays in the source alone.
    case skipped
    /// An alias, which cannot be written.
    case alias
  }

  let kind: Kind
  /// Dotted; empty for the root.
  let path: String
  let dynamic: Mapping.Dynamic
  let writer: FieldWriter?
  /// The object in which this field was last seen, to find names that come twice.
  @exclusivity(unchecked) var lastObject = 0

  /// Children by the names that documents use for them, dotted ones included.
  private let names = ByteStringTable()
  @exclusivity(unchecked) private var children: [FieldNode] = []
  /// The child that the last document had in each place, -1 for none: documents of one kind have their members in one order.
  @exclusivity(unchecked) private var order: [Int32] = []
  /// For each child, whether its name stands in documents as it is, with no escapes.
  @exclusivity(unchecked) private var isPlain: [Bool] = []

  init(kind: Kind, path: String, dynamic: Mapping.Dynamic = .false, writer: FieldWriter? = nil) {
    self.kind = kind
    self.path = path
    self.dynamic = dynamic
    self.writer = writer
  }

  func add(_ child: FieldNode, named name: UnsafeBufferPointer<UInt8>) {
    let ordinal = Int(names.ordinal(of: name))
    guard ordinal == children.count else {
      children[ordinal] = child
      return
    }
    children.append(child)
    isPlain.append(!name.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C })
  }

  /// Names that are remembered, fields or not, so that a stream of ever new names does not fill the memory.
  static let namesMax = 10_000
  var hasRoom: Bool { children.count < Self.namesMax }

  /// The child whose name stands in the text just here, quotes included, if it is the one that stood in this place last time.
  @inline(__always)
  func guess(at place: Int, _ cursor: inout JSONCursor) -> FieldNode? {
    guard place < order.count, order[place] >= 0 else { return nil }
    let ordinal = Int(order[place])
    let start = Int(names.strings.offsets[ordinal])
    let length = Int(names.strings.offsets[ordinal + 1]) - start
    let nameAt = cursor.at + 1
    guard nameAt + length < cursor.end, cursor.base[nameAt + length] == 0x22 else { return nil }
    let name = names.strings.bytes.buffer
    for index in 0..<length where name[start + index] != cursor.base[nameAt + index] { return nil }
    cursor.at = nameAt + length + 1
    return children[ordinal]
  }

  /// The child of a name, which is then expected in this place.
  func child(named name: UnsafeBufferPointer<UInt8>, at place: Int) -> FieldNode? {
    guard let ordinal = names.find(name) else { return nil }
    while order.count <= place, place < Self.namesMax { order.append(-1) }
    if place < order.count { order[place] = isPlain[ordinal] ? Int32(truncatingIfNeeded: ordinal) : -1 }
    return children[ordinal]
  }
}
