import Foundation

/// One measurement: a line of the results.
struct Measurement: Codable {
  /// What was done: `life`, `submits`, `kept`, `wakeups`, `crowd`.
  var work: String
  /// Whom it was done to: `memory`, `file`, `bare`, `postgresql`.
  var subject: String
  var clients: Int
  var round: Int
  var values: [String: Double]

  var line: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  func append(to path: String) throws {
    if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data((line + "\n").utf8))
    try file.close()
  }

  static func read(_ path: String) throws -> [Measurement] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
      try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
    }
  }
}
