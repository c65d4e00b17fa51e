/// Many runs of bytes that grow side by side in one buffer, in chunks that become larger as a run does: what each term's rows and positions are collected in.
///
/// A chunk ends with the place of the next one. A run costs what it holds, and the rest of its last chunk.
struct PostingsPool {
  /// A run: where it begins, where the next byte goes, where its last chunk ends and how large that is.
  struct Run: BitwiseCopyable {
    var first: UInt32 = 0
    var next: UInt32 = 0
    var end: UInt32 = 0
    var chunkByteCount: UInt32 = 0
  }

  private let bytes = VectorBuilder<UInt8>(capacity: 1 << 16)

  private static let linkByteCount = 4
  private static let chunkByteCounts: (first: UInt32, max: UInt32) = (8, 256)

  init() {
    // No run begins at 0, which stands for none.
    bytes.append(repeating: 0, count: 8)
  }

  var byteCount: Int { bytes.count }

  /// Appends a number, seven bits a byte, low bits first.
  @inline(__always)
  func append(_ value: UInt32, to run: inout Run) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80, to: &run)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest), to: &run)
  }

  @inline(__always)
  private func append(_ byte: UInt8, to run: inout Run) {
    if run.next == run.end { addChunk(to: &run) }
    bytes[Int(run.next)] = byte
    run.next &+= 1
  }

  private func addChunk(to run: inout Run) {
    let size = run.first == 0 ? Self.chunkByteCounts.first : Self.larger(run.chunkByteCount)
    let start = UInt32(truncatingIfNeeded: bytes.count)
    bytes.append(repeating: 0, count: Int(size) + Self.linkByteCount)
    if run.first == 0 {
      run.first = start
    } else {
      for index in 0..<Self.linkByteCount { bytes[Int(run.end) + index] = UInt8(truncatingIfNeeded: start >> UInt32(8 * index)) }
    }
    run.chunkByteCount = size
    run.next = start
    run.end = start &+ size
  }

  private static func larger(_ size: UInt32) -> UInt32 { min(chunkByteCounts.max, size * 2) }

  /// Appends a run's bytes to a buffer.
  func copy(_ run: Run, to target: VectorBuilder<UInt8>) {
    guard run.first != 0 else { return }
    var start = Int(run.first)
    var size = Self.chunkByteCounts.first
    while true {
      let end = start + Int(size)
      let isLast = end == Int(run.end)
      target.append(contentsOf: UnsafeBufferPointer(rebasing: bytes.buffer[start..<(isLast ? Int(run.next) : end)]))
      if isLast { return }
      start = (0..<Self.linkByteCount).reduce(0) { $0 | Int(bytes[end + $1]) << (8 * $1) }
      size = Self.larger(size)
    }
  }
}
