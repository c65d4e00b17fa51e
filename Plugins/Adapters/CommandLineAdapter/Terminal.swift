#if CLI
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output and standard error, unbuffered: whoever reads a pipe sees a line when it was written.
enum Terminal {
  /// One of the two, for what may go to either.
  enum Channel: Sendable {
    case output, error

    var isTerminal: Bool { self == .output ? isOutputTerminal : isErrorTerminal }

    func write(_ text: String) { self == .output ? Terminal.write(output: text) : Terminal.write(error: text) }
  }

  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  static func write(output text: String) { write(Array(text.utf8), to: STDOUT_FILENO) }
  static func write(output bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }
  static func write(error text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

  /// What one should know of and can live with: a line on standard error.
  @Sendable static func warn(_ problem: String) { write(error: "warning: \(problem)\n") }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
      var start = 0
      while start < buffer.count {
        #if canImport(Glibc)
        let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
        #elseif canImport(Musl)
        let count = Musl.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
        #else
        let count = Darwin.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
        #endif
        if count > 0 {
          start += count
        } else if errno != EINTR {
          return  // Nobody reads any more, and there is nobody left to tell.
        }
      }
    }
  }
}
#endif
