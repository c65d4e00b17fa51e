import Meanwhile
import MeanwhileTestKit
import Testing

/// What both file systems do alike: the simulation is worth what it has in common with the real one.
@Suite("A file system, the operating system's and the simulated one")
struct FileSystemTests {
  enum Kind: CaseIterable { case system, simulated }

  private func make(_ kind: Kind) throws -> (any FileSystem, String, TemporaryDirectory?) {
    guard kind == .system else {
      let files = SimulatedFileSystem(seed: 1)
      try files.makeDirectory("/d")
      return (files, "/d", nil)
    }
    let directory = try TemporaryDirectory()
    return (SystemFileSystem(), directory.path, directory)
  }

  @Test("reads what was written, at offsets, beyond the end, and after cutting", arguments: Kind.allCases)
  func readsAndWrites(kind: Kind) throws {
    let (files, directory, keep) = try make(kind)
    defer { withExtendedLifetime(keep) {} }
    let file = try files.open(directory + "/a", .create)
    try file.write([1, 2, 3], at: 0)
    try file.write([9], at: 5)
    #expect(try file.read(at: 0, count: 100) == [1, 2, 3, 0, 0, 9])
    #expect(try file.read(at: 7, count: 1) == [])
    try file.truncate(to: 2)
    try file.sync()
    #expect(try file.size() == 2)
    let mapping = try file.map()
    #expect(Array(mapping.bytes) == [1, 2])
    file.close()
    #expect(throws: FileSystemError.self) { try file.size() }
    #expect(try files.contents(of: directory + "/a") == [1, 2])
  }

  @Test("keeps names: creates once, renames over, removes, lists in order", arguments: Kind.allCases)
  func names(kind: Kind) throws {
    let (files, directory, keep) = try make(kind)
    defer { withExtendedLifetime(keep) {} }
    try files.open(directory + "/b", .create).write([2], at: 0)
    try files.open(directory + "/a", .create).write([1], at: 0)
    #expect(try files.list(directory) == ["a", "b"])
    #expect(failure(of: { _ = try files.open(directory + "/a", .create) }) == .alreadyExists)
    #expect(failure(of: { _ = try files.open(directory + "/c", .read) }) == .notFound)
    #expect(failure(of: { try files.remove(directory + "/c") }) == .notFound)
    #expect(failure(of: { _ = try files.list(directory + "/c") }) == .notFound)
    #expect(failure(of: { _ = try files.list(directory + "/a") }) == .notADirectory)
    let open = try files.open(directory + "/b", .read)
    try files.rename(directory + "/a", to: directory + "/b")
    // Who has the replaced file open goes on reading it.
    #expect(try open.read(at: 0, count: 1) == [2])
    #expect(try files.contents(of: directory + "/b") == [1])
    try files.remove(directory + "/b")
    try files.makeDirectory(directory + "/sub")
    try files.makeDirectory(directory + "/sub")
    try files.syncDirectory(directory)
    #expect(try files.list(directory) == ["sub"])
  }

  @Test("locks a file for one at a time", arguments: Kind.allCases)
  func locks(kind: Kind) throws {
    let (files, directory, keep) = try make(kind)
    defer { withExtendedLifetime(keep) {} }
    let lock = try files.lock(directory + "/LOCK")
    #expect(failure(of: { _ = try files.lock(directory + "/LOCK") }) == .locked)
    lock.release()
    try files.lock(directory + "/LOCK").release()
  }

  @Test("replaces a small file as a whole", arguments: Kind.allCases)
  func replaces(kind: Kind) throws {
    let (files, directory, keep) = try make(kind)
    defer { withExtendedLifetime(keep) {} }
    for text in ["one", "two"] {
      try files.replace("m", in: directory, with: Array(text.utf8))
      #expect(try files.contents(of: directory + "/m") == Array(text.utf8))
    }
  }

  @Test("simulated, loses what was not synced and nothing else")
  func loses() throws {
    for seed in 0..<50 as Range<UInt64> {
      let files = SimulatedFileSystem(seed: seed)
      try files.makeDirectory("/d")
      try files.syncDirectory("/")
      let file = try files.open("/d/a", .create)
      try file.write([UInt8](repeating: 1, count: 2_000), at: 0)
      try file.sync()
      try files.syncDirectory("/d")
      try file.write([UInt8](repeating: 2, count: 2_000), at: 2_000)
      _ = try files.open("/d/b", .create)
      files.losePower()
      #expect(throws: FileSystemError.self) { try file.sync() }
      files.restart(keeping: seed == 0 ? .nothing : nil)
      let kept = try files.contents(of: "/d/a")
      #expect(kept.prefix(2_000).allSatisfy { $0 == 1 })
      #expect(kept.dropFirst(2_000).allSatisfy { $0 == 2 || $0 == 0 })
      if seed == 0 { #expect(try files.list("/d") == ["a"]) }
    }
  }

  private func failure(of body: () throws -> Void) -> FileSystemError.Kind? {
    do {
      try body()
      return nil
    } catch {
      return (error as? FileSystemError)?.kind
    }
  }
}
