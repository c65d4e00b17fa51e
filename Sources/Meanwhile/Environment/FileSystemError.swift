/// Why a call of a ``FileSystem`` failed.
public struct FileSystemError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case notFound = "no such file or directory"
    case alreadyExists = "file exists"
    case notADirectory = "not a directory"
    case denied = "permission denied"
    /// The disk, or a quota, is full.
    case noSpace = "no space left on device"
    /// Another process holds the lock.
    case locked = "locked by another process"
    case closed = "file is closed"
    /// Anything else: the device failed, too many files are open, …
    case io = "input/output error"
  }

  public var kind: Kind
  /// The call: `open`, `write`, `sync`, …
  public var operation: String
  public var path: String
  /// The operating system's number; 0 where there is none.
  public var code: Int32

  public init(_ kind: Kind, operation: String, path: String, code: Int32 = 0) {
    self.kind = kind
    self.operation = operation
    self.path = path
    self.code = code
  }

  public var description: String {
    "\(operation) [\(path)]: \(kind.rawValue)" + (kind == .io && code != 0 ? " (\(code))" : "")
  }

  /// As a client sees it: a 500, or a 507 with a full disk.
  public var apiError: APIError {
    APIError(type: "i_o_exception", reason: description, status: kind == .noSpace ? 507 : 500)
  }
}
