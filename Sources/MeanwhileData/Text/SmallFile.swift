#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads small system files whole.
enum SmallFile {
  /// - Returns: nil where the file cannot be read or is larger than the limit.
  static func read(_ path: String, byteCountMax: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var whole: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 8_192)
    while true {
      let count = unsafeRead(descriptor, into: &chunk)
      if count == 0 { return whole }
      guard count > 0, whole.count + count <= byteCountMax else { return nil }
      whole.append(contentsOf: chunk[..<count])
    }
  }

  private static func unsafeRead(_ descriptor: Int32, into chunk: inout [UInt8]) -> Int {
    chunk.withUnsafeMutableBytes { buffer in
      #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
      Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
    }
  }
}
