/// A deterministic automaton over bytes. Bytes that no transition tells apart share a column of its table.
struct ByteAutomaton: Sendable {
  /// State × class to state; state 0 is dead, 1 is where matching starts.
  let table: Vector<UInt16>
  let classOfByte: Vector<UInt8>
  let classCount: Int
  /// 0: not accepting, 1: accepting at the end, 2: accepting whatever follows.
  let acceptance: Vector<UInt8>

  /// The most states an automaton may have.
  static let stateCountMax = 10_000

  var stateCount: Int { acceptance.count }

  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var state = 1
    for byte in bytes {
      state = Int(table[state * classCount + Int(classOfByte[Int(byte)])])
      if state == 0 { return false }
      if acceptance[state] == 2 { return true }
    }
    return acceptance[state] != 0
  }

  /// The bytes along the only way from the start, as long as there is just one and nothing is accepted before its end.
  var literalPrefix: [UInt8] {
    var prefix: [UInt8] = []
    var state = 1
    while prefix.count < 256, acceptance[state] == 0 {
      var only: (byte: UInt8, next: Int)?
      for byte in UInt8.min...UInt8.max {
        let next = Int(table[state * classCount + Int(classOfByte[Int(byte)])])
        guard next != 0 else { continue }
        if only != nil { return prefix }
        only = (byte, next)
      }
      guard let only else { return prefix }
      prefix.append(only.byte)
      state = only.next
    }
    return prefix
  }
}
