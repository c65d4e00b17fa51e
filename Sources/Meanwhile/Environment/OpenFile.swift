/// A file that is open: bytes at offsets. Closed when told, or when the last reference goes.
///
/// Contract: see ``FileSystem``.
public protocol OpenFile: AnyObject, Sendable {
  /// What it was opened as, for errors.
  var path: String { get }

  /// Bytes.
  func size() throws(FileSystemError) -> Int64

  /// Fills a buffer from an offset on.
  ///
  /// - Returns: how many bytes there were: fewer than the buffer holds only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int

  /// Writes all of a buffer at an offset, which may be beyond the end. When it throws, any part may have been written.
  func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError)

  /// Cuts or extends (with zeros) the file.
  func truncate(to byteCount: Int64) throws(FileSystemError)

  /// Makes durable what was written, and the size. Not the file's name: that is ``FileSystem/syncDirectory(_:)``'s.
  func sync() throws(FileSystemError)

  /// The whole file as memory, as it is now; the file must not change while it is mapped.
  func map() throws(FileSystemError) -> FileMapping

  /// Ends use; calls after it fail. Calling it again does nothing.
  func close()
}

extension OpenFile {
  /// Writes all of some bytes at an offset.
  public func write(_ bytes: [UInt8], at offset: Int64) throws(FileSystemError) {
    let result = bytes.withUnsafeBytes { buffer -> Result<Void, FileSystemError> in
      do throws(FileSystemError) {
        return .success(try write(buffer, at: offset))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Up to `count` bytes from an offset on; fewer only at the end of the file.
  public func read(at offset: Int64, count: Int) throws(FileSystemError) -> [UInt8] {
    guard count > 0 else { return [] }
    var failure: FileSystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(FileSystemError) {
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}
