/// A column's name: its parts between dots, unquoted.
struct NameSyntax: Sendable, Hashable, CustomStringConvertible {
  /// The whole name, parts joined by dots.
  var text: String
  var range: SourceRange

  init(text: String, range: SourceRange) {
    self.text = text
    self.range = range
  }

  var description: String { text }
}

/// A column's name with wildcards: what KEEP and DROP take.
struct NamePatternSyntax: Sendable, Hashable, CustomStringConvertible {
  enum Piece: Sendable, Hashable {
    /// Stands for itself; what was quoted is never a wildcard.
    case text(String)
    /// `*`: any run of characters, of none too.
    case anything
  }

  var pieces: [Piece]
  var range: SourceRange

  init(pieces: [Piece], range: SourceRange) {
    self.pieces = pieces
    self.range = range
  }

  /// The name this is when it has no wildcard.
  var name: String? {
    var name = ""
    for piece in pieces {
      guard case .text(let text) = piece else { return nil }
      name += text
    }
    return name
  }

  /// Whether it is `*` alone.
  var isEverything: Bool { pieces == [.anything] }

  var description: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .anything: "*"
      }
    }.joined()
  }

  /// Whether a name matches: first piece at the front, last at the back, the others in order between.
  func matches(_ name: String) -> Bool {
    if let literal = self.name { return literal == name }
    var rest = Array(name.utf8)[...]
    var isAnchored = true
    for (index, piece) in pieces.enumerated() {
      guard case .text(let text) = piece else {
        isAnchored = false
        continue
      }
      let bytes = Array(text.utf8)
      if isAnchored {
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
      } else if index == pieces.count - 1 {
        return rest.count >= bytes.count && rest.suffix(bytes.count).elementsEqual(bytes)
      } else {
        guard let at = Self.find(bytes, in: rest) else { return false }
        rest = rest[(at + bytes.count)...]
      }
      isAnchored = true
    }
    return !isAnchored || rest.isEmpty
  }

  private static func find(_ needle: [UInt8], in haystack: ArraySlice<UInt8>) -> Int? {
    guard haystack.count >= needle.count else { return nil }
    for at in haystack.startIndex...(haystack.endIndex - needle.count) where haystack[at...].starts(with: needle) { return at }
    return nil
  }
}
