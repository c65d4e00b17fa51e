import Foundation
import Testing

@Suite("Architecture: arrows point one way")
struct ImportScanTests {
  /// The package's root: this file is at Tests/ArchitectureTests.
  private static let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardizedFileURL

  @Test("A module imports only what its place in the house allows", arguments: ImportRules.rules.map(\.folder))
  func imports(of folder: String) throws {
    let rule = try #require(ImportRules.rules.first { $0.folder == folder })
    let allowed = ImportRules.toolchain.union(rule.own).union(rule.foreign)
    let files = try Self.swiftFiles(under: folder)
    #expect(!files.isEmpty)
    for file in files {
      let imported = Self.imports(in: String(decoding: try Data(contentsOf: file), as: UTF8.self))
      #expect(imported.subtracting(allowed).isEmpty, "\(file.lastPathComponent) imports what \(folder) may not")
    }
  }

  @Test("Every folder with code has its rule", arguments: ["Sources", "Plugins"])
  func everyFolderHasARule(_ top: String) throws {
    for file in try Self.swiftFiles(under: top) {
      let path = file.path.dropFirst(Self.root.path.count + 1)
      #expect(ImportRules.rules.contains { path.hasPrefix($0.folder + "/") }, "\(path) is in no module's folder")
    }
  }

  static let spellings: [(line: String, module: String?)] = [
    ("import Foundation", "Foundation"),
    ("  import NIOCore  // why", "NIOCore"),
    ("@testable import Meanwhile", "Meanwhile"),
    ("@_exported public import MeanwhileData", "MeanwhileData"),
    ("import struct HTTPTypes.HTTPFields", "HTTPTypes"),
    ("package import func Glibc.read", "Glibc"),
    ("internal import Logging; import Dispatch", "Logging"),
    ("// import Foundation", nil),
    ("important()", nil),
    ("let text = \"import Foundation\"", nil),
  ]

  @Test("The scan knows an import in every spelling", arguments: spellings)
  func spelling(_ line: String, module: String?) {
    let found = Self.imports(in: line)
    #expect(module.map { found.contains($0) } ?? found.isEmpty)
  }

  private static func swiftFiles(under folder: String) throws -> [URL] {
    let url = root.appendingPathComponent(folder)
    let all = try #require(FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil))
    return all.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
  }

  /// The modules that a file's import declarations name.
  private static func imports(in text: String) -> Set<String> {
    var modules: Set<String> = []
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      // Told by bytes, since a debug build takes long to split every line of the package by characters.
      guard line.prefix(80).split(separator: UInt8(ascii: " ")).contains(where: { $0.elementsEqual("import".utf8) }) else { continue }
      for statement in Substring(line).split(separator: ";") {
        var words = statement.split(separator: " ")[...]
        words = words.drop { $0.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains($0) }
        guard words.popFirst() == "import", var name = words.popFirst() else { continue }
        if ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias", "actor"].contains(name) {
          guard let scoped = words.popFirst() else { continue }
          name = scoped
        }
        modules.insert(String(name.prefix { $0 != "." }))
      }
    }
    return modules
  }
}
