#if CLI
import ArgumentParser

struct UsersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users", abstract: "Says who may use a secured server.",
    discussion: """
      Users are kept in a file of the security directory, their passwords hashed. A server that runs with that directory sees changes within a second. \
      What a role may do stands in [roles.json] beside it; the roles superuser, editor and viewer are always there.
      """,
    subcommands: [AddUserCommand.self, SetPasswordCommand.self, ListUsersCommand.self, RemoveUserCommand.self])
}

struct SecurityOptions: ParsableArguments {
  static let defaultDirectory = "security"

  @Option(help: "The directory that holds users and roles.")
  var security = Self.defaultDirectory

  func administration(of program: Program) throws -> UserAdministrator {
    guard let open = program.users else { throw CommandFailure("this build has no security; build it with --traits Server") }
    return try open(security)
  }
}

struct AddUserCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a user; asks for the password, or reads it from a pipe or MEANWHILE_PASSWORD.")

  @OptionGroup var options: SecurityOptions

  @Argument(help: "The user's name.")
  var name: String

  @Option(name: .customLong("role"), help: "A role of the user's; may be given several times.")
  var roles: [String] = []

  @Option(help: "The user's full name.")
  var fullName: String?

  func run(in program: Program) async throws {
    let users = try options.administration(of: program)
    try users.add(name, try PasswordPrompt.readNew(for: name), roles, fullName)
    Terminal.write(output: "added user [\(name)]\n")
    if roles.isEmpty { Terminal.warn("user [\(name)] has no role, and may do nothing; give one with --role") }
  }
}

struct SetPasswordCommand: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "passwd", abstract: "Changes a user's password; asks for it, or reads it from a pipe or MEANWHILE_PASSWORD.")

  @OptionGroup var options: SecurityOptions

  @Argument(help: "The user's name.")
  var name: String

  func run(in program: Program) async throws {
    let users = try options.administration(of: program)
    try users.setPassword(try PasswordPrompt.readNew(for: name), name)
    Terminal.write(output: "changed the password of [\(name)]\n")
  }
}

struct ListUsersCommand: ProgramCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists users and their roles.")

  @OptionGroup var options: SecurityOptions

  func run(in program: Program) async throws {
    for user in try options.administration(of: program).list() {
      Terminal.write(output: "\(user.name)\t\(user.roles.joined(separator: ","))\n")
    }
  }
}

struct RemoveUserCommand: ProgramCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Removes a user.")

  @OptionGroup var options: SecurityOptions

  @Argument(help: "The user's name.")
  var name: String

  func run(in program: Program) async throws {
    try options.administration(of: program).remove(name)
    Terminal.write(output: "removed user [\(name)]\n")
  }
}
#endif
