#if HTTP && CLI
import Foundation
import Meanwhile

/// `meanwhile serve` on a free port, in a process of its own.
final class ServerProcess: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  let url: String
  private let process: Process
  /// What it printed before and with its address.
  let greeting: String

  /// - Parameters:
  ///   - arguments: such as `--memory` or `--data`; the port is added.
  ///   - log: a file that is there, for what it writes to standard error.
  init(_ arguments: [String], log: URL? = nil) async throws {
    let process = Process()
    process.executableURL = Program.url
    process.arguments = ["serve", "--port", "0"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    if let log { process.standardError = try FileHandle(forWritingTo: log) }
    try process.run()
    self.process = process
    let handle = output.fileHandleForReading
    let greeting = await Program.offThePool { () -> String in
      var text = ""
      while !text.contains(" listens on http"), case let more = handle.availableData, !more.isEmpty {
        text += String(decoding: more, as: UTF8.self)
      }
      return text
    }
    self.greeting = greeting
    guard let start = greeting.range(of: "listens on ") else {
      process.waitUntilExit()
      throw Failure(description: "the server ended with status \(process.terminationStatus) before it listened: \(greeting)")
    }
    url = String(greeting[start.upperBound...].prefix { $0 != " " })
  }

  var isRunning: Bool { process.isRunning }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  /// Sends a signal and waits for the end.
  ///
  /// - Returns: the exit status.
  @discardableResult
  func end(_ signal: Int32) async -> Int32 {
    kill(process.processIdentifier, signal)
    await Program.offThePool { self.process.waitUntilExit() }
    return process.terminationStatus
  }
}

/// Runs a server for a test, and ends it afterwards.
func withServer(_ arguments: [String] = ["--memory"], _ body: (Client) async throws -> Void) async throws {
  try await withServerProcess(arguments) { try await body(Client($0.url)) }
}

/// Runs a server that a test has more to do with than to ask it, and ends it afterwards.
func withServerProcess(_ arguments: [String], log: URL? = nil, _ body: (ServerProcess) async throws -> Void) async throws {
  let server = try await ServerProcess(arguments, log: log)
  do {
    try await body(server)
  } catch {
    await server.end(SIGKILL)
    throw error
  }
  await server.end(SIGTERM)
}
#endif
