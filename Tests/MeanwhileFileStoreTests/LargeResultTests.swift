import Meanwhile
import MeanwhileTestKit
import Synchronization
import Testing

@testable import MeanwhileFileStore

@Suite("A large result passes through the file store in pieces")
struct LargeResultTests {
  private static let pieces = 300
  private static let pieceBytes = 10_000

  @Test("in both directions, so that neither writing nor reading it takes memory that grows with it")
  func inPieces() async throws {
    let files = SimulatedFileSystem(seed: 1)
    let store = try await FileStore(opening: "/data", options: FileStoreOptions(execution: .caller), fileSystem: files)
    let bytesBefore = files.bytesUsed
    let heldMax = Mutex(0)
    let taken = Mutex(0)
    let result = ChunkStream {
      {
        let index = taken.withLock { $0 }
        heldMax.withLock { $0 = max($0, index * Self.pieceBytes - (files.bytesUsed - bytesBefore)) }
        guard index < Self.pieces else { return nil }
        taken.withLock { $0 += 1 }
        return [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: Self.pieceBytes)
      }
    }
    try await store.insert(TaskExamples.record(1), result: result)
    // What was taken from the stream is on the disk, but for what makes up the next piece.
    #expect(heldMax.withLock { $0 } <= ResultFile.frameBytesMax + Self.pieceBytes)
    let largestWrite = files.calls.filter { $0.operation == .write }.map(\.byteCount).max() ?? 0
    #expect(largestWrite <= ResultFile.frameBytesMax + Self.pieceBytes)

    var at = 0
    for try await chunk in try #require(try await store.result(of: 1)) {
      #expect(chunk.count <= ResultFile.frameBytesMax)
      for position in stride(from: 0, to: chunk.count, by: 997) {
        #expect(chunk[position] == UInt8(truncatingIfNeeded: (at + position) / Self.pieceBytes))
      }
      at += chunk.count
    }
    #expect(at == Self.pieces * Self.pieceBytes)
  }
}
