import Meanwhile
import MeanwhileData
import Synchronization

/// A result too large for the log, in a file of its own: frames of length, checksum and bytes.
///
/// The file is written and synced, its name too, before the log's entry refers to it; a file that no entry refers to is a leftover and is removed at start.
enum ResultFile {
  struct Reference: Sendable, Hashable {
    /// Random; names the file.
    var id: UInt64
    /// Of the result, without frames.
    var byteCount: Int
    /// Of the whole result.
    var checksum: UInt32
  }

  static let frameHeadBytes = 8
  /// A frame holds at most this much, which is what a reader has in memory at once.
  static let frameBytesMax = 256 << 10

  static func name(of id: UInt64) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits + ".result"
  }

  static func id(ofName name: String) -> UInt64? {
    guard name.hasSuffix(".result"), name.utf8.count == 23 else { return nil }
    return UInt64(name.dropLast(7), radix: 16)
  }

  /// Writes one result, chunk after chunk. One caller at a time.
  struct Writer: Sendable {
    let file: any OpenFile
    private(set) var reference: Reference
    private var offset: Int64 = 0

    init(file: any OpenFile, id: UInt64) {
      self.file = file
      reference = Reference(id: id, byteCount: 0, checksum: 0)
    }

    mutating func append(_ chunk: [UInt8]) throws(FileSystemError) {
      var start = 0
      while start < chunk.count {
        let part = chunk[start..<min(chunk.count, start + ResultFile.frameBytesMax)]
        var frame = ByteWriter(capacity: ResultFile.frameHeadBytes + part.count)
        let bytes = Array(part)
        frame.append(UInt32(bytes.count))
        frame.append(CRC32C.checksum(bytes))
        frame.append(contentsOf: bytes)
        try file.write(frame.bytes, at: offset)
        offset += Int64(frame.bytes.count)
        reference.byteCount += bytes.count
        reference.checksum = CRC32C.checksum(bytes, continuing: reference.checksum)
        start = part.endIndex
      }
    }
  }

  /// The result in a file that is open, frame by frame; each is verified before it is given out, and the whole at the end.
  static func stream(_ file: any OpenFile, _ reference: Reference, work: BlockingWork) -> ChunkStream {
    ChunkStream {
      let progress = Mutex((offset: Int64(0), byteCount: 0, checksum: UInt32(0)))
      return {
        let (offset, byteCount, checksum) = progress.withLock { $0 }
        if byteCount == reference.byteCount {
          guard checksum == reference.checksum else { throw damage(file.path, at: 0) }
          return nil
        }
        let frame = try await work.run {
          do {
            return try readFrame(of: file, at: offset)
          } catch let error as FileSystemError {
            throw error.apiError
          }
        }
        let total = byteCount + frame.count
        guard total <= reference.byteCount else { throw damage(file.path, at: offset) }
        progress.withLock {
          $0 = (offset + Int64(frameHeadBytes + frame.count), total, CRC32C.checksum(frame, continuing: checksum))
        }
        return frame
      }
    }
  }

  private static func readFrame(of file: any OpenFile, at offset: Int64) throws -> [UInt8] {
    let head = try file.read(at: offset, count: frameHeadBytes)
    guard head.count == frameHeadBytes else { throw damage(file.path, at: offset) }
    let (length, checksum) = head.withUnsafeBytes { (Int($0.number(at: 0, UInt32.self)), $0.number(at: 4, UInt32.self)) }
    guard length > 0, length <= frameBytesMax else { throw damage(file.path, at: offset) }
    let bytes = try file.read(at: offset + Int64(frameHeadBytes), count: length)
    guard bytes.count == length, CRC32C.checksum(bytes) == checksum else { throw damage(file.path, at: offset) }
    return bytes
  }

  /// What stands on the disk at an offset is not what was written there.
  static func damage(_ path: String, at offset: Int64) -> APIError {
    APIError(
      type: "corrupt_index_exception", reason: "a stored result is damaged: [\(path)] fails its checksum at offset \(offset)", status: 500)
  }
}
