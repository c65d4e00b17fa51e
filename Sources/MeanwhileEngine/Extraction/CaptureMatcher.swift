/// Runs a compiled pattern over a text: depth first, with a stack of its own for what is left to try.
struct CaptureMatcher {
  private let program: [CaptureInstruction]
  private let text: UnsafeBufferPointer<UInt8>
  /// Starts and ends of groups, -1 where unset.
  private(set) var slots: [Int]
  private var marks: [Int] = []
  /// What is left to try: an instruction and an offset; or, where the instruction is negative, a slot (or mark) to restore.
  private var stack: [(instruction: Int, value: Int)] = []
  private var stepsLeft = CapturePattern.stepsMax

  init(_ program: [CaptureInstruction], _ text: UnsafeBufferPointer<UInt8>, groupCount: Int) {
    self.program = program
    self.text = text
    slots = [Int](repeating: -1, count: groupCount * 2)
  }

  /// Matches at an offset.
  mutating func run(at offset: Int) throws(EvaluationFailure) -> Bool {
    for index in slots.indices { slots[index] = -1 }
    return try run(from: 0, at: offset) != nil
  }

  /// Runs from an instruction to the `accept` that ends its part.
  ///
  /// - Parameter requiredEnd: where the part must end, for look-behind.
  /// - Returns: where it ended. What could still be tried within the part is forgotten; what it captured stays.
  private mutating func run(from first: Int, at start: Int, requiredEnd: Int? = nil) throws(EvaluationFailure) -> Int? {
    let floor = stack.count
    var place = first
    var offset = start
    while true {
      stepsLeft -= 1
      guard stepsLeft > 0 else {
        throw EvaluationFailure(illegalArgument: "the pattern takes more than \(CapturePattern.stepsMax) steps on this text")
      }
      var matches = true
      switch program[place] {
      case .bytes(let bytes):
        matches = bytes.count <= text.count - offset
        if matches {
          for index in 0..<bytes.count where text[offset + index] != bytes[index] {
            matches = false
            break
          }
        }
        offset += bytes.count
      case .set(let set):
        let (scalar, length) = character(at: offset)
        matches = length > 0 && set.contains(scalar)
        offset += length
      case .any(let newlines):
        let (scalar, length) = character(at: offset)
        matches = length > 0 && (newlines || scalar != 0x0A)
        offset += length
      case .jump(let target):
        place = target
        continue
      case .split(let preferred, let other):
        stack.append((other, offset))
        place = preferred
        continue
      case .save(let slot):
        stack.append((-1 - slot, slots[slot]))
        slots[slot] = offset
      case .mark(let mark):
        while marks.count <= mark { marks.append(-1) }
        stack.append((-1 - slots.count - mark, marks[mark]))
        marks[mark] = offset
      case .advanced(let mark): matches = marks[mark] != offset
      case .textStart: matches = offset == 0
      case .textEnd: matches = offset == text.count
      case .textEndBeforeNewline: matches = offset == text.count || offset == text.count - 1 && text[offset] == 0x0A
      case .lineStart: matches = offset == 0 || text[offset - 1] == 0x0A
      case .lineEnd: matches = offset == text.count || text[offset] == 0x0A
      case .wordBoundary(let negated): matches = (isWord(before: offset) != isWord(at: offset)) != negated
      case .backReference(let group):
        guard group * 2 + 1 < slots.count, slots[group * 2] >= 0, slots[group * 2 + 1] >= slots[group * 2] else {
          matches = false
          break
        }
        let captured = slots[group * 2]..<slots[group * 2 + 1]
        matches =
          captured.count <= text.count - offset && captured.indices.allSatisfy { text[$0] == text[offset + $0 - captured.lowerBound] }
        offset += captured.count
      case .lookAhead(let negated, let end):
        matches = (try run(from: place + 1, at: offset) != nil) != negated
        if matches { place = end - 1 }
      case .lookBehind(let negated, let charactersMax, let end):
        matches = (try looksBehind(from: place + 1, at: offset, charactersMax)) != negated
        if matches { place = end - 1 }
      case .atomic(let end):
        if let reached = try run(from: place + 1, at: offset) {
          offset = reached
          place = end - 1
        } else {
          matches = false
        }
      case .accept:
        guard requiredEnd == nil || requiredEnd == offset else {
          matches = false
          break
        }
        keepRestores(above: floor)
        return offset
      }
      if matches {
        place += 1
        continue
      }
      guard let (next, at) = backtrack(to: floor) else { return nil }
      (place, offset) = (next, at)
    }
  }

  /// Goes back to the last choice above a height of the stack, undoing captures on the way.
  private mutating func backtrack(to floor: Int) -> (Int, Int)? {
    while stack.count > floor, let (instruction, value) = stack.popLast() {
      if instruction >= 0 { return (instruction, value) }
      let slot = -1 - instruction
      if slot < slots.count { slots[slot] = value } else { marks[slot - slots.count] = value }
    }
    return nil
  }

  /// Forgets choices, but not what must be undone should what comes before fail.
  private mutating func keepRestores(above floor: Int) {
    var kept = floor
    for index in floor..<stack.count where stack[index].instruction < 0 {
      stack[kept] = stack[index]
      kept += 1
    }
    stack.removeLast(stack.count - kept)
  }

  private mutating func looksBehind(from first: Int, at offset: Int, _ charactersMax: Int) throws(EvaluationFailure) -> Bool {
    var start = offset
    var length = 0
    while true {
      if try run(from: first, at: start, requiredEnd: offset) != nil { return true }
      guard length < charactersMax, start > 0 else { return false }
      start -= 1
      while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
      length += 1
    }
  }

  // MARK: - Characters

  /// The character at an offset and its bytes; 0 bytes at the end. A byte that begins none counts as one.
  private func character(at offset: Int) -> (UInt32, Int) {
    guard offset < text.count else { return (0, 0) }
    let lead = text[offset]
    if lead < 0x80 { return (UInt32(lead), 1) }
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    guard length > 1, offset + length <= text.count else { return (UInt32(lead), 1) }
    var scalar = UInt32(lead) & (0x7F >> UInt32(length))
    for index in 1..<length { scalar = scalar << 6 | UInt32(text[offset + index] & 0x3F) }
    return (scalar, length)
  }

  private func isWord(at offset: Int) -> Bool {
    let (scalar, length) = character(at: offset)
    return length > 0 && CharacterSet.unicodeWord.contains(scalar)
  }

  private func isWord(before offset: Int) -> Bool {
    guard offset > 0 else { return false }
    var start = offset - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return isWord(at: start)
  }
}
