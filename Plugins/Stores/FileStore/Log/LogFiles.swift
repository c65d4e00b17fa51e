import Meanwhile
import Synchronization

/// The open files of a log's segments, for those who read entries while others are written.
///
/// A file that a reader got stays readable when its segment is removed meanwhile.
final class LogFiles: Sendable {
  private let files = Mutex<[UInt64: any OpenFile]>([:])

  subscript(segment: UInt64) -> (any OpenFile)? {
    get { files.withLock { $0[segment] } }
    set { files.withLock { $0[segment] = newValue } }
  }

  func removeAll() { files.withLock { $0 = [:] } }
}
