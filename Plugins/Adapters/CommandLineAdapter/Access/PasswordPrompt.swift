#if CLI
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads a password: from `MEANWHILE_PASSWORD`, from whoever sits at the terminal, which does not show it, or one line from a pipe. Never
/// an argument, which everybody on
/// the machine could see.
enum PasswordPrompt {
  /// A new password: a terminal asks for it twice.
  static func readNew(for user: String) throws -> String {
    let password = try readOnce(for: user)
    if isAsked, password != ask("Again: ") { throw CommandFailure("the two passwords differ") }
    return password
  }

  /// A password that there is.
  static func readOnce(for user: String) throws -> String {
    if let password = ProcessVariables["MEANWHILE_PASSWORD"] { return password }
    let password = isAsked ? ask("Password for \(user): ") : readLine(strippingNewline: true) ?? ""
    guard !password.isEmpty else {
      throw CommandFailure(
        "there is no password for [\(user)]: it is asked for at a terminal, else read from standard input or MEANWHILE_PASSWORD")
    }
    return password
  }

  private static var isAsked: Bool { ProcessVariables["MEANWHILE_PASSWORD"] == nil && isatty(STDIN_FILENO) == 1 }

  private static func ask(_ question: String) -> String {
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    Terminal.write(error: question)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &settings)
      Terminal.write(error: "\n")
    }
    return readLine(strippingNewline: true) ?? ""
  }
}
#endif
