#if HTTP && CLI
import Dispatch
import Foundation
import Testing

/// The built program, as a user runs it.
enum Program {
  /// It is built beside the tests.
  static let url: URL = {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let candidates = [tests, Bundle.main.bundleURL].map { $0.deletingLastPathComponent().appendingPathComponent("meanwhile") }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
  }()

  struct Outcome: Sendable {
    var status: Int32
    var output: String
    var error: String
  }

  /// Runs a command to its end.
  ///
  /// - Parameters:
  ///   - tool: another program to run instead, found as a shell finds it.
  ///   - environment: variables beside those of the tests.
  ///   - folder: where it runs; a data directory that it names by default is below it.
  ///   - interruptedWhen: Control-C is pressed once it holds; nil for never.
  static func run(
    _ arguments: [String], tool: String? = nil, environment: [String: String] = [:], in folder: URL? = nil, input: String? = nil,
    interruptedWhen: (() async throws -> Bool)? = nil
  ) async throws -> Outcome {
    let process = Process()
    process.executableURL = tool == nil ? url : URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = (tool.map { [$0] } ?? []) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    let (output, error, given) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = error
    process.standardInput = given
    try process.run()
    if let interruptedWhen {
      let deadline = ContinuousClock.now + .seconds(60)
      while try await !interruptedWhen(), process.isRunning, .now < deadline { try await Task.sleep(for: .milliseconds(50)) }
      process.interrupt()
    }
    async let written = readToEnd(output)
    async let complained = readToEnd(error)
    if let input { try given.fileHandleForWriting.write(contentsOf: Data(input.utf8)) }
    try given.fileHandleForWriting.close()
    let texts = await (written, complained)
    await offThePool { process.waitUntilExit() }
    return Outcome(status: process.terminationStatus, output: texts.0, error: texts.1)
  }

  private static func readToEnd(_ pipe: Pipe) async -> String {
    let handle = pipe.fileHandleForReading
    return await offThePool { String(decoding: handle.readDataToEndOfFile(), as: UTF8.self) }
  }

  /// Blocking calls go to Dispatch's threads: those of Swift's own pool are few.
  static func offThePool<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: work()) }
    }
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder: Sendable {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("meanwhile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String, _ content: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try Data(content.utf8).write(to: file)
    return file.path
  }
}
#endif
