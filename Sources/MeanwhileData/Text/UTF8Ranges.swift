/// Ranges of characters as ranges of UTF-8 bytes.
enum UTF8Ranges {
  /// Sequences of byte ranges that together encode just the characters of a range. Surrogates in it have no encoding and are left out.
  static func sequences(of range: ClosedRange<Unicode.Scalar>) -> [[ClosedRange<UInt8>]] {
    var result: [[ClosedRange<UInt8>]] = []
    // Characters of one encoded length at a time.
    let lengths: [ClosedRange<UInt32>] = [0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF]
    for part in lengths {
      let low = max(part.lowerBound, range.lowerBound.value)
      let high = min(part.upperBound, range.upperBound.value)
      guard low <= high, let first = Unicode.Scalar(low), let last = Unicode.Scalar(high) else { continue }
      split(bytes(of: first), bytes(of: last), [], &result)
    }
    return result
  }

  private static func bytes(of scalar: Unicode.Scalar) -> [UInt8] { Array(String(String.UnicodeScalarView([scalar])).utf8) }

  /// Both bounds have the same length. Where the bounds' tails are not the whole of what a tail can be, the range falls into three.
  private static func split(_ low: [UInt8], _ high: [UInt8], _ head: [ClosedRange<UInt8>], _ result: inout [[ClosedRange<UInt8>]]) {
    guard let first = low.first, let last = high.first else {
      result.append(head)
      return
    }
    let lowTail = Array(low.dropFirst())
    let highTail = Array(high.dropFirst())
    if first == last {
      split(lowTail, highTail, head + [first...first], &result)
      return
    }
    let lowest = [UInt8](repeating: 0x80, count: lowTail.count)
    let highest = [UInt8](repeating: 0xBF, count: lowTail.count)
    var from = first
    var to = last
    if lowTail != lowest {
      split(lowTail, highest, head + [first...first], &result)
      from += 1
    }
    if highTail != highest {
      split(lowest, highTail, head + [last...last], &result)
      to -= 1
    }
    guard from <= to else { return }
    result.append(head + [from...to] + lowest.map { _ in 0x80...0xBF })
  }
}
