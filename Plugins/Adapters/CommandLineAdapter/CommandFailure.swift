#if CLI
import ArgumentParser
import Meanwhile

/// What went wrong, in one line for standard error.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = Self.oneLine(description) }

  /// Nil for what ArgumentParser reports itself: help, wrong usage.
  init?(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as APIError: self.init("\(error.type): \(error.reason)")
    case is CleanExit, is ExitCode, is ValidationError: return nil
    case is CancellationError: self.init("cancelled")
    case let error where Self.isArgumentParsers(error): return nil
    case let error: self.init(String(describing: error))
    }
  }

  /// ArgumentParser's own errors are internal types of it; its module's name is all there is to know them by.
  private static func isArgumentParsers(_ error: any Error) -> Bool {
    String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
#endif
