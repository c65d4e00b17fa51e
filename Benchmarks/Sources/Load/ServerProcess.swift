import Foundation

/// A process of this machine, as `/proc` shows it.
struct ServerProcess {
  let id: Int32

  init(_ id: Int32) { self.id = id }

  /// Bytes of physical memory.
  var residentBytes: Int {
    get throws {
      let status = try String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)
      guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") }),
        let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
      else { throw Unexpected(description: "no memory of process \(id)") }
      return kilobytes << 10
    }
  }
}
