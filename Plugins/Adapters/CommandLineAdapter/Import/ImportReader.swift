#if CLI
import MeanwhileGzip

/// The bytes of a file that is imported, decompressed where the file is gzip, whatever it is called.
struct ImportReader: ~Copyable {
  private let file: FileReader
  private var gzip: GzipReader?
  private var hasBegun = false
  /// Bytes of the file that were read, compressed ones where it is compressed: what its size is compared with.
  private(set) var bytesRead = 0

  private static let blockBytes = 1 << 20

  init(_ file: FileReader) { self.file = file }

  /// The next block; nil at the end.
  ///
  /// - Throws: ``CommandFailure``.
  mutating func next() throws -> [UInt8]? {
    if !hasBegun {
      hasBegun = true
      let block = try read()
      guard block.starts(with: GzipReader.magic) else { return block.isEmpty ? nil : block }
      var gzip = GzipReader()
      gzip.take(block)
      self.gzip = consume gzip
    }
    guard gzip != nil else {
      let block = try read()
      return block.isEmpty ? nil : block
    }
    while true {
      while let piece = try inflated() {
        if !piece.isEmpty { return piece }
      }
      let block = try read()
      guard !block.isEmpty else {
        guard gzip?.isComplete == true else { throw CommandFailure("the file breaks off within its gzip") }
        return nil
      }
      gzip?.take(block)
    }
  }

  private mutating func inflated() throws -> [UInt8]? {
    do throws(GzipReader.Malformed) { return try gzip?.next(upTo: Self.blockBytes) } catch {
      throw CommandFailure("the file begins as gzip does, and goes on as gzip does not")
    }
  }

  /// At least two bytes, unless the file has fewer: so many tell whether it is compressed.
  private mutating func read() throws -> [UInt8] {
    var block = try file.read(upTo: Self.blockBytes)
    while block.count == 1 {
      let more = try file.read(upTo: Self.blockBytes)
      if more.isEmpty { break }
      block += more
    }
    bytesRead += block.count
    return block
  }
}
#endif
