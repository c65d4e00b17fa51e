import Meanwhile
import MeanwhileData
import Synchronization

/// An index that is open: its writer, and which of its segments have files.
final class OpenIndex: Sendable {
  let writer: IndexWriter
  let uuid: String
  /// Who reads documents into the writer holds it for long: others wait for their turn with no thread.
  let writing = TurnQueue()
  /// Counts changes of the definition; changed only while the writer holds the index.
  private let definitionVersion: Atomic<UInt64>
  /// Ids of segments' files by generation; changed by flushes, of which there is one at a time.
  let files: Mutex<[UInt64: UInt64]>

  init(_ writer: IndexWriter, uuid: String, definitionVersion: UInt64 = 0, files: [UInt64: UInt64] = [:]) {
    self.writer = writer
    self.uuid = uuid
    self.definitionVersion = Atomic(definitionVersion)
    self.files = Mutex(files)
  }

  /// The count of definitions that the last ``seal()`` saw.
  private let sealedVersion = Atomic<UInt64>(0)

  var sealedDefinitionVersion: UInt64 { sealedVersion.load(ordering: .acquiring) }

  /// All of the index at one moment; called by flushes, of which there is one at a time.
  func seal() -> IndexWriter.Checkpoint {
    writer.seal { self.sealedVersion.store(self.currentDefinitionVersion, ordering: .releasing) }
  }

  var currentDefinitionVersion: UInt64 { definitionVersion.load(ordering: .acquiring) }

  func nextDefinitionVersion() -> UInt64 { definitionVersion.add(1, ordering: .acquiringAndReleasing).newValue }

  func setDefinitionVersion(_ version: UInt64) { definitionVersion.store(version, ordering: .releasing) }
}
