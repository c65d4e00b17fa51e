#if CLI
/// How a command wants its service opened.
public struct OpenOptions: Sendable {
  /// The directory that holds the data, made if it is not there; nil keeps everything in memory.
  public var dataDirectory: String?
  /// Whether to offer what only tests and demonstrations want, such as a function that waits.
  public var isDeveloper: Bool
  /// The directory that holds users, roles and keys; nil leaves security off.
  public var securityDirectory: String?
  /// The least that is logged of what happens to tasks: `debug`, `info`, `warning` or `error`.
  public var logLevel: String
  /// Called with what an operator should know of and can live with, such as damage that was found in the data: one line a call.
  public var warn: @Sendable (_ problem: String) -> Void
  /// Called with a line for the log.
  public var log: @Sendable (_ line: String) -> Void = { Terminal.write(error: $0 + "\n") }

  public init(
    dataDirectory: String? = nil, isDeveloper: Bool = false, securityDirectory: String? = nil, logLevel: String = "warning",
    warn: @escaping @Sendable (_ problem: String) -> Void
  ) {
    self.logLevel = logLevel
    self.securityDirectory = securityDirectory
    self.dataDirectory = dataDirectory
    self.isDeveloper = isDeveloper
    self.warn = warn
  }
}
#endif
