import Glibc

/// A system call that failed.
struct SystemFailure: Error, CustomStringConvertible {
  let call: String
  let code: Int32

  init(_ call: String) {
    self.call = call
    code = errno
  }

  var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// An answer, or a silence, that a measurement cannot go on from.
struct Unexpected: Error, CustomStringConvertible {
  let description: String
}
