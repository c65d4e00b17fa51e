#if CLI
import ArgumentParser
import Meanwhile

/// How a command says who it is to a server, and whom it believes to be that server.
///
/// A secret is never an argument: everybody on the machine can see those of every program. It comes from a variable, a file, or whoever
/// sits at the terminal.
struct ServerCredentials: ParsableArguments {
  @Option(help: "Who to be for a secured server. The password is that of --password-file, of MEANWHILE_PASSWORD, or asked for.")
  var user: String?

  @Option(help: "The file that has the user's password in its first line; - for standard input.")
  var passwordFile: String?

  @Option(help: "The file that has the API key to use, as it was given out or as id:key. Without it, or --user: MEANWHILE_API_KEY.")
  var apiKeyFile: String?

  @Option(name: .customLong("cacert"), help: "The PEM file of the authorities to believe about who the server is.")
  var authorities: String?

  @Flag(
    name: [.customShort("k"), .long],
    help: "Believe any server to be the one that was asked; whoever is in between can read and change everything.")
  var insecure = false

  func validate() throws {
    guard user == nil || apiKeyFile == nil else { throw ValidationError("--user and --api-key-file exclude each other.") }
    guard passwordFile == nil || user != nil else { throw ValidationError("--password-file is about a --user.") }
    guard authorities == nil || !insecure else { throw ValidationError("--cacert and --insecure exclude each other.") }
    guard user?.contains(":") != true else {
      throw ValidationError(
        "--user is a name alone: give the password in MEANWHILE_PASSWORD or --password-file, where others do not see it.")
    }
  }

  var isGiven: Bool { user != nil || apiKeyFile != nil || authorities != nil || insecure }

  var trust: ServerConnector.Trust { insecure ? .anybody : authorities.map { .certificates(path: $0) } ?? .system }

  /// What the `Authorization` header says.
  func authorization() throws -> String? {
    if let user {
      let password = try passwordFile.map(Self.secret(in:)) ?? PasswordPrompt.readOnce(for: user)
      return "Basic " + Base64.standard(Array("\(user):\(password)".utf8))
    }
    let key = try apiKeyFile.map(Self.secret(in:)) ?? ProcessVariables["MEANWHILE_API_KEY"]
    return key.map { "ApiKey " + ($0.contains(":") ? Base64.standard(Array($0.utf8)) : $0) }
  }

  /// The first line of a file.
  private static func secret(in path: String) throws -> String {
    let bytes = try FileReader(path).read(upTo: 64 << 10)
    let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    guard !line.isEmpty else { throw CommandFailure("the first line of [\(path)] is empty; expected a secret") }
    return line
  }
}
#endif
