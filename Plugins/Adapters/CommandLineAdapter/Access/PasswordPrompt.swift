#if CLI
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads a password: asked for twice at a terminal, which does not show it; one line from a pipe. Never an argument, which everybody on the machine could see.
enum PasswordPrompt {
  static func read(for user: String) throws -> String {
    guard isatty(STDIN_FILENO) == 1 else {
      guard let line = readLine(strippingNewline: true), !line.isEmpty else { throw CommandFailure("no password came on standard input") }
      return line
    }
    let password = ask("Password for \(user): ")
    guard password == ask("Again: ") else { throw CommandFailure("the two passwords differ") }
    return password
  }

  private static func ask(_ question: String) -> String {
    Terminal.write(error: question)
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSANOW, &settings)
      Terminal.write(error: "\n")
    }
    return readLine(strippingNewline: true) ?? ""
  }
}
#endif
