#if CLI
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that is read from its beginning to its end, in blocks; or standard input.
final class FileReader: Sendable {
  private let descriptor: Int32
  /// Bytes; nil for what has no size, such as a pipe.
  let size: Int?

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// - Parameter path: `-` for standard input.
  /// - Throws: ``CommandFailure``.
  init(_ path: String) throws {
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY)
    guard descriptor >= 0 else { throw CommandFailure("cannot open [\(path)]: \(String(cString: strerror(errno)))") }
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    guard !isKnown || status.st_mode & S_IFMT != S_IFDIR else { throw CommandFailure("[\(path)] is a directory; expected a file") }
    size = isKnown && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    self.descriptor = descriptor
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
  }

  /// The next bytes, at most `count` of them; empty at the end.
  func read(upTo count: Int) throws -> [UInt8] {
    while true {
      var problem: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        #if canImport(Glibc)
        let got = Glibc.read(descriptor, buffer.baseAddress, count)
        #elseif canImport(Musl)
        let got = Musl.read(descriptor, buffer.baseAddress, count)
        #else
        let got = Darwin.read(descriptor, buffer.baseAddress, count)
        #endif
        problem = got < 0 ? errno : 0
        initialized = max(got, 0)
      }
      if problem == 0 { return bytes }
      guard problem == EINTR else { throw CommandFailure("cannot read the file: \(String(cString: strerror(problem)))") }
    }
  }
}
#endif
